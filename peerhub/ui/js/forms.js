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
  setTimeout(() => release(form), 10_000); // an answer that is a file leaves the page where it is
});

function release(form) {
  sent.delete(form);
  for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});
