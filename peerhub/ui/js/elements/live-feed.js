// <live-feed group="topic.12" after="41" url="/sujets/12/x/?after=" [changed="1763…"] [replace="post.changed …"]
//   [data-announce-one] [data-announce-many="{n} …"]> <div> …fragments with data-seq… </div> </live-feed>
// Adds what happens in the group to the end of its first child, in order, once. Kinds named in `replace` take the place
// of the element of the same id: with data-seq, of one in the list (what is marked data-live-keep there, the viewer's
// own controls, stays); without, of one anywhere in the page. `changed` stamps what the page shows: each of those frames
// tells the stamp before it and its own (data.before, data.changed), so that a missed one is noticed like a missing number.
// A hole, a sleep or a reconnection is filled over HTTP: url + the last sequence (+ "&changed=" + the stamp +
// "&shown=21-41", where the page has a stamp) answers what is missing, and what changed of what is shown, with the new
// stamp in the header Live-Changed. A page that gets no new posts (not the last of its topic) has after="999999999". Nothing moves the reader: what arrives out of view is told by a button.
// Each fragment tells "live-feed:added". Once the group is closed to the viewer, or the session is over, it says so.
import htmx from "htmx.org/dist/htmx.esm.js";
import { live } from "../live.js";

const JITTER = 2000; // a thousand readers notice the same hole at the same moment
const BATCH = 3000;
const IS_FRENCH = (document.documentElement.lang || "fr").startsWith("fr");
const WORDS = IS_FRENCH
  ? {
      one: "Un nouveau message",
      many: "{n} nouveaux messages",
      oneChanged: "Un message modifié",
      manyChanged: "{n} messages modifiés",
      andOne: "{new}, 1 modifié",
      andMany: "{new}, {n} modifiés",
      closed: "Cette discussion ne vous est plus ouverte.",
      ended: "Vous n’êtes plus connecté·e\u00a0: rechargez la page pour continuer.",
    }
  : {
      one: "One new message",
      many: "{n} new messages",
      oneChanged: "One message was changed",
      manyChanged: "{n} messages were changed",
      andOne: "{new}, 1 changed",
      andMany: "{new}, {n} changed",
      closed: "This discussion is no longer open to you.",
      ended: "You are signed out: reload the page to continue.",
    };

