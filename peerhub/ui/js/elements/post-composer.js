// <post-composer data-draft="topic-12">: what one writes is never lost. Keeps the texts of its form in this browser
// (per account, forgotten on sign-out), sends with Ctrl+Enter, once; when the network is away it keeps and tries again.
// The hidden "token" of the form travels with the draft, so that a second attempt of one message is one message.
//
// The textarea named "body" holds Markdown and stays the source of truth. When someone begins to write, the rich editor
// (data-editor, data-editor-style) loads and stands over it; without it, or in « Texte brut », one types in the textarea.
//
//   text                                the Markdown (get, set)
//   markdownOf(element)                 a promise of what a piece of a page says, as Markdown
//   quote({ name, url, markdown })      a quotation with its author, under what is written
//   event "composer:insert" { markdown }  in: at the caret (preventDefault: done)
//   event "composer:files" { files }      out: pictures pasted, files dropped (preventDefault: taken)
//   event "composer:attach"               out: the tool « Joindre » (shown when a <file-drop> is inside)
//   event "composer:sent"                 out: published
import { BrowserDraft } from "../editor/browser_draft.js";
import { Writing } from "../editor/writing.js";

const DAY = 86_400_000;

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

class PostComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || this.ready) return;
    this.ready = true;
    this.draft = new BrowserDraft(this.dataset.draft);
    this.prepare();
    this.writing = new Writing(this);
    this.restore();
    this.addEventListener("input", () => this.typed());
    this.addEventListener("keydown", (event) => this.press(event));
    this.form.addEventListener("submit", (event) => this.submit(event), true);
    this.addEventListener("htmx:after:request", (event) => this.answered(event.detail?.ctx));
    this.addEventListener("htmx:error", () => this.failed());
    this.addEventListener("htmx:response:error", () => this.unlock());
    this.addEventListener("htmx:finally:request", () => this.unlock());
    this.online = () => this.waiting && this.form.requestSubmit();
    window.addEventListener("online", this.online);
    this.hide = () => this.save();
    window.addEventListener("pagehide", this.hide);
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.online);
    window.removeEventListener("pagehide", this.hide);
    clearTimeout(this.timer);
    this.writing?.leave();
  }

  prepare() {
    this.status = this.querySelector(".composer__status") ?? document.createElement("span");
    this.status.classList.add("composer__status");
    this.status.setAttribute("role", "status");
    const foot = this.querySelector(".composer__foot");
    if (!this.status.isConnected) foot?.insertBefore(this.status, foot.querySelector("button[type=submit], button:not([type])"));
  }

  get fields() {
    return [...this.form.querySelectorAll("textarea[name], input[type=text][name], input:not([type])[name]")];
  }

  get token() {
    return this.form.querySelector("input[name=token]");
  }

  get busy() {
    return this.form.dataset.sending !== undefined;
  }

  get text() {
    return this.writing.area?.value ?? "";
  }

  set text(markdown) {
    const { area } = this.writing;
    if (!area || area.value === markdown) return;
    area.value = markdown;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  markdownOf(element) {
    return this.writing.markdownOf(element);
  }

  quote(quotation) {
    this.writing.quote(quotation);
    this.scrollIntoView({ block: "nearest" });
  }

  // --- Drafts ---

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.save()) this.say(this.dataset.saved);
    }, 600);
  }

  get texts() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
  }

  save(more = {}) {
    if (!this.fields.length) return false;
    const { texts } = this;
    if (!Object.values(texts).some((text) => text.trim())) {
      this.draft.clear();
      this.say("");
      return false;
    }
    return this.draft.write({ texts, token: this.token?.value, at: Date.now(), ...more });
  }

  restore() {
    const draft = this.draft.read();
    if (!draft || this.fields.some((field) => field.value.trim())) return;
    if (Date.now() - draft.at > 30 * DAY) return void this.draft.clear();
    if (!draft.sent) {
      this.fill(draft);
      this.say(this.dataset.restored);
    } else if (Date.now() - draft.at < DAY) {
      this.say("", false, this.dataset.resume, () => {
        this.fill(draft);
        this.say("");
      });
    } else this.draft.clear();
  }

  fill(draft) {
    for (const field of this.fields) field.value = draft.texts[field.name] ?? field.value;
    if (this.token && draft.token) this.token.value = draft.token;
    this.writing?.reshow();
  }

  // --- Sending ---

  press(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea, input")) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  submit(event) {
    if (this.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    clearTimeout(this.timer);
    const live = this.form.matches("[hx-post], [data-hx-post]");
    this.save(live ? {} : { sent: true });
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.failed();
      return;
    }
    this.waiting = false;
    this.sent = this.texts;
    this.form.dataset.sending = "";
    for (const button of this.form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-busy", "true");
    if (!live) window.addEventListener("pageshow", () => this.unlock(), { once: true });
  }

  unlock() {
    delete this.form.dataset.sending;
    for (const button of this.form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }

  answered(ctx) {
    const status = ctx?.response?.status ?? ctx?.status;
    if (status === undefined) return;
    this.unsent = this.rest();
    if (status >= 200 && status < 300) this.clear();
    else if (status >= 500 || status === 429) this.failed(false);
  }

  // What was typed while the message was on its way.
  rest() {
    return Object.fromEntries(
      this.fields.map(({ name, value }) => {
        const sent = this.sent?.[name];
        if (sent === undefined || value === sent) return [name, ""];
        return [name, value.startsWith(sent) ? value.slice(sent.length).trimStart() : value];
      }),
    );
  }

  clear() {
    this.waiting = false;
    for (const field of this.fields) field.value = this.unsent?.[field.name] ?? "";
    if (this.token) this.token.value = newToken();
    this.writing?.reshow();
    this.say("");
    clearTimeout(this.timer);
    this.save();
    this.dispatchEvent(new CustomEvent("composer:sent", { bubbles: true }));
  }

  failed(offline = true) {
    this.save();
    this.unlock();
    this.waiting = offline;
    this.say(offline ? this.dataset.offline : this.dataset.failed, true, this.dataset.retry, () => this.form.requestSubmit());
  }

  say(words, warn = false, action = "", act = undefined) {
    this.status.classList.toggle("composer__status--warn", warn);
    this.status.textContent = words ?? "";
    if (!action) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action;
    button.addEventListener("click", act);
    this.status.append(" ", button);
  }
}
customElements.define("post-composer", PostComposer);
