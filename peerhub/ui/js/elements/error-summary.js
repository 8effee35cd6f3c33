// <error-summary>: takes the focus when it appears; its links put the cursor in the field.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    requestAnimationFrame(() => this.focus({ preventScroll: false }));
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      const input = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
      (input ?? target).focus();
      (input ?? target).scrollIntoView({ block: "center" });
    });
  }
}
customElements.define("error-summary", ErrorSummary);
