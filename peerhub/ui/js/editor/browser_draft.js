// Drafts in this browser: per account, forgotten on sign-out. A draft is { texts, token, at, version, isAhead, sent? }:
// `version` is the server's that it began from, `isAhead` says that the server has not all of it. `onOther(draft)` hears
// of what another tab wrote under the same name, null when it threw it away.
const PREFIX = "peerhub:draft:";

function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

export class BrowserDraft {
  constructor(name, onOther) {
    this.key = `${PREFIX}${document.documentElement.dataset.user ?? "-"}:${name}`;
    this.listener = (event) => event.storageArea === localStorage && event.key === this.key && onOther(parsed(event.newValue));
    window.addEventListener("storage", this.listener);
  }

  leave() {
    window.removeEventListener("storage", this.listener);
  }

  read() {
    try {
      return parsed(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  // False when the storage is refused or full: the page itself still holds the text.
  write(draft) {
    try {
      localStorage.setItem(this.key, JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }
}

// What was begun here stays with its author: a shared computer keeps no draft after a sign-out.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget-drafts]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
});
