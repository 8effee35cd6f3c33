// Shows a wait: the thin line (CSS waits 300 ms before it appears) and, past one second, a word for screen readers.
let waits = 0;
let word;

function begin() {
  waits += 1;
  document.documentElement.dataset.busy = "";
  clearTimeout(word);
  word = setTimeout(() => say(true), 1000);
}

function end() {
  waits = Math.max(0, waits - 1);
  if (waits) return;
  delete document.documentElement.dataset.busy;
  clearTimeout(word);
  say(false);
}

function say(on) {
  const status = document.getElementById("busy-status");
  if (status) status.textContent = on ? status.dataset.label : "";
}

document.addEventListener("htmx:before:request", begin);
document.addEventListener("htmx:finally:request", end);
// A page that is left: the browser shows little; our line shows that the click was heard. A download leaves the page
// where it is, without a word: the line gives up after a while.
window.addEventListener("beforeunload", () => {
  begin();
  setTimeout(end, 8000);
});
window.addEventListener("pageshow", () => {
  waits = 1;
  end();
});
