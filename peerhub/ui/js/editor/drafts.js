// What one writes, kept in two places: in this browser at once, on the server a little later, for all devices. Where the
// two do not agree (another device, another tab), one of the texts is shown, the other is one button away, and nothing
// is overwritten until the person has chosen.
import { BrowserDraft } from "./browser_draft.js";
import { ServerDraft } from "./server_draft.js";

const DAY = 86_400_000;

const isEmpty = (texts) => !Object.values(texts).some((text) => text.trim());
const names = (one, other) => new Set([...Object.keys(one), ...Object.keys(other)]);
const isSame = (one, other) => [...names(one, other)].every((name) => (one[name] ?? "") === (other[name] ?? ""));

export class Drafts {
  constructor(composer) {
    this.composer = composer;
    this.words = composer.dataset;
    this.browser = new BrowserDraft(composer.dataset.draft, (other) => this.heard(other));
    this.server = new ServerDraft(composer.dataset.draft, composer.form, {
      onSaved: (texts) => this.saved(texts),
      onUnsaved: () => this.unsaved(),
      onConflict: (kept) => this.conflict(kept && kept.fields),
    });
    // What a draft says in fields that this form does not have (it was begun as another kind of topic).
    this.beyond = {};
    this.observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.load());
    this.observer.observe(composer);
    composer.addEventListener("focusin", () => this.load());
  }

  leave() {
    this.observer.disconnect();
    this.browser.leave();
    clearTimeout(this.timer);
  }

  get texts() {
    return { ...this.beyond, ...this.composer.texts };
  }

  // --- Found again ---

  restore() {
    const draft = this.browser.read();
    if (!draft) return;
    if (!draft.sent) this.server.version = draft.version ?? 0;
    const age = Date.now() - draft.at;
    if (age > (draft.sent ? 1 : 30) * DAY) return void this.browser.clear();
    if (isSame(draft.texts, this.texts)) return;
    if (draft.sent && isEmpty(this.texts)) {
      this.composer.say("", false, [[this.words.resume, () => (this.take(draft), this.composer.say(""))]]);
    } else if (isEmpty(this.texts)) {
      this.take(draft);
      this.composer.say(this.words.restored);
    } else if (!draft.sent) this.conflict(draft.texts, this.words.begun);
  }

  // Once, when the composer is reached or seen: who only reads asks the server nothing.
  async load() {
    if (this.wasLoaded) return;
    this.wasLoaded = true;
    const kept = await this.server.load();
    this.wasLoaded = kept !== undefined;
    if (kept) this.compare(kept);
    else if (kept === null && this.server.version && !isEmpty(this.texts)) this.conflict(null);
    else if (kept === null && this.isTyped) this.server.later(this.texts);
  }

  compare(kept) {
    const { texts } = this;
    const own = this.browser.read();
    const { version } = kept;
    if (isSame(kept.fields, texts)) {
      this.server.version = version;
      return this.note({ version, isAhead: false });
    }
    if (isEmpty(texts) && !own?.sent) {
      this.server.version = version;
      this.take({ texts: kept.fields });
      return this.composer.say(this.words.restored, false, this.list);
    }
    if (own?.version === version) return own.sent ? undefined : this.server.later(texts);
    if (own && !own.isAhead && !this.isTyped && isSame(own.texts, texts)) {
      this.server.version = version;
      return this.replace(kept, texts);
    }
    this.server.doubt(kept);
    return this.conflict(kept.fields, own ? this.words.conflict : this.words.begun);
  }

  // The server's is newer, and here nothing was typed since: it is shown, and what stood here can be taken back.
  replace(kept, before) {
    this.take({ texts: kept.fields });
    this.composer.say(this.words.newer, false, [
      [
        this.words.takeBack,
        () => {
          this.take({ texts: before });
          this.composer.say("");
          this.typed();
        },
      ],
    ]);
  }

  take({ texts, token }) {
    this.beyond = { ...texts };
    this.composer.fill({ texts, token });
    for (const name of Object.keys(this.composer.texts)) delete this.beyond[name];
    this.write();
  }

  // --- Kept ---

  typed() {
    this.isTyped = true;
    this.load();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 600);
  }

  keep(more = {}) {
    clearTimeout(this.timer);
    const { texts } = this;
    if (isEmpty(texts)) {
      this.isTyped = false;
      this.browser.clear();
      this.tell("");
    } else if (this.write({ isAhead: true, ...more }) && !this.isKeptForAll) this.tell(this.words.saved);
    if (more.sent) this.server.pause();
    else this.server.later(texts);
  }

  // Before the page is left, in whichever way; what is under way to be published needs no draft.
  hide() {
    if (this.composer.busy || !this.isTyped) return;
    this.keep();
    this.server.flush();
  }

  write(more = {}) {
    const { texts, server } = this;
    return this.browser.write({ texts, token: this.composer.token?.value, at: Date.now(), version: server.version, ...more });
  }

  note(more) {
    const own = this.browser.read();
    if (own) this.browser.write({ ...own, ...more });
  }

  saved(texts) {
    this.isKeptForAll = true;
    this.note({ version: this.server.version, isAhead: !isSame(texts, this.texts) });
    this.tell(this.words.savedForAll, this.list);
  }

  unsaved() {
    this.isKeptForAll = false;
    if (this.isTyped) this.tell(this.words.saved);
  }

  // Where the text is kept, unless there is something to choose, or to try again.
  tell(words, actions = []) {
    if (!this.server.isInDoubt && !this.composer.hasFailed && !this.composer.busy) this.composer.say(words, false, actions);
  }

  get list() {
    return this.words.drafts ? [[this.words.draftsLabel, this.words.drafts]] : [];
  }

  published() {
    clearTimeout(this.timer);
    this.isTyped = this.isKeptForAll = false;
    this.beyond = {};
    this.browser.clear();
    this.server.forgetPublished();
  }

  // --- Two texts ---

  // Another tab of this browser wrote (null: published there, or emptied).
  heard(other) {
    const { texts } = this;
    if (this.composer.busy || other?.sent || (other ? isSame(other.texts, texts) : isEmpty(texts))) return;
    if (!other) {
      if (this.isTyped || !isEmpty(this.composer.texts)) this.conflict(null);
    } else if (this.server.isInDoubt) this.other = other.texts;
    else if (!this.isTyped) {
      this.server.version = Math.max(this.server.version, other.version ?? 0);
      this.beyond = {};
      this.composer.fill({ texts: other.texts, token: other.token });
    } else {
      this.server.doubt({ version: other.version ?? 0 });
      this.conflict(other.texts);
    }
  }

  conflict(other, words = this.words.conflict) {
    if (!other) {
      // What is typed from now on is another text, kept like any other.
      this.server.keptVersion = 0;
      this.server.settle();
      return this.composer.say(this.words.gone, true);
    }
    this.other = other;
    if (!this.server.isInDoubt) this.server.doubt({ version: this.server.version });
    return this.composer.say(words, true, [
      [this.words.seeOther, () => this.swap(words)],
      [this.words.keepThis, () => this.choose()],
    ]);
  }

  swap(words) {
    const mine = this.texts;
    this.take({ texts: this.other });
    this.conflict(mine, words);
  }

  choose() {
    this.other = undefined;
    this.server.settle();
    this.composer.say("");
    this.keep();
  }
}
