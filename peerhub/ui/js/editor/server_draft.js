// Drafts on the server, for all devices of a person: GET, PUT and DELETE of /brouillons/<key>/. The server refuses to
// overwrite a version that this page has not seen: then `onConflict(other)` is called, with what is kept there
// ({ fields, updated_at }) or null when the text was published or thrown away elsewhere. Without a network, or signed
// out, nothing is lost: the browser's own draft stands.
const PAUSE = 2000;

export class ServerDraft {
  constructor(key, form, onConflict) {
    this.address = `/brouillons/${encodeURIComponent(key)}/`;
    this.form = form;
    this.onConflict = onConflict;
    this.version = 0;
    this.isOff = !document.documentElement.dataset.user;
  }

  // What is kept, or null; once.
  async load() {
    if (this.isOff || this.wasLoaded) return null;
    this.wasLoaded = true;
    const response = await this.ask("GET");
    if (!response?.ok) return null;
    const kept = await response.json();
    this.version = kept.version;
    return kept;
  }

  later(texts) {
    clearTimeout(this.timer);
    if (this.isOff || this.isInDoubt) return;
    this.timer = setTimeout(() => this.save(texts), PAUSE);
  }

  async save(texts) {
    clearTimeout(this.timer);
    if (this.isOff || this.isInDoubt) return;
    if (!Object.values(texts).some((text) => text.trim())) return this.clear();
    if (this.isSaving) return void (this.next = texts);
    this.isSaving = true;
    try {
      const response = await this.ask("PUT", { fields: texts, version: this.version });
      if (response?.ok) this.version = (await response.json()).version;
      else if (response?.status === 409) await this.doubt(response);
      else if (response?.status === 403) this.isOff = true;
    } finally {
      this.isSaving = false;
    }
    const { next } = this;
    this.next = undefined;
    if (next) await this.save(next);
  }

  async doubt(response) {
    const { kept } = await response.json();
    this.isInDoubt = true;
    this.other = kept;
    this.onConflict(kept);
  }

  // The person has chosen: what is typed from now on takes the place of the other text.
  settle() {
    this.version = this.other?.version ?? 0;
    this.isInDoubt = false;
  }

  // Published: the server forgot it in the same transaction; the next text is a new one.
  published() {
    clearTimeout(this.timer);
    this.next = undefined;
    this.version = 0;
    this.isInDoubt = false;
  }

  async clear() {
    clearTimeout(this.timer);
    if (!this.version || this.isOff) return;
    this.version = 0;
    await this.ask("DELETE");
  }

  async ask(method, content) {
    const token = this.form.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const page = { title: document.querySelector("h1")?.textContent.trim() ?? "", address: location.pathname };
    try {
      return await fetch(this.address, {
        method,
        headers: { "X-CSRFToken": token, ...(content && { "Content-Type": "application/json" }) },
        body: content && JSON.stringify({ ...page, ...content }),
        credentials: "same-origin",
        keepalive: method === "PUT",
      });
    } catch {
      return undefined; // no network: the browser keeps it
    }
  }
}
