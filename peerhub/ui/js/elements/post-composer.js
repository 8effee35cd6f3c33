// <post-composer data-draft="topic-12">: what one writes is never lost. Keeps the texts of its form in this browser
// (per account, forgotten on sign-out), sends with Ctrl+Enter, once; when the network is away it keeps and tries again.
// The hidden "token" of the form travels with the draft, so that a second attempt of one message is one message.
const PREFIX = "peerhub:draft:";
const DAY = 86_400_000;
const MARKS = {
  bold: ["**", "**"],
  italic: ["*", "*"],
  link: ["[", "](https://)"],
  mention: ["@", ""],
  quote: ["\n> ", ""],
  list: ["\n- ", ""],
};

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
    this.key = `${PREFIX}${document.documentElement.dataset.user ?? "-"}:${this.dataset.draft}`;
    this.prepare();
    this.restore();
    this.addEventListener("input", () => this.later());
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => this.format(event));
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
  }

  prepare() {
    this.status = this.querySelector(".composer__status") ?? document.createElement("span");
    this.status.classList.add("composer__status");
    this.status.setAttribute("role", "status");
    const foot = this.querySelector(".composer__foot");
    if (!this.status.isConnected) foot?.insertBefore(this.status, foot.querySelector("button[type=submit], button:not([type])"));
    const tools = this.querySelector(".composer__tools");
    if (tools) tools.hidden = !this.querySelector("textarea");
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

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }

  write(draft) {
    try {
      if (draft) localStorage.setItem(this.key, JSON.stringify(draft));
      else localStorage.removeItem(this.key);
      return true;
    } catch {
      return false; // storage refused or full: the page itself still holds the text
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.save()) this.say(this.dataset.saved);
    }, 600);
  }

  save(more = {}) {
    if (!this.fields.length || this.cleared) {
      this.cleared = false;
      return false;
    }
    const texts = Object.fromEntries(this.fields.map((f) => [f.name, f.value]));
    if (!Object.values(texts).some((text) => text.trim())) {
      this.write(null);
      this.say("");
      return false;
    }
    return this.write({ texts, token: this.token?.value, at: Date.now(), ...more });
  }

  restore() {
    const draft = this.read();
    if (!draft || this.fields.some((f) => f.value.trim())) return;
    if (Date.now() - draft.at > 30 * DAY) return void this.write(null);
    if (!draft.sent) {
      this.fill(draft);
      this.say(this.dataset.restored);
    } else if (Date.now() - draft.at < DAY) {
      this.say("", false, this.dataset.resume, () => {
        this.fill(draft);
        this.say("");
      });
    } else this.write(null);
  }

  fill(draft) {
    for (const field of this.fields) field.value = draft.texts[field.name] ?? field.value;
    if (this.token && draft.token) this.token.value = draft.token;
  }

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
    if (status >= 200 && status < 300) this.clear();
    else if (status >= 500 || status === 429) this.failed(false);
  }

  clear() {
    this.write(null);
    this.cleared = true;
    this.waiting = false;
    for (const field of this.fields) field.value = "";
    if (this.token) this.token.value = newToken();
    this.say("");
    this.dispatchEvent(new CustomEvent("composer:sent", { bubbles: true }));
    setTimeout(() => (this.cleared = false), 0);
  }

  failed(offline = true) {
    this.save();
    this.unlock();
    this.waiting = offline;
    this.say(offline ? this.dataset.offline : this.dataset.failed, true, this.dataset.retry, () => this.form.requestSubmit());
  }

  say(words, warn = false, action = "", act = undefined) {
    this.status.classList.toggle("composer__status--warn", warn);
    this.status.textContent = words;
    if (!action) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action;
    button.addEventListener("click", act);
    this.status.append(" ", button);
  }

  format(event) {
    const button = event.target.closest("[data-md]");
    const area = this.querySelector("textarea");
    if (!button || !area) return;
    let [before, after] = MARKS[button.dataset.md];
    const { selectionStart: from, selectionEnd: to, value } = area;
    const chosen = value.slice(from, to);
    if (before.startsWith("\n")) {
      const mark = before.slice(1);
      const lead = from === 0 || value[from - 1] === "\n" ? "" : "\n\n";
      area.setRangeText(lead + mark + chosen.replaceAll("\n", `\n${mark}`), from, to, "end");
    } else {
      area.setRangeText(before + chosen + after, from, to, "end");
      if (!chosen && after) area.selectionStart = area.selectionEnd = from + before.length;
    }
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
customElements.define("post-composer", PostComposer);

// What was begun here stays with its author: a shared computer keeps no draft after a sign-out.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget-drafts]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
});
