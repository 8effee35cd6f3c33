// <password-field>: an eye to read what one types.
class PasswordField extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const eye = this.querySelector("button");
    if (!input || !eye || !eye.hidden) return;
    eye.hidden = false;
    eye.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
      input.focus();
    });
    input.form?.addEventListener("submit", () => (input.type = "password"));
  }
}
customElements.define("password-field", PasswordField);
