// <live-reveal data-group="session.8" data-url="/seances/8/restitutions/?suite=1" data-announce="…">: the envelopes of an
// agora. They open for everyone at once (kind "conclusions.revealed", whose html is all of them). Whoever may have missed
// it asks over HTTP: 204 while they are closed.
import { live } from "../live.js";

const JITTER = 1500;

class LiveReveal extends HTMLElement {
  connectedCallback() {
    const { group } = this.dataset;
    this.voice ??= Object.assign(document.createElement("p"), { className: "visually-hidden" });
    this.voice.setAttribute("role", "status");
    if (!this.voice.isConnected) this.after(this.voice);
    this.off = [
      live.on(group, "conclusions.revealed", ({ html }) => html && this.show(html)),
      live.on(group, ":subscribed", () => this.askSoon()),
      live.on(group, ":doubt", () => this.askSoon()),
    ];
  }

  disconnectedCallback() {
    for (const off of this.off) off();
    clearTimeout(this.timer);
    this.voice.remove();
  }

  get opened() {
    return Number(this.querySelector("[data-opened]")?.dataset.opened ?? 0);
  }

  // The first time at once: between the page and its socket lies the moment that everyone waits for.
  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), this.wasSubscribed ? Math.random() * JITTER : 0);
    this.wasSubscribed = true;
  }

  async ask() {
    try {
      const response = await fetch(this.dataset.url, { headers: { Accept: "text/html" } });
      if (response.status === 200) this.show(await response.text());
    } catch {
      // The socket, or a reload, will tell.
    }
  }

  show(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const opened = Number(template.content.querySelector("[data-opened]")?.dataset.opened ?? 0);
    if (opened <= this.opened) return;
    this.replaceChildren(template.content);
    this.querySelector(".envelopes")?.classList.add("envelopes--opening");
    this.voice.textContent = this.dataset.announce;
  }
}
customElements.define("live-reveal", LiveReveal);
