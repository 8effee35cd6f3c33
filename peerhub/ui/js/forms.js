// A form that navigates is sent once: its button turns busy, a second click does nothing. htmx forms guard themselves.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.closest("post-composer, theme-choice")) return;
  if (form.matches("[hx-post], [hx-put], [hx-delete], [data-hx-post]")) return;
  if (event.submitter?.matches("[hx-post], [hx-get]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('[aria-busy="true"]')) {
    button.removeAttribute("aria-busy");
    if (button.form) sent.delete(button.form);
  }
});
