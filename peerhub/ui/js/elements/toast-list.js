// <toast-list role="status">: messages that float. Those of success leave by themselves; problems stay until closed.
// Others add one with document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } })), or by an htmx
// out-of-band swap "beforeend:#toasts".
const STAY = 7000;

class ToastList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) this.leave(event.target.closest(".alert"));
    });
    this.added = (event) => this.add(event.detail);
    document.addEventListener("toast", this.added);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) this.welcome(node);
    }).observe(this, { childList: true });
    // A live region speaks only of what changes: the messages of the page are put back once it listens.
    const first = [...this.children];
    this.replaceChildren();
    setTimeout(() => this.append(...first), 120);
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this.added);
  }

  add({ text, kind = "info" }) {
    const alert = document.createElement("div");
    alert.className = `alert alert--${kind}`;
    const body = document.createElement("div");
    body.className = "alert__body";
    body.textContent = text;
    alert.append(body);
    this.append(alert);
  }

  welcome(alert) {
    if (!(alert instanceof HTMLElement) || alert.matches(".alert--danger, .alert--warning")) return;
    let timer = setTimeout(() => this.leave(alert), STAY);
    const hold = () => clearTimeout(timer);
    const resume = () => (timer = setTimeout(() => this.leave(alert), STAY / 2));
    alert.addEventListener("pointerenter", hold);
    alert.addEventListener("focusin", hold);
    alert.addEventListener("pointerleave", resume);
    alert.addEventListener("focusout", resume);
  }

  leave(alert) {
    if (!alert) return;
    alert.classList.add("alert--leaving");
    setTimeout(() => alert.remove(), 240);
  }
}
customElements.define("toast-list", ToastList);