class LiveFeed extends HTMLElement {
  connectedCallback() {
    this.list ??= this.firstElementChild;
    this.last ??= Number(this.getAttribute("after")) || 0;
    this.changed ??= this.getAttribute("changed") ?? "";
    this.waiting ??= new Map(); // seq -> element that came before the ones it follows
    this.early ??= new Map(); // seq -> element that changed before it came
    this.furnish();
    const group = this.getAttribute("group");
    this.off = [
      live.on(group, "*", (event) => this.receive(event)),
      live.on(group, ":subscribed", (state) => this.compare(state)),
      live.on(group, ":doubt", () => this.catchUpSoon()),
      live.on(group, ":refused", ({ reason }) => reason === "forbidden" && this.close(WORDS.closed)),
    ];
    this.hear = ({ detail }) => detail.status === "ended" && this.close(WORDS.ended);
    document.addEventListener("live:status", this.hear);
    // Our own reply comes by htmx, with our controls, and by the socket too: in whichever order.
    this.observer = new MutationObserver((changes) => this.settle(changes));
    this.observer.observe(this.list, { childList: true });
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.unread();
    });
  }

  disconnectedCallback() {
    for (const off of this.off) off();
    document.removeEventListener("live:status", this.hear);
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
    this.over = Object.assign(document.createElement("p"), { className: "live-feed__over" });
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "live-feed__new", hidden: true });
    this.button.addEventListener("click", () => {
      const first = this.firstNew;
      this.unread();
      first?.scrollIntoView({ block: "start" });
      first?.focus({ preventScroll: true });
    });
    this.append(this.voice, this.over, this.button);
    this.unseen = 0;
    this.unspoken = { added: 0, changed: 0 };
  }

  receive({ kind, seq, html, data }) {
    if ((this.getAttribute("replace") ?? "").split(" ").includes(kind)) return this.change(html ?? "", data);
    const element = parse(html ?? "").find((one) => one.dataset.seq);
    if (!element || !Number.isInteger(seq) || seq <= this.last) return;
    this.waiting.set(seq, element);
    this.drain();
    if (this.waiting.size) this.catchUpSoon(seq);
  }

  change(html, data) {
    for (const element of parse(html)) this.exchange(element);
    if (!data?.changed) return;
    if (isAfter(data.before ?? "", this.changed)) this.doubt();
    else if (isAfter(data.changed, this.changed)) this.changed = data.changed;
  }

  // The newest sequence and change, as the server knew them once our subscription stood; a null sequence: it does not
  // count them.
  compare({ seq, changed }) {
    this.over.textContent = "";
    const isFirst = !this.wasSubscribed;
    this.wasSubscribed = true;
    if (changed && isAfter(changed, this.changed)) this.doubt();
    if (seq === null ? !isFirst : seq > this.last) this.catchUpSoon(seq);
  }

  drain() {
    for (let next = this.waiting.get(this.last + 1); next; next = this.waiting.get(this.last + 1)) {
      this.waiting.delete(++this.last);
      this.add(next, this.last);
    }
  }

  add(fragment, seq) {
    if (this.find(seq)) return;
    const element = this.early.get(seq) ?? fragment;
    this.early.delete(seq);
    element.dataset.live = "";
    const after = [...this.list.children].find((other) => Number(other.dataset.seq) > seq);
    this.list.querySelector(":scope > [data-live-none]")?.remove();
    this.list.insertBefore(element, after ?? null);
    this.wake(element);
    this.tellOf(element);
  }

  exchange(element) {
    const seq = Number(element.dataset.seq);
    const old = seq ? this.find(seq) : element.id && document.getElementById(element.id);
    if (!old) {
      // Not here yet, and what brings it may have been written before this.
      if (seq > this.last) this.early.set(seq, element);
      return;
    }
    // What a person writes in it is not taken away.
    if (old.querySelector("form :is(input, textarea, [contenteditable]):focus")) return;
    const isRemoved = element.matches(".post--removed");
    for (const kept of isRemoved ? [] : old.querySelectorAll("[data-live-keep]")) element.append(kept);
    const hadFocus = old === document.activeElement;
    if (seq) element.dataset.live = "";
    old.replaceWith(element);
    if (hadFocus) element.focus({ preventScroll: true });
    this.wake(element);
    if (seq) this.speakOf("changed");
  }

  wake(element) {
    htmx.process(element);
    element.dispatchEvent(new CustomEvent("live-feed:added", { bubbles: true }));
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

  // A change was missed, or may have been.
  doubt() {
    this.isDoubtful = true;
    this.catchUpSoon(this.last);
  }

  // `newest`: up to where; without it until nothing more comes.
  catchUpSoon(newest = Infinity) {
    this.newest = Math.max(this.newest ?? 0, newest ?? Infinity);
    this.fetchTimer ??= setTimeout(() => this.catchUp(), Math.random() * JITTER);
  }

  async catchUp() {
    let wasDoubtful = false;
    try {
      // What was missing may have come by itself meanwhile.
      while ((this.last < this.newest || this.isDoubtful) && this.isConnected) {
        const from = this.last;
        wasDoubtful = this.isDoubtful;
        this.isDoubtful = false;
        const response = await fetch(this.address(from), { credentials: "same-origin" });
        // A new title is a new address; what leads to the sign-in is no answer.
        const isOurs = !response.redirected || response.headers.has("Live-Changed");
        if (!response.ok || !isOurs) throw new Error(`catch-up: ${response.status}`);
        const stamp = response.headers.get("Live-Changed") ?? "";
        for (const element of parse(await response.text())) this.fill(element);
        // Frames that told of later changes may have been overwritten by this answer.
        if (stamp) {
          this.isDoubtful ||= isAfter(this.changed, stamp);
          this.changed = stamp;
        }
        this.drain();
        if (this.last === from && !wasDoubtful) break;
      }
    } catch {
      // No network, or no longer ours: the socket, the next sight of the page, or a reload will tell.
      this.isDoubtful ||= wasDoubtful;
    } finally {
      this.fetchTimer = this.newest = undefined;
    }
  }

  address(from) {
    const address = `${this.getAttribute("url")}${from}`;
    if (!this.hasAttribute("changed")) return address;
    const shown = [...this.list.children].map((one) => Number(one.dataset.seq)).filter(Boolean);
    return `${address}&changed=${this.changed || 0}&shown=${shown[0] ?? 0}-${shown.at(-1) ?? 0}`;
  }

  fill(element) {
    const seq = Number(element.dataset.seq);
    if (!seq || seq <= this.last) return this.exchange(element);
    // The answer is all that may be shown: a number that it skips is not to come.
    this.add(element, seq);
    this.waiting.delete(seq);
    this.last = seq;
  }

  tellOf(element) {
    this.speakOf("added");
    if (element.getBoundingClientRect().top < innerHeight) return;
    this.firstNew = this.unseen++ ? this.firstNew : element;
    if (this.unseen === 1) this.seen.observe(element);
    this.button.textContent = this.sentence(this.unseen);
    this.button.hidden = false;
  }

  speakOf(what) {
    this.unspoken[what] += 1;
    this.speakTimer ??= setTimeout(() => {
      this.voice.textContent = this.news(this.unspoken);
      this.unspoken = { added: 0, changed: 0 };
      this.speakTimer = undefined;
    }, BATCH);
  }

  // Said, and seen by those who look; what they read and wrote stays in front of them.
  close(words) {
    this.over.textContent = this.voice.textContent = words;
    this.unread();
  }

  unread() {
    this.unseen = 0;
    this.firstNew = undefined;
    this.seen.disconnect();
    this.button.hidden = true;
  }

  news({ added, changed }) {
    if (!added) return changed === 1 ? WORDS.oneChanged : WORDS.manyChanged.replace("{n}", changed);
    const sentence = this.sentence(added);
    if (!changed) return sentence;
    return (changed === 1 ? WORDS.andOne : WORDS.andMany).replace("{n}", changed).replace("{new}", sentence);
  }

  sentence(n) {
    if (n === 1) return this.dataset.announceOne ?? WORDS.one;
    return (this.dataset.announceMany ?? WORDS.many).replace("{n}", n);
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children].filter((element) => element.dataset.seq || element.id);
}

// Stamps are decimal numbers too long for a number.
const isAfter = (one, other) => one.length > other.length || (one.length === other.length && one > other);

customElements.define("live-feed", LiveFeed);
