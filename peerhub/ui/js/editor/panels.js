// The small panels under the tools: a link, emoji, a table. One is open at a time; Escape closes it and goes back.
import { search } from "./emoji_list.js";
import { words } from "./words.js";

export class Panels {
  constructor(bar) {
    this.bar = bar;
    this.host = Object.assign(document.createElement("div"), { className: "composer__panel", hidden: true });
    this.host.setAttribute("role", "group");
    bar.after(this.host);
    this.host.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.close(true);
    });
  }

  get isOpen() {
    return !this.host.hidden;
  }

  // `back` takes the focus to the text.
  open(name, label, content, back) {
    if (this.name === name && this.isOpen) return this.close(true);
    this.close();
    this.name = name;
    this.back = back;
    this.host.setAttribute("aria-label", label);
    this.host.replaceChildren(...content);
    this.host.hidden = false;
    this.button = this.bar.querySelector(`[data-act="${name}"]`);
    this.button?.setAttribute("aria-expanded", "true");
    this.host.querySelector("input, button")?.focus();
    return undefined;
  }

  close(back = false) {
    if (!this.isOpen) return;
    this.host.hidden = true;
    this.button?.setAttribute("aria-expanded", "false");
    this.host.replaceChildren();
    if (back) this.back?.();
  }

  destroy() {
    this.close();
    this.host.remove();
  }

  link({ href, text, askText, apply, remove, back }) {
    const address = input("url", words.address, href ?? "", words.addressHint);
    const shown = askText ? input("text", words.shown, text ?? "", "") : null;
    const send = () => {
      const value = complete(address.field.value.trim());
      if (!value) return address.field.focus();
      this.close();
      return apply(value, shown?.field.value.trim());
    };
    const row = make("div", "composer__panel-row", [address.label, shown?.label, button(href ? words.change : words.apply, send, "button button--small")]);
    if (href) row.append(button(words.unlink, () => (this.close(), remove()), "button button--small button--quiet"));
    row.append(button(words.close, () => this.close(true), "button button--small button--quiet"));
    // Not a form: one does not stand in another.
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.target.localName !== "input") return;
      event.preventDefault();
      event.stopPropagation();
      send();
    });
    this.open("link", words.link, [row], back);
  }

  table(acts, back) {
    const row = make("div", "composer__panel-row", []);
    for (const [label, act] of acts) row.append(button(label, act, "chip"));
    row.append(button(words.close, () => this.close(true), "button button--small button--quiet"));
    this.open("table", words.table, [row], back);
  }

  emoji(pick, back) {
    const field = input("search", words.emojiSearch, "", words.emojiSearch);
    field.label.querySelector("span").className = "visually-hidden";
    const list = make("div", "composer__emoji", []);
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", words.emoji);
    const none = Object.assign(make("p", "muted small", []), { textContent: words.emojiNone });
    none.setAttribute("role", "status");
    const fill = () => {
      const found = search(field.field.value);
      list.replaceChildren(
        ...found.map(({ sign, words: name }, at) => {
          const one = button(sign, () => (this.close(), pick(sign)), "");
          one.setAttribute("aria-label", name.split(" ").slice(0, 3).join(" "));
          one.title = name.split(" ").slice(0, 3).join(" ");
          one.tabIndex = at ? -1 : 0;
          return one;
        }),
      );
      none.hidden = found.length > 0;
    };
    field.field.addEventListener("input", (event) => (event.stopPropagation(), fill()));
    field.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        list.querySelector("button")?.click();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        list.querySelector("button")?.focus();
      }
    });
    list.addEventListener("keydown", (event) => walk(event, list, field.field));
    fill();
    this.open("emoji", words.emoji, [field.label, list, none], back);
  }
}

// Arrows over a grid whose width the page decides.
function walk(event, list, above) {
  const all = [...list.children];
  const at = all.indexOf(event.target);
  const columns = all.filter((one) => one.offsetTop === all[0].offsetTop).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (!step || at < 0) return;
  event.preventDefault();
  const next = all[at + step];
  if (next) {
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  } else if (at + step < 0) above.focus();
}

// « exemple.fr » is an address too.
export function complete(address) {
  if (!address || /^(?:https?:\/\/|mailto:|\/)/i.test(address)) return address;
  if (/^[^\s/@]+@[^\s/@]+\.\w+$/.test(address)) return `mailto:${address}`;
  return /^[\w.-]+\.\w{2,}(?:[/?#]\S*)?$/.test(address) ? `https://${address}` : "";
}

function make(name, className, children) {
  const element = Object.assign(document.createElement(name), { className });
  element.append(...children.filter(Boolean));
  return element;
}

function button(label, act, className) {
  const one = Object.assign(document.createElement("button"), { type: "button", textContent: label, className });
  one.addEventListener("click", act);
  return one;
}

function input(type, label, value, placeholder) {
  const field = Object.assign(document.createElement("input"), { type: type === "url" ? "text" : type, value, placeholder, autocomplete: "off" });
  if (type === "url") field.inputMode = "url";
  const caption = Object.assign(document.createElement("span"), { textContent: label });
  return { field, label: make("label", "composer__panel-field", [caption, field]) };
}
