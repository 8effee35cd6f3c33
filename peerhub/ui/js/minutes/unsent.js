// What was typed and is not on the server yet, kept in this browser: it survives a closed tab and a long tunnel. Each tab
// has its own; the next one to open the page sends what it finds. Named as drafts are (editor/browser_draft.js), so
// that a sign-out forgets them too.
const PREFIX = "peerhub:draft:";

export const encode = (bytes) => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
};
export const decode = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export class Unsent {
  constructor(name, tab) {
    this.prefix = `${PREFIX}${document.documentElement.dataset.user ?? "-"}:${name}:`;
    this.key = this.prefix + tab;
  }

  // [{ token, update }] in their order. False when the storage is refused or full: the page alone holds them.
  write(batches) {
    try {
      if (!batches.length) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(batches.map(({ token, update }) => ({ token, update: encode(update) }))));
      return true;
    } catch {
      return !batches.length;
    }
  }

  // What other tabs left, or are sending themselves: the same change twice is one. Theirs stays until it is known to
  // have arrived (`forget`).
  adopt() {
    const found = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix) || key === this.key) continue;
        const kept = localStorage.getItem(key);
        const batches = JSON.parse(kept).map(({ token, update }) => ({ token, update: decode(update) }));
        found.push({ key, kept, batches });
      }
    } catch {
      // What cannot be read is no draft of ours.
    }
    return found;
  }

  forget({ key, kept }) {
    try {
      if (localStorage.getItem(key) === kept) localStorage.removeItem(key);
    } catch {
      // nothing was kept
    }
  }
}
