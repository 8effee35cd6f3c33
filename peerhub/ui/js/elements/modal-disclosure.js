// <modal-disclosure><details><summary>…</summary><div class="disclose__panel">…</div></details></modal-disclosure>
// Opens the panel in a modal dialog instead of unfolding it; the focus comes back to the button.
class ModalDisclosure extends HTMLElement {
  connectedCallback() {
    const details = this.querySelector(":scope > details");
    if (!details || this.dialog) return;
    this.summary = details.querySelector("summary");
    this.panel = details.querySelector(".disclose__panel");
    this.details = details;
    this.summary.setAttribute("aria-haspopup", "dialog");
    this.summary.setAttribute("role", "button");
    this.summary.addEventListener("click", (event) => {
      event.preventDefault();
      this.show();
    });
  }

  show() {
    const title = this.panel.querySelector(".disclose__title");
    title.id ||= `dialog-${Math.random().toString(36).slice(2)}`;
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.append(this.panel);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
    dialog.addEventListener("close", () => {
      this.details.append(this.panel);
      dialog.remove();
      this.dialog = undefined;
      this.summary.focus();
    });
    this.append(dialog);
    this.dialog = dialog;
    dialog.showModal();
    // A dialog that destroys begins on "Annuler": Enter by habit destroys nothing.
    this.panel.querySelector("[autofocus], [data-close]")?.focus();
  }

  disconnectedCallback() {
    this.dialog?.close();
  }
}
customElements.define("modal-disclosure", ModalDisclosure);
