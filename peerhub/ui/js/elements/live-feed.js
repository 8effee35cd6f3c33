// <live-feed group="topic.12" after="41" url="/sujets/12/x/?after=" [replace="post.edited"] [data-announce-one]
//   [data-announce-many="{n} …"]> <div> …fragments with data-seq… </div> </live-feed>
// Adds what happens in the group to the end of its first child, in order, once. A hole, a sleep or a reconnection is
// filled over HTTP: url + the last sequence answers the missing fragments. Kinds named in `replace` take the place of
// the element of the same id, in which what is marked data-live-keep (the viewer's own controls) stays.
// Nothing moves the reader: what arrives out of view is told by a button. Each fragment tells "live-feed:added".
import htmx from "htmx.org/dist/htmx.esm.js";
import { live } from "../live.js";

const JITTER = 2000; // a thousand readers notice the same hole at the same moment
const BATCH = 3000;
const WORDS = (document.documentElement.lang || "fr").startsWith("fr")
  ? { one: "Un nouveau message", many: "{n} nouveaux messages" }
  : { one: "One new message", many: "{n} new messages" };

class LiveFeed extends HTMLElement {
  connectedCallback() {
    this.list ??= this.firstElementChild;
    this.last ??= Number(this.getAttribute("after")) || 0;
    this.waiting ??= new Map(); // seq -> element that came before the ones it follows
    this.furnish();
    const group = this.getAttribute("group");
    this.off = [
      live.on(group, "*", (event) => this.receive(event)),
      live.on(group, ":subscribed", ({ seq }) => this.compare(seq)),
      live.on(group, ":doubt", () => this.catchUpSoon()),
    ];
    // Our own reply comes by htmx, with our controls, and by the socket too: in whichever order.
    this.observer = new MutationObserver((changes) => this.settle(changes));
    this.observer.observe(this.list, { childList: true });
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.unread();
    });
  }

  disconnectedCallback() {
    for (const off of this.off) off();
    this.observer.disconnect();
    this.seen.disconnect();
    clearTimeout(this.fetchTimer);
    clearTimeout(this.speakTimer);
    this.fetchTimer = this.speakTimer = undefined;
  }

  furnish() {
    if (this.voice) return;
    this.voice = Object.assign(document.createElement("p"), { className: "visually-hidden" });
    this.voice.setAttribute("role", "status");
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "live-feed__new", hidden: true });
    this.button.addEventListener("click", () => {
      const first = this.firstNew;
      this.unread();
      first?.scrollIntoView({ block: "start" });
      first?.focus({ preventScroll: true });
    });
    this.append(this.voice, this.button);
    this.unseen = 0;
    this.unspoken = 0;
  }

  receive({ kind, seq, html }) {
    if (html === undefined) return;
    const [element] = parse(html);
    if (!element) return;
    if ((this.getAttribute("replace") ?? "").split(" ").includes(kind)) return this.exchange(element);
    if (!Number.isInteger(seq) || seq <= this.last) return;
    this.waiting.set(seq, element);
    this.drain();
    if (this.waiting.size) this.catchUpSoon(seq);
  }

  // The newest sequence, as the server knew it once our subscription stood; null: it does not count them.
  compare(seq) {
    const isFirst = !this.wasSubscribed;
    this.wasSubscribed = true;
    if (seq === null ? !isFirst : seq > this.last) this.catchUpSoon(seq);
  }

  drain() {
    for (let next = this.waiting.get(this.last + 1); next; next = this.waiting.get(this.last + 1)) {
      this.waiting.delete(++this.last);
      this.add(next, this.last);
    }
  }

  add(element, seq) {
    if (this.find(seq)) return;
    element.dataset.live = "";
    const after = [...this.list.children].find((other) => Number(other.dataset.seq) > seq);
    this.list.querySelector(":scope > [data-live-none]")?.remove();
    this.list.insertBefore(element, after ?? null);
    htmx.process(element);
    element.dispatchEvent(new CustomEvent("live-feed:added", { bubbles: true }));
    this.tellOf(element);
  }

  exchange(element) {
    const old = element.id && this.list.querySelector(`:scope > #${CSS.escape(element.id)}`);
    if (!old) return;
    for (const kept of old.querySelectorAll("[data-live-keep]")) element.append(kept);
    const hadFocus = old === document.activeElement;
    old.replaceWith(element);
    if (hadFocus) element.focus({ preventScroll: true });
    htmx.process(element);
  }

  find(seq) {
    return this.list.querySelector(`:scope > [data-seq="${seq}"]`);
  }

  // What others put into the list: it counts as arrived, and takes the place of the copy from the socket.
  settle(changes) {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    for (const node of added) {
      const seq = Number(node.dataset?.seq);
      if (!seq || "live" in node.dataset || node.parentNode !== this.list) continue;
      for (const copy of this.list.querySelectorAll(`:scope > [data-seq="${seq}"]`)) if (copy !== node) copy.remove();
      if (seq <= this.last) continue;
      if (seq === this.last + 1) this.last = seq;
      else this.catchUpSoon(seq);
    }
    while (this.find(this.last + 1)) this.waiting.delete(++this.last);
    this.drain();
  }

  // `newest`: up to where; without it until nothing more comes.
  catchUpSoon(newest = Infinity) {
    this.newest = Math.max(this.newest ?? 0, newest ?? Infinity);
    this.fetchTimer ??= setTimeout(() => this.catchUp(), Math.random() * JITTER);
  }

  async catchUp() {
    try {
      // What was missing may have come by itself meanwhile.
      while (this.last < this.newest && this.isConnected) {
        const from = this.last;
        const response = await fetch(`${this.getAttribute("url")}${from}`, { credentials: "same-origin" });
        if (!response.ok || response.redirected) break;
        for (const element of parse(await response.text())) {
          const seq = Number(element.dataset.seq);
          if (seq <= this.last) continue;
          // The answer is all that may be shown: a number that it skips is not to come.
          this.add(element, seq);
          this.waiting.delete(seq);
          this.last = seq;
        }
        this.drain();
        if (this.last === from) break;
      }
    } catch {
      // No network: the socket, the next sight of the page, or a reload will tell.
    } finally {
      this.fetchTimer = this.newest = undefined;
    }
  }

  tellOf(element) {
    this.unspoken += 1;
    this.speakTimer ??= setTimeout(() => {
      this.voice.textContent = this.sentence(this.unspoken);
      this.unspoken = 0;
      this.speakTimer = undefined;
    }, BATCH);
    if (element.getBoundingClientRect().top < innerHeight) return;
    this.firstNew = this.unseen++ ? this.firstNew : element;
    if (this.unseen === 1) this.seen.observe(element);
    this.button.textContent = this.sentence(this.unseen);
    this.button.hidden = false;
  }

  unread() {
    this.unseen = 0;
    this.firstNew = undefined;
    this.seen.disconnect();
    this.button.hidden = true;
  }

  sentence(n) {
    if (n === 1) return this.dataset.announceOne ?? WORDS.one;
    return (this.dataset.announceMany ?? WORDS.many).replace("{n}", n);
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children].filter((element) => element.dataset.seq);
}

customElements.define("live-feed", LiveFeed);
