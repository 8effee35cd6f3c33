// Drafts in this browser: per account, forgotten on sign-out. A draft is { texts, token, at, sent? }; whatever keeps
// drafts elsewhere has the same three verbs.
const PREFIX = "peerhub:draft:";

export class BrowserDraft {
  constructor(name) {
    this.key = `${PREFIX}${document.documentElement.dataset.user ?? "-"}:${name}`;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null");
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
