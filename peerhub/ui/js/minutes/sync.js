// Brings what is typed to the server, and what others type here. Local changes leave in batches, one after the other,
// each with a token: a batch that is sent again is the same one. What comes is numbered: a hole, a sleep or a reconnection
// is filled over HTTP.
import * as Y from "yjs";
import { decode, encode } from "./unsent.js";

const BATCH = 300;
const JITTER = 1500;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30_000;
// Of one batch; the server takes a little more.
const MOST = 150_000;
export const REMOTE = "remote";

const token = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

// `isHeld()`: whether nothing may come in now; then `release()`. `tell(state, reason)`: "saved", "saving", "offline", "ended" (signed out), "refused" (with the server's sentence),
// "published", "reopened", "closed".
export class Sync {
  constructor({ doc, url, csrf, number, unsent, tell, named, isHeld }) {
    Object.assign(this, { doc, url, csrf, number, unsent, tell, named, isHeld });
    this.typed = []; // not in a batch yet
    this.batches = []; // { token, update }: to send, the first one perhaps under way
    this.left = []; // what other pages kept, until it has arrived
    this.held = []; // what came while a word was being composed
    this.waiting = new Map(); // number -> update that came before the ones it follows
    this.failures = 0;
    doc.on("update", (update, origin) => origin !== REMOTE && this.keep(update));
  }

  get isBehind() {
    return this.typed.length > 0 || this.batches.length > 0;
  }

  // What an earlier page, or another tab, could not send.
  resume() {
    this.left = this.unsent.adopt();
    for (const { batches } of this.left) {
      for (const batch of batches) this.apply(batch.update);
      this.batches.push(...batches);
    }
    if (this.batches.length) this.flush();
  }

  keep(update) {
    this.typed.push(update);
    this.isKept = this.unsent.write(this.own());
    if (!this.isFrozen) this.tell(navigator.onLine ? "saving" : "offline");
    this.timer ??= setTimeout(() => this.flush(), BATCH);
  }

  own() {
    return this.typed.length ? [...this.batches, { token: token(), update: Y.mergeUpdates(this.typed) }] : this.batches;
  }

  pack() {
    while (this.typed.length) {
      const updates = [];
      let size = 0;
      while (this.typed.length && (!updates.length || size + this.typed[0].length < MOST)) {
        size += this.typed[0].length;
        updates.push(this.typed.shift());
      }
      this.batches.push({ token: token(), update: Y.mergeUpdates(updates) });
    }
  }

  // What was refused leaves again together with what corrects it.
  unpack() {
    this.typed.unshift(...this.batches.splice(0).map(({ update }) => update));
  }

  async flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isFrozen) return;
    // The network, or the minutes, may be back while an answer is waited for that does not know it.
    this.isAskedAgain = this.isSending;
    if (this.isSending) return;
    this.isSending = true;
    try {
      this.pack();
      this.unsent.write(this.own());
      while (this.batches.length && (await this.send(this.batches[0]))) {
        this.batches.shift();
        this.pack();
        this.isKept = this.unsent.write(this.own());
      }
    } finally {
      this.isSending = false;
    }
    if (!this.isBehind) {
      for (const one of this.left.splice(0)) this.unsent.forget(one);
      if (!this.isFrozen) this.tell("saved");
    } else if (this.isAskedAgain) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), BATCH);
    } else if (this.typed.length && !this.isRefused) this.timer ??= setTimeout(() => this.flush(), BATCH);
  }

  // Whether it arrived; otherwise what comes next is decided here.
  async send(batch, isSecond = false) {
    const body = JSON.stringify({ token: batch.token, update: encode(batch.update) });
    let response;
    try {
      response = await fetch(this.url, { method: "POST", body, headers: this.headers, credentials: "same-origin", keepalive: body.length < 60_000 });
    } catch {
      return this.retry("offline");
    }
    if (response.redirected) return this.retry("ended");
    if (response.status === 201) {
      const number = (await response.json().catch(() => ({}))).number;
      if (!number) return this.retry("offline"); // cut off while it answered: sent again, it is the same change
      this.failures = 0;
      this.isRefused = false;
      // The frame of this change may come later, or never: what is ours is here already.
      this.receive(number, batch.update);
      return true;
    }
    if (response.status >= 500 || response.status === 429) return this.retry("offline");
    const reason = (await response.json().catch(() => ({}))).reason;
    if (response.status === 404) return this.freeze("closed");
    // A stale token, or published meanwhile, and perhaps opened again since.
    if (response.status === 403 && !isSecond) {
      const isAnswered = await this.catchUp();
      if (this.isFrozen) return false;
      if (isAnswered) return this.send(batch, true);
    }
    this.isRefused = true;
    this.unpack();
    this.tell("refused", reason);
    return false;
  }

  get headers() {
    return { "Content-Type": "application/json", "X-CSRFToken": this.csrf };
  }

  retry(state) {
    this.tell(state);
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.failures++) * (1 + Math.random() / 2);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
    return false;
  }

  // The network is back: now, not in half a minute.
  hurry() {
    this.failures = 0;
    if (this.isBehind) this.flush();
    this.catchUpSoon(0);
  }

  freeze(state) {
    this.isFrozen = true;
    this.tell(state);
    return false;
  }

  thaw() {
    this.isFrozen = this.isPublished = false;
    this.tell("reopened");
    if (this.isBehind) this.flush();
    else this.tell("saved");
  }

  apply(update) {
    if (this.isHeld()) this.held.push(update);
    else Y.applyUpdate(this.doc, update, REMOTE);
  }

  release() {
    for (const update of this.held.splice(0)) this.apply(update);
  }

  // A frame, or an answer: `update` is missing where it was too long for a frame.
  receive(number, update) {
    if (update) this.apply(update);
    if (number <= this.number) return;
    this.waiting.set(number, Boolean(update));
    while (this.waiting.get(this.number + 1)) this.waiting.delete(++this.number);
    if (this.waiting.size) this.catchUpSoon();
  }

  // What a socket says of where the minutes stand.
  compare(number) {
    if (number > this.number) this.catchUpSoon(0);
  }

  catchUpSoon(delay = Math.random() * JITTER) {
    this.catchTimer ??= setTimeout(() => this.catchUp(), delay);
  }

  // Whether the server answered.
  async catchUp() {
    clearTimeout(this.catchTimer);
    this.catchTimer = undefined;
    try {
      const response = await fetch(`${this.url}?apres=${this.number}`, { credentials: "same-origin" });
      if (response.status === 404 || response.status === 403) this.freeze("closed");
      if (!response.ok || response.redirected) return false;
      this.csrf = response.headers.get("CSRF-Token") ?? this.csrf;
      const { number, updates, state, isPublished, writers } = await response.json();
      if (state) this.apply(decode(state));
      for (const update of updates) this.apply(decode(update));
      this.number = Math.max(this.number, number);
      for (const known of [...this.waiting.keys()]) if (known <= this.number) this.waiting.delete(known);
      this.named(writers);
      if (isPublished && !this.isPublished) this.publish();
      else if (!isPublished && this.isPublished) this.thaw();
      return true;
    } catch {
      return false; // the socket, the network's return or the next word asks again
    }
  }

  publish() {
    this.isPublished = true;
    this.freeze(this.isBehind ? "published-unsent" : "published");
  }
}
