// <bell-count data-group="user.5">: how many notifications are unread, kept live (kind "notification.count").
class BellCount extends HTMLElement {
  connectedCallback() {
    this.listener = (event) => this.hear(event.detail);
    document.addEventListener("live:event", this.listener);
    document.dispatchEvent(new CustomEvent("live:subscribe", { detail: { group: this.dataset.group } }));
  }

  disconnectedCallback() {
    document.removeEventListener("live:event", this.listener);
  }

  hear({ group, kind, data }) {
    if (group === this.dataset.group && kind === "notification.count") this.show(data?.unread ?? 0);
  }

  show(unread) {
    const place = this.querySelector("[data-count]");
    const before = Number.parseInt(place.textContent, 10) || 0;
    place.replaceChildren();
    if (unread > 0) {
      const badge = document.createElement("span");
      badge.className = "count";
      badge.textContent = unread < 100 ? unread : "99+";
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = ` ${this.dataset.unreadLabel}`;
      badge.append(words);
      place.append(badge);
    }
    if (unread > before) {
      this.classList.remove("is-ringing");
      requestAnimationFrame(() => this.classList.add("is-ringing"));
    }
  }
}
customElements.define("bell-count", BellCount);
