// Where one writes inside a <post-composer>: the textarea, its tools, and the rich editor over it once it has loaded.
// The textarea holds the Markdown at every moment; whoever sets its value and tells "input" is shown.
import { actOn, insertInto, quoted } from "./plain.js";
import { furnish, show } from "./toolbar.js";

const PREFERENCE = "peerhub:plain-text:";
const ALL_ENABLED = { title: false, subtitle: false, bold: false, italic: false, list: false, olist: false, quote: false, link: false, code: false, table: false, undo: null, redo: null };

// A module that could not be fetched is asked again under another address: browsers remember the failure.
const modules = new Map();
let failures = 0;
function load(url) {
  if (!modules.has(url)) {
    const loading = import(failures ? `${url}?${failures}` : url);
    modules.set(url, loading);
    loading.catch(() => {
      failures += 1;
      modules.delete(url);
    });
  }
  return modules.get(url);
}

export class Writing {
  constructor(composer) {
    this.composer = composer;
    this.preference = PREFERENCE + (document.documentElement.dataset.user ?? "-");
    this.bar = composer.querySelector(".composer__tools");
    this.area = composer.querySelector("textarea[name=body]");
    if (!this.area) return;
    if (this.bar) this.tools();
    composer.addEventListener("focusin", (event) => event.target === this.area && this.reached());
    composer.addEventListener("input", (event) => this.written(event));
    composer.addEventListener("compositionstart", () => (this.composing = true));
    composer.addEventListener("compositionend", () => (this.composing = false));
    composer.addEventListener("composer:insert", (event) => this.insert(event));
    composer.addEventListener("click", (event) => this.labelled(event));
    composer.addEventListener("invalid", (event) => this.refuseEmpty(event), true);
    this.observer = new MutationObserver(() => this.renewed());
    this.observer.observe(composer.form, { childList: true, subtree: true });
  }

  leave() {
    this.observer?.disconnect();
    this.simplify();
    this.unwatch?.();
  }

  tools() {
    const attach = this.bar.querySelector('[data-act="attach"]');
    if (attach) attach.hidden = !this.composer.querySelector("file-drop");
    this.bar.hidden = false;
    furnish(this.bar, (name) => this.act(name));
    this.showTools();
  }

  // Set by somebody else (a draft of the server, a template): the editor shows it.
  written(event) {
    if (event.target === this.area && this.rich && this.area.value !== this.shown) this.reshow();
  }

  refuseEmpty(event) {
    if (event.target !== this.area || !this.rich) return;
    event.preventDefault(); // the browser would point at the textarea behind the editor
    this.composer.say(this.area.validationMessage, true);
    this.rich.focus();
  }

  get plain() {
    try {
      return this.mustBePlain || localStorage.getItem(this.preference) === "1";
    } catch {
      return this.mustBePlain;
    }
  }

  showTools() {
    if (!this.bar) return;
    show(this.bar, { ...ALL_ENABLED, plain: this.plain });
    this.bar.dataset.mode = this.rich ? "rich" : "plain";
  }

  reached() {
    if (this.rich) this.rich.focus(); // by its label, or the summary of errors
    else if (this.plain) this.proposeNames();
    else this.enrich();
  }

  // The editor, or null where it may not, or cannot, be.
  enrich() {
    if (this.rich || this.plain || !this.area || !this.composer.dataset.editor) return Promise.resolve(this.rich ?? null);
    this.enriching ??= Promise.all([load(this.composer.dataset.editor), this.styled()])
      .then(([module]) => this.untilComposed().then(() => this.mount(module)))
      .catch(() => null)
      .finally(() => (this.enriching = undefined));
    return this.enriching;
  }

  styled() {
    const href = this.composer.dataset.editorStyle;
    if (!href || document.querySelector(`link[href="${href}"]`)) return undefined;
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    return new Promise((done, fail) => {
      link.onload = done;
      link.onerror = () => (link.remove(), fail(new Error("no style")));
      document.head.append(link);
    });
  }

  untilComposed() {
    if (!this.composing) return Promise.resolve();
    return new Promise((done) => this.composer.addEventListener("compositionend", () => setTimeout(done), { once: true }));
  }

