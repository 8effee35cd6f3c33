// <theme-choice>: changes the colours at once and remembers them in a cookie; without it the form posts.
class ThemeChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=theme]");
      if (!button) return;
      event.preventDefault();
      choose(button.value);
    });
  }
}

function choose(theme) {
  const root = document.documentElement;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = theme ? 60 * 60 * 24 * 365 : 0;
  document.cookie = `peerhub_theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.querySelector('meta[name="color-scheme"]').content = theme || "light dark";
  for (const button of document.querySelectorAll("theme-choice button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}
customElements.define("theme-choice", ThemeChoice);
