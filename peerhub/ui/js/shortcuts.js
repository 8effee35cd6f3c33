// Keys. "/" goes to the search field. In a topic: "j" and "k" the next and the previous message, "n" the first that is
// new, "r" to reply; "?" lists them, with the switch that puts all of them off in this browser (docs/ui.md).
// Never while one types, never with Ctrl, Alt or Cmd, never over an open dialog or menu.
const OFF = "peerhub-keys-off";
const IS_FRENCH = (document.documentElement.lang || "fr").startsWith("fr");
const WORDS = IS_FRENCH
  ? {
      title: "Raccourcis du clavier",
      close: "Fermer",
      on: "Activer ces raccourcis dans ce navigateur",
      keys: [
        ["/", "Chercher"],
        ["j", "Message suivant"],
        ["k", "Message précédent"],
        ["n", "Premier message non lu"],
        ["r", "Répondre"],
        ["?", "Afficher ces raccourcis"],
      ],
    }
  : {
      title: "Keyboard shortcuts",
      close: "Close",
      on: "Use these shortcuts in this browser",
      keys: [
        ["/", "Search"],
        ["j", "Next message"],
        ["k", "Previous message"],
        ["n", "First unread message"],
        ["r", "Reply"],
        ["?", "Show these shortcuts"],
      ],
    };

const acts = { "/": search, j: () => step(1), k: () => step(-1), n: unread, r: reply };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog, details[data-menu][open]")) return;
  if (event.key === "?") return void (show(), event.preventDefault());
  if (isOff() || !Object.hasOwn(acts, event.key)) return;
  if (acts[event.key]()) event.preventDefault();
});

// For the links and buttons that say so: <button data-shortcuts>.
document.addEventListener("click", ({ target }) => target.closest?.("[data-shortcuts]") && show());

function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function search() {
  const field = document.querySelector('[data-shortcut="/"]');
  if (!field?.checkVisibility()) return false;
  field.focus();
  field.select();
  return true;
}

const posts = () => [...document.querySelectorAll("[data-report], #messages > [data-seq]")];

// From the message in focus; else from the first that begins in view.
function step(direction) {
  const all = posts();
  const at = all.findIndex((post) => post.contains(document.activeElement));
  const inView = all.findIndex((post) => post.getBoundingClientRect().top >= -1);
  const next = at >= 0 ? at + direction : direction > 0 ? Math.max(inView, 0) : (inView < 0 ? all.length : inView) - 1;
  return go(all[next]) || turn(direction);
}

// At an end of the page: the next one, or the one before.
function turn(direction) {
  const link = document.querySelector(direction > 0 ? 'link[rel="next"]' : 'link[rel="prev"]');
  if (!link) return false;
  location.assign(link.href);
  return true;
}

function unread() {
  return go(document.querySelector("#nouveau + [data-seq], #messages > [data-live]"));
}

function reply() {
  const field = document.querySelector("#repondre :is([contenteditable], textarea):not([readonly])");
  if (!field) return false;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
  return true;
}

function go(post) {
  if (!post) return false;
  post.scrollIntoView({ block: "start" });
  post.focus({ preventScroll: true });
  return true;
}

function show() {
  document.querySelector("dialog.keys")?.remove();
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog keys" });
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: WORDS.title });
  const list = document.createElement("dl");
  for (const [key, words] of WORDS.keys) {
    const row = document.createElement("div");
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    row.append(name, Object.assign(document.createElement("dd"), { textContent: words }));
    list.append(row);
  }
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !isOff() });
  box.addEventListener("change", () => {
    try {
      box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1");
    } catch {
      box.checked = !box.checked;
    }
  });
  const label = Object.assign(document.createElement("label"), { className: "keys__switch" });
  label.append(box, WORDS.on);
  const close = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button button--ghost",
    textContent: WORDS.close,
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(title, list, label, close);
  document.body.append(dialog);
  dialog.showModal();
}