  mount(module) {
    const { area } = this;
    if (!area?.isConnected || this.rich || this.plain) return this.rich ?? null;
    if (!module.canShow(area.value)) {
      this.mustBePlain = true;
      this.showTools();
      this.composer.say(this.composer.dataset.tooRich);
      return null;
    }
    const caret = document.activeElement === area && area.selectionStart < area.value.length ? area.selectionStart : null;
    const focused = document.activeElement === area;
    this.shown = area.value;
    this.rich = module.mount({
      area,
      bar: this.bar,
      label: this.label(area),
      mentions: this.composer.dataset.mentions,
      onChange: (markdown) => this.changed(markdown),
      onState: (states) => this.bar && show(this.bar, { ...states, plain: false }),
      onSend: () => this.composer.form.requestSubmit(),
      onFiles: (files) => !this.composer.dispatchEvent(new CustomEvent("composer:files", { bubbles: true, cancelable: true, detail: { files } })),
    });
    area.classList.add("composer__source");
    area.tabIndex = -1;
    area.setAttribute("aria-hidden", "true");
    if (this.bar) this.bar.dataset.mode = "rich";
    this.rich.place(caret);
    if (focused) this.rich.focus();
    return this.rich;
  }

  // The label names the editor while it stands; a click on it still comes to the field, and from there to the editor.
  label(area) {
    const label = area.labels?.[0];
    if (!label) return { "aria-label": area.getAttribute("aria-label") ?? area.title };
    label.id ||= `${area.id}-label`;
    label.htmlFor = "";
    label.removeAttribute("for");
    this.labelOf = { label, id: area.id };
    return { "aria-labelledby": label.id };
  }

  labelled(event) {
    if (this.rich && this.labelOf?.label.contains(event.target)) this.rich.focus();
  }

  changed(markdown) {
    this.shown = markdown;
    this.area.value = markdown;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  reshow() {
    if (!this.rich) return;
    this.shown = this.area.value;
    try {
      this.rich.set(this.area.value);
    } catch {
      this.mustBePlain = true;
      this.simplify();
      this.composer.say(this.composer.dataset.tooRich);
    }
  }

  // Back to the textarea.
  simplify() {
    if (!this.rich) return;
    const { area, rich } = this;
    const focused = rich.focused;
    this.rich = null;
    rich.destroy();
    if (this.labelOf) this.labelOf.label.htmlFor = this.labelOf.id;
    area.classList.remove("composer__source");
    area.removeAttribute("tabindex");
    area.removeAttribute("aria-hidden");
    this.showTools();
    if (focused && area.isConnected) area.focus();
  }

  // An answer put other fields into the form: what was typed meanwhile goes into them, and the editor over them.
  renewed() {
    if (!this.area || this.area.isConnected) return;
    const was = this.rich;
    const typed = this.composer.sent && this.area.value !== this.composer.sent.body ? this.area.value : null;
    this.area = this.composer.querySelector("textarea[name=body]");
    if (this.rich) {
      this.labelOf = null;
      this.rich.destroy();
      this.rich = null;
    }
    this.unwatch?.();
    this.unwatch = undefined;
    this.showTools();
    if (!this.area) return;
    if (typed !== null) this.area.value = typed;
    if (was) this.enrich().then((rich) => document.activeElement === document.body && rich?.focus());
  }

  async act(name) {
    if (name === "plain") return this.toggle();
    if (name === "attach") return this.composer.dispatchEvent(new CustomEvent("composer:attach", { bubbles: true }));
    const rich = await this.enrich();
    if (rich) return rich.act(name);
    if (name === "emoji") return load(this.composer.dataset.editor).then((module) => module.pickEmoji(this.bar, this.area)).catch(() => {});
    this.area.focus();
    return actOn(this.area, name);
  }

  toggle() {
    const plain = !this.plain;
    this.mustBePlain = false;
    try {
      if (plain) localStorage.setItem(this.preference, "1");
      else localStorage.removeItem(this.preference);
    } catch {
      this.mustBePlain = plain;
    }
    this.composer.say("");
    if (plain) this.simplify();
    this.showTools();
    if (document.activeElement === this.area) this.reached();
    else this.area.focus();
  }

  // "@" in the plain textarea.
  proposeNames() {
    if (!this.composer.dataset.mentions || this.unwatch) return;
    this.unwatch = () => {};
    const { area } = this;
    load(this.composer.dataset.editor)
      .then((module) => {
        if (this.area === area && !this.rich) this.unwatch = module.completeIn(area, this.composer.dataset.mentions);
      })
      .catch(() => (this.unwatch = undefined));
  }

  insert(event) {
    if (!this.area) return;
    event.preventDefault();
    if (this.rich) this.rich.insert(event.detail.markdown);
    else insertInto(this.area, event.detail.markdown);
  }

  markdownOf(element) {
    return load(this.composer.dataset.editor).then((module) => module.markdownOf(element));
  }

  quote({ name, url, markdown }) {
    if (!this.area) return;
    const quotation = quoted({ name, url, markdown });
    if (this.rich) this.rich.append(quotation);
    else {
      this.area.setSelectionRange(this.area.value.length, this.area.value.length);
      insertInto(this.area, quotation);
      this.area.focus({ preventScroll: true });
    }
  }
}
