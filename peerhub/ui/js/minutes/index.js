// <shared-minutes data-url data-group="minutes.8" data-name data-number data-state data-writer data-…words>: a form of
// textareas (data-section) in which several write at once. Its own bundle, loaded by the page of minutes alone; without
// it the form is sent as any other. What is typed is kept here until the server has it; nothing is overwritten.
import * as Y from "yjs";
import { Binding } from "./binding.js";
import { REMOTE, Sync } from "./sync.js";
import { Unsent, decode } from "./unsent.js";

// The numbers of one person's browsers begin alike: services refuse those of another.
const TAB = 2 ** 30;
const QUIET = new Set(["saving", "saved"]);
const FROZEN = new Set(["published", "published-unsent", "closed"]);

class SharedMinutes extends HTMLElement {
  connectedCallback() {
    if (this.doc) return;
    this.form = this.querySelector("form");
    this.shown = this.querySelector(".minutes-form__state");
    this.voice = this.querySelector('[role="status"]');
    this.fields = [...this.querySelectorAll("[data-section]")];
    this.doc = new Y.Doc();
    this.doc.clientID = Number(this.dataset.writer) * TAB + Math.floor(Math.random() * TAB);
    if (this.dataset.state) Y.applyUpdate(this.doc, decode(this.dataset.state), REMOTE);
    this.removeAttribute("data-state");
    this.sync = new Sync({
      doc: this.doc,
      url: this.dataset.url,
      csrf: this.form.elements.csrfmiddlewaretoken.value,
      number: Number(this.dataset.number),
      unsent: new Unsent(this.dataset.name, this.doc.clientID),
      tell: (state, reason) => this.tell(state, reason),
      named: (names) => this.name(names),
      isHeld: () => this.bindings.some(({ isComposing }) => isComposing),
    });
    this.bind();
    this.sync.resume();
    this.listen();
    this.dataset.ready = "";
  }

  bind() {
    this.bindings = this.fields.map((field) => {
      const binding = new Binding(field, this.doc.getText(field.dataset.section));
      binding.onComposed = () => this.sync.release();
      return binding;
    });
    // What was typed while this loaded differs from what the page was written with, which is what the texts hold.
    for (const binding of this.bindings) binding.take();
    this.undo = new Y.UndoManager(this.bindings.map(({ text }) => text), { trackedOrigins: new Set(this.bindings) });
  }

  listen() {
    const { group } = this.dataset;
    const detail = { group };
    document.dispatchEvent(new CustomEvent("live:subscribe", { detail }));
    detail.live?.on(group, "*", (frame) => this.hear(frame));
    detail.live?.on(group, ":subscribed", ({ seq }) => this.sync.compare(seq ?? Infinity));
    detail.live?.on(group, ":doubt", () => this.sync.catchUpSoon());
    detail.live?.on(group, ":refused", ({ reason }) => reason === "forbidden" && this.sync.freeze("closed"));
    addEventListener("online", () => this.sync.hurry());
    addEventListener("offline", () => this.sync.isBehind && this.tell("offline"));
    addEventListener("pagehide", () => this.sync.flush());
    addEventListener("beforeunload", (event) => this.sync.isBehind && this.sync.isKept === false && event.preventDefault());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.sync.flush();
    });
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("beforeinput", (event) => this.revert(event, event.inputType === "historyUndo", event.inputType === "historyRedo"));
  }

  hear({ kind, seq, data }) {
    if (kind === "minutes.updated") {
      this.name([data.by]);
      this.sync.receive(seq, data.update && decode(data.update));
    } else {
      // Published, or opened again: asked, so that the last words come first.
      this.sync.catchUpSoon(0);
    }
  }

  // A browser's own undo would take back what others wrote.
  press(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    this.revert(event, key === "z" && !event.shiftKey, key === "y" || (key === "z" && event.shiftKey));
  }

  revert(event, isUndo, isRedo) {
    if (!isUndo && !isRedo) return;
    event.preventDefault();
    if (isUndo) this.undo.undo();
    else this.undo.redo();
  }

  tell(state, reason) {
    const words = reason ?? this.dataset[state.replace(/-(.)/g, (_, letter) => letter.toUpperCase())];
    this.dataset.stateNow = state;
    if (words) this.shown.textContent = words;
    // Each word that is saved is seen; heard are troubles, and that they are over.
    if (words && (!QUIET.has(state) || (state === "saved" && this.voice.textContent))) this.voice.textContent = words;
    if (FROZEN.has(state)) this.freeze(true);
    else if (state === "reopened") this.freeze(false);
  }

  freeze(isFrozen) {
    for (const field of this.fields) field.readOnly = isFrozen;
  }

  name(names) {
    const place = document.getElementById("minutes-writers");
    if (!place || !names?.length) return;
    this.names = [...new Set([...names, ...(this.names ?? place.textContent.split(", ").filter(() => this.dataset.number !== "0"))])].slice(0, 5);
    place.textContent = this.names.join(", ");
  }
}

customElements.define("shared-minutes", SharedMinutes);
