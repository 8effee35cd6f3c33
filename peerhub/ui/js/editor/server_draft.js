// Drafts on the server, for all devices of a person: GET, PUT and DELETE of /brouillons/<key>/. The server refuses to
// overwrite a version that this page has not seen: then `onConflict(other)` is called, with what is kept there
// ({ fields, version }) or null when the text was published or thrown away elsewhere. Without a network, or signed
// out, nothing is lost: the browser's own draft stands.
const PAUSE = 2000;

export class ServerDraft {
  constructor(key, form, { onSaved, onUnsaved, onConflict }) {
    this.address = `/brouillons/${encodeURIComponent(key)}/`;
    this.form = form;
    this.onSaved = onSaved;
    this.onUnsaved = onUnsaved;
    this.onConflict = onConflict;
    this.version = 0;
    this.published = 0;
    this.isOff = !document.documentElement.dataset.user;
  }

  // What is kept, or null; undefined while it is not known: signed out, or no network. Asked once.
  load() {
    if (this.isOff) return Promise.resolve(undefined);
    this.loading ??= this.ask("GET").then(async (response) => {
      if (response?.status === 204) return null;
      if (!response?.ok) {
        this.loading = undefined;
        return undefined;
      }
      return response.json();
    });
    return this.loading;
  }

  later(texts) {
    clearTimeout(this.timer);
    this.waiting = texts;
    if (!this.isOff && !this.isInDoubt) this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  pause() {
    clearTimeout(this.timer);
    this.waiting = undefined;
  }

  // What waits for its pause is saved now: the page is left.
  flush() {
    clearTimeout(this.timer);
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting && !this.isOff && !this.isInDoubt) return this.save(waiting);
    return undefined;
  }

  async save(texts) {
    if (this.isSaving) return void (this.waiting = texts);
    this.isSaving = true;
    const { published } = this;
    try {
      if ((await this.load()) === undefined || this.isInDoubt || published !== this.published) return;
      if (!Object.values(texts).some((text) => text.trim())) return void (await this.forget());
      const response = await this.ask("PUT", { fields: texts, version: this.version });
      if (published !== this.published) {
        // It arrived after the message itself: that draft is of something that stands already.
        if (response?.ok) await this.ask("DELETE");
      } else if (response?.ok) {
        this.version = (await response.json()).version;
        this.onSaved(texts);
      } else if (response?.status === 409) {
        const { kept } = await response.json();
        this.doubt(kept);
        this.onConflict(kept);
      } else {
        this.isOff = response?.status === 403;
        this.onUnsaved();
      }
    } finally {
      this.isSaving = false;
    }
    if (this.waiting) this.later(this.waiting);
  }

  // Nothing is written any more, until the person has chosen (`settle`).
  doubt(kept) {
    this.pause();
    this.isInDoubt = true;
    this.keptVersion = kept?.version ?? 0;
  }

  settle() {
    this.version = this.keptVersion;
    this.isInDoubt = false;
  }

  // The server forgot it in the same transaction; the next text is a new one.
  forgetPublished() {
    this.pause();
    this.published += 1;
    this.version = 0;
    this.loading = Promise.resolve(null);
    this.isInDoubt = this.isOff = false;
  }

  async forget() {
    if (!this.version) return;
    this.version = 0;
    await this.ask("DELETE");
  }

  // Who signed in again elsewhere has a page whose forms are refused: their token is renewed. Whether it was.
  async renewToken() {
    const token = (await this.ask("GET"))?.headers.get("CSRF-Token");
    if (!token) return false;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    this.isOff = false;
    return true;
  }

  async ask(method, content) {
    const token = this.form.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      return await fetch(this.address, {
        method,
        headers: { "X-CSRFToken": token, ...(content && { "Content-Type": "application/json" }) },
        body: content && JSON.stringify({ ...this.place(content.fields), ...content }),
        credentials: "same-origin",
        keepalive: method !== "GET",
      });
    } catch {
      return undefined; // no network: the browser keeps it
    }
  }

  // Where « Mes brouillons » leads back to.
  place(fields) {
    const kind = new URLSearchParams(location.search).get("nature");
    const title = fields.title?.trim() || document.querySelector("h1")?.textContent.trim() || "";
    return { title: title.slice(0, 160), address: location.pathname + (kind ? `?nature=${encodeURIComponent(kind)}` : "") };
  }
}
