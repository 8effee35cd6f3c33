// "@" proposes people: a listbox that the text field owns (aria-activedescendant), for the editor and the textarea.
//
// GET url?q=… -> { people: [{ id, name, hat, category, note }], unseen: [{ name }], categories: [{ slug, label }] }
import { words } from "./words.js";

const WAIT = 150;
const ASKED = /(?:^|[\s(«"'’])@([\p{L}\p{M}\p{N}'’.-]{0,40}(?: [\p{L}\p{M}\p{N}'’.-]{0,40})?)$/u;
let count = 0;

// `field` is { element, before(): text before the caret, rect(): where the "@" stands, pick(person, length) }.
export class Completion {
  constructor(url, field) {
    this.url = url;
    this.field = field;
    this.list = document.createElement("ul");
    this.list.id = `mentions-${++count}`;
    this.list.className = "mention-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", words.people);
    this.list.hidden = true;
    this.status = Object.assign(document.createElement("span"), { className: "visually-hidden" });
    this.status.setAttribute("role", "status");
    (field.element.closest("main") ?? document.body).append(this.list, this.status);
    field.element.setAttribute("aria-autocomplete", "list");
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.leave = () => this.close();
    field.element.addEventListener("blur", this.leave);
    addEventListener("resize", this.leave);
  }

  destroy() {
    this.close();
    removeEventListener("resize", this.leave);
    this.field.element.removeEventListener("blur", this.leave);
    this.list.remove();
    this.status.remove();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  look() {
    const asked = ASKED.exec(this.field.before())?.[1];
    if (asked === undefined || asked === this.refused) {
      if (asked === undefined) this.refused = undefined;
      return this.close();
    }
    if (asked === this.query && (this.isOpen || this.timer)) return undefined;
    this.query = asked;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(asked), WAIT);
    return undefined;
  }

  async ask(query) {
    this.timer = undefined;
    this.request?.abort();
    this.request = new AbortController();
    try {
      const url = new URL(this.url, location.href);
      url.searchParams.set("q", query);
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      this.show(query, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // nobody proposed: one goes on writing
    }
  }

  show(query, { people = [], unseen = [], categories = [] }) {
    if (query !== this.query) return;
    const options = [
      ...people.map((one) => option(one.name, [one.hat, one.note].filter(Boolean).join(" · "), { kind: "user", id: one.id, label: one.name }, one.category)),
      ...categories.map((one) => option(one.label, words.category, { kind: "category", id: one.slug, label: one.label }, one.slug)),
      ...unseen.map((one) => option(one.name, words.unseen, null, "")),
    ];
    this.status.textContent = words.found(people.length + categories.length);
    if (!options.length) return this.close(true);
    options.forEach((one, at) => (one.id = `${this.list.id}-${at}`));
    this.list.replaceChildren(...options);
    this.list.hidden = false;
    this.field.element.setAttribute("aria-controls", this.list.id);
    this.place();
    this.mark(options.find((one) => one.choice) ?? null);
  }

  place() {
    const { left, top, bottom } = this.field.rect();
    const view = window.visualViewport ?? { offsetTop: 0, offsetLeft: 0, height: innerHeight, width: innerWidth };
    const { offsetWidth: width, offsetHeight: height } = this.list;
    const below = view.offsetTop + view.height - bottom;
    const y = below >= height + 8 || below > top - view.offsetTop ? bottom + 4 : top - height - 4;
    const x = Math.min(left, view.offsetLeft + view.width - width - 8);
    this.list.style.top = `${Math.max(view.offsetTop + 4, y)}px`;
    this.list.style.left = `${Math.max(8, x)}px`;
  }

  mark(chosen) {
    this.marked = chosen;
    for (const one of this.list.children) one.setAttribute("aria-selected", String(one === chosen));
    if (chosen) {
      this.field.element.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.field.element.removeAttribute("aria-activedescendant");
  }

  // True when the key was ours.
  press(event) {
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.isComposing) return false;
    const all = [...this.list.children].filter((one) => one.choice);
    const at = all.indexOf(this.marked);
    if (event.key === "ArrowDown") this.mark(all[(at + 1) % all.length] ?? null);
    else if (event.key === "ArrowUp") this.mark(all[(at - 1 + all.length) % all.length] ?? null);
    else if (event.key === "Escape") {
      this.refused = this.query;
      this.close();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.marked) this.choose(this.marked);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  choose(chosen) {
    if (!chosen?.choice) return;
    const { length } = this.query;
    this.close();
    this.field.pick(chosen.choice, length + 1);
  }

  close(keepQuery = false) {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.request?.abort();
    if (!keepQuery) this.query = undefined;
    this.list.hidden = true;
    this.marked = null;
    this.field.element.removeAttribute("aria-activedescendant");
    this.field.element.removeAttribute("aria-controls");
  }
}

function option(name, note, choice, category) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.className = /^[a-z0-9-]+$/.test(category ?? "") ? `mention-list__one c-${category}` : "mention-list__one";
  item.append(Object.assign(document.createElement("strong"), { textContent: name }));
  if (note) item.append(Object.assign(document.createElement("span"), { textContent: note }));
  if (!choice) item.setAttribute("aria-disabled", "true");
  item.choice = choice;
  return item;
}

const label = (text) => text.replace(/[[\]\n]/g, " ").replace(/\s+/g, " ").trim().slice(0, 100);

export const mentionSource = ({ kind, id, label: name }) => `@[${label(name)}](${kind}:${id})`;

// Over a textarea: the list stands under the field, where no one can tell where a caret is.
export function completeIn(area, url) {
  const completion = new Completion(url, {
    element: area,
    before: () => area.value.slice(Math.max(0, area.selectionStart - 90), area.selectionStart),
    rect: () => {
      const { left, bottom } = area.getBoundingClientRect();
      return { left: left + 16, top: bottom - 48, bottom: bottom - 24 };
    },
    pick: (choice, length) => {
      const at = area.selectionStart;
      area.setRangeText(`${mentionSource(choice)} `, at - length, at, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  const look = () => completion.look();
  const press = (event) => completion.press(event);
  area.addEventListener("input", look);
  area.addEventListener("keydown", press, true);
  return () => {
    area.removeEventListener("input", look);
    area.removeEventListener("keydown", press, true);
    completion.destroy();
  };
}
