// <post-composer data-draft="topic-12">: what one writes is never lost. Keeps the texts of its form in this browser and
// on the server (editor/drafts.js), sends with Ctrl+Enter, once; when the network is away it keeps and tries again. The
// hidden "token" of the form travels with the draft, so that a second attempt of one message is one message. Who signed
// in again in another tab sends from this one.
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
import { Drafts } from "../editor/drafts.js";
import { Writing } from "../editor/writing.js";

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
    this.prepare();
    this.drafts = new Drafts(this);
    this.writing = new Writing(this);
    this.drafts.restore();
    this.addEventListener("input", () => this.drafts.typed());
    this.addEventListener("keydown", (event) => this.press(event));
    this.form.addEventListener("submit", (event) => this.submit(event), true);
    // What fields ask for on their own (topics like the title) bubbles through here too.
    const ours = (listen) => (event) => event.target === this.form && listen(event);
    this.addEventListener("htmx:after:request", ours((event) => this.answered(event)));
    this.addEventListener("htmx:error", ours(() => this.failed()));
    this.addEventListener("htmx:response:error", ours(() => this.unlock()));
    this.addEventListener("htmx:finally:request", ours(() => this.finished()));
    this.online = () => this.waiting && this.form.requestSubmit();
    window.addEventListener("online", this.online);
    this.hide = () => this.drafts.hide();
    window.addEventListener("pagehide", this.hide);
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.online);
    window.removeEventListener("pagehide", this.hide);
    this.drafts?.leave();
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
    return [...this.form.querySelectorAll("textarea[name], input[name]:is([type=text], [type=number], [type=date], :not([type]))")];
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

  get texts() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
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
    if (this.isRefused) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.again();
      return;
    }
    const live = this.form.matches("[hx-post], [data-hx-post]");
    this.drafts.keep(live ? {} : { sent: true });
    this.drafts.server.pause();
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.failed();
      return;
    }
    this.waiting = this.hasFailed = false;
    this.sent = this.texts;
    this.form.dataset.sending = "";
    for (const button of this.form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-busy", "true");
    if (!live) window.addEventListener("pageshow", () => this.unlock(), { once: true });
  }

  unlock() {
    delete this.form.dataset.sending;
    for (const button of this.form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }

  answered(event) {
    const { response, text } = event.detail?.ctx ?? {};
    const status = response?.status;
    if (status === undefined) return;
    this.unsent = this.rest();
    this.isRefused = status === 403;
    this.isStale = status === 403 && /^\s*<!doctype/i.test(text);
    if (status >= 200 && status < 300) this.clear();
    else if (status >= 500 || status === 429) this.failed(false);
    else if (this.isStale) event.preventDefault(); // a whole page: the token of ours is too old
    if (!this.isStale) this.hasRenewed = false;
  }

  finished() {
    this.unlock();
    if (!this.isStale) return;
    this.isStale = false;
    if (this.hasRenewed) return void this.failed(false);
    this.hasRenewed = true;
    this.again();
  }

  // With the token of who has signed in meanwhile, if somebody has.
  async again() {
    await this.drafts.server.renewToken();
    this.isRefused = false;
    this.form.requestSubmit();
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
    this.drafts.published();
    if (this.text) this.drafts.typed();
    this.dispatchEvent(new CustomEvent("composer:sent", { bubbles: true }));
  }

  failed(offline = true) {
    this.unlock();
    this.hasFailed = true;
    this.drafts.keep();
    this.waiting = offline;
    this.say(offline ? this.dataset.offline : this.dataset.failed, true, [[this.dataset.retry, () => this.form.requestSubmit()]]);
  }

  // `actions`: pairs of words and what they do, or where they lead.
  say(words, warn = false, actions = []) {
    this.status.classList.toggle("composer__status--warn", warn);
    this.status.textContent = words ?? "";
    for (const [label, act] of actions) {
      const isLink = typeof act === "string";
      const control = document.createElement(isLink ? "a" : "button");
      control.textContent = label;
      if (isLink) control.href = act;
      else {
        control.type = "button";
        control.addEventListener("click", act);
      }
      this.status.append(" ", control);
    }
  }
}
customElements.define("post-composer", PostComposer);
