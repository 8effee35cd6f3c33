// <live-presence group="topic.12" [me="5"]></live-presence>: who else reads this discussion, and who writes. Says in turn
// what its own person does: "writing" while a composer of the page is typed in, "away" while the page is hidden.
// `me`: the viewer, where others see the viewer. Two lines whose height never changes; only writing is spoken, in batches.
import { live } from "../live.js";

const SIGN = 3500; // between two signs of writing; a process forgets after eight seconds (peerhub/live/presence.py)
const NAMES = 8;
const SPOKEN = 60_000; // somebody who stops and goes on is not announced again
const IS_FRENCH = (document.documentElement.lang || "fr").startsWith("fr");
const WORDS = IS_FRENCH
  ? {
      reads: "{names} lit aussi cette discussion",
      read: "{n} personnes lisent\u00a0: {names}",
      others: "{names} et {n} autres",
      crowd: "{n} personnes lisent cette discussion",
      writes: "{names} écrit…",
      write: "{names} écrivent…",
      many: "{n} personnes écrivent…",
    }
  : {
      reads: "{names} is reading this discussion too",
      read: "{n} people are reading: {names}",
      others: "{names} and {n} others",
      crowd: "{n} people are reading this discussion",
      writes: "{names} is writing…",
      write: "{names} are writing…",
      many: "{n} people are writing…",
    };
const LIST = new Intl.ListFormat(IS_FRENCH ? "fr" : "en", { type: "conjunction" });

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

class LivePresence extends HTMLElement {
  connectedCallback() {
    this.furnish();
    this.group = this.getAttribute("group");
    this.off = [
      live.on(this.group, ":presence", (frame) => this.show(frame)),
      live.on(this.group, ":refused", () => this.clear()),
    ];
    this.listeners = [
      ["visibilitychange", () => this.say(document.hidden ? "away" : "reading")],
      ["input", ({ target }) => this.type(target)],
      ["submit", ({ target }) => target.closest?.("post-composer") && this.say("reading")],
      ["live:status", ({ detail }) => detail.status !== "open" && this.clear()],
    ];
    for (const [kind, listener] of this.listeners) document.addEventListener(kind, listener);
    this.say(document.hidden ? "away" : "reading");
  }

  disconnectedCallback() {
    for (const off of this.off) off();
    for (const [kind, listener] of this.listeners) document.removeEventListener(kind, listener);
  }

  furnish() {
    if (this.voice) return;
    const line = (name) => Object.assign(document.createElement("p"), { className: name });
    this.readers = line("presence__readers");
    this.writers = line("presence__writers");
    this.voice = line("visually-hidden");
    this.voice.setAttribute("role", "status");
    this.spoken = new Map(); // id -> when
    this.replaceChildren(this.readers, this.writers, this.voice);
  }

  say(state) {
    this.saidAt = state === "writing" ? Date.now() : 0;
    this.said = state;
    live.present(this.group, state);
  }

  type(target) {
    if (!target.closest?.("post-composer")) return;
    const isEmpty = "value" in target && !target.value.trim();
    if (isEmpty) {
      if (this.said === "writing") this.say("reading");
    } else if (Date.now() - (this.saidAt ?? 0) > SIGN) {
      this.say("writing");
    }
  }

  show({ count, writing, readers, writers }) {
    const me = Number(this.getAttribute("me"));
    const isMine = ([id]) => id === me;
    const isListed = readers?.length === count;
    const others = count - ((isListed ? readers.some(isMine) : me) ? 1 : 0);
    const iWrite = writers ? writers.some(isMine) : this.said === "writing" && me;
    this.put(this.readers, this.reading(others, readers?.filter((one) => !isMine(one))));
    const theirs = writers?.filter((one) => !isMine(one));
    this.put(this.writers, this.writing(writing - (iWrite ? 1 : 0), theirs));
    this.speak(theirs ?? []);
  }

  reading(n, people) {
    if (n < 1) return "";
    if (!people?.length) return fill(WORDS.crowd, { n });
    const names = people.slice(0, NAMES).map(([, name]) => name);
    if (n === 1) return fill(WORDS.reads, { names: names[0] });
    const rest = n - names.length;
    const said = rest > 0 ? fill(WORDS.others, { names: names.join(", "), n: rest }) : LIST.format(names);
    return fill(WORDS.read, { n, names: said });
  }

  writing(n, people) {
    if (n < 1) return "";
    if (!people?.length || n > 3) return fill(WORDS.many, { n });
    return fill(n === 1 ? WORDS.writes : WORDS.write, { names: LIST.format(people.map(([, name]) => name)) });
  }

  put(line, words) {
    line.textContent = words;
    line.title = words;
  }

  speak(writers) {
    const now = Date.now();
    const fresh = writers.filter(([id]) => now - (this.spoken.get(id) ?? -SPOKEN) >= SPOKEN);
    for (const [id] of fresh) this.spoken.set(id, now);
    if (fresh.length) this.voice.textContent = this.writing(fresh.length, fresh);
  }

  clear() {
    this.put(this.readers, "");
    this.put(this.writers, "");
  }
}

customElements.define("live-presence", LivePresence);
