// <quote-selection data-label="Citer">: a selection inside a message shows a small button, and "q" does the same: the
// selection goes as a quotation into the composer of the page. A link a[data-quote] quotes a whole message: the address
// in data-quote answers the quotation; without a script, the link itself leads to a composer that is filled.
class QuoteSelection extends HTMLElement {
  connectedCallback() {
    this.button ??= this.furnish();
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    document.addEventListener("selectionchange", () => this.look(), { signal });
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    document.addEventListener("click", (event) => this.follow(event), { signal });
    addEventListener("scroll", () => this.place(), { signal, passive: true });
    addEventListener("resize", () => this.place(), { signal });
  }

  disconnectedCallback() {
    this.listeners.abort();
  }

  furnish() {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quote-selection", hidden: true });
    button.textContent = this.dataset.label ?? "Citer";
    button.setAttribute("aria-keyshortcuts", "q");
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => this.quote());
    this.append(button);
    return button;
  }

  get composer() {
    return document.querySelector("#repondre post-composer") ?? document.querySelector("post-composer");
  }

  // The selected range and its message, where it lies in one message.
  get chosen() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount || !this.composer) return null;
    const range = selection.getRangeAt(0);
    const within = range.commonAncestorContainer;
    const body = (within.nodeType === Node.ELEMENT_NODE ? within : within.parentElement).closest(".post__body");
    return body && selection.toString().trim() ? { range, post: body.closest(".post") } : null;
  }

  look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.button.hidden = !this.chosen;
      this.place();
    }, 120);
  }

  // Under the selection, where a phone does not show its own menu.
  place() {
    const { chosen, button } = this;
    if (button.hidden || !chosen) return;
    const all = chosen.range.getClientRects();
    const last = all[all.length - 1];
    if (!last) return;
    button.style.top = `${Math.min(innerHeight - button.offsetHeight - 8, Math.max(8, last.bottom + 8))}px`;
    button.style.left = `${Math.min(innerWidth - button.offsetWidth - 8, Math.max(8, last.right - button.offsetWidth))}px`;
  }

  press(event) {
    if (event.key === "Escape") this.button.hidden = true;
    if (event.key !== "q" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable=true]")) return;
    if (!this.chosen) return;
    event.preventDefault();
    this.quote();
  }

  async quote() {
    const { chosen, composer } = this;
    if (!chosen) return;
    const { range, post } = chosen;
    const holder = document.createElement("div");
    holder.append(around(range));
    const plain = range.toString();
    this.button.hidden = true;
    getSelection().removeAllRanges();
    const markdown = await composer.markdownOf(holder).catch(() => plain);
    composer.quote({ ...source(post), markdown });
  }

  async follow(event) {
    const link = event.target.closest?.("a[data-quote]");
    const { composer } = this;
    if (!link || !composer || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.dataset.quote, { headers: { Accept: "text/markdown, text/plain" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      composer.quote({ ...source(link.closest(".post")), markdown: await answer.text() });
    } catch {
      location.assign(link.href);
    }
  }
}

// The copy of a range with the blocks and marks that it lies in: a few words of a list's item stay an item.
function around(range) {
  let copy = range.cloneContents();
  let { commonAncestorContainer: one } = range;
  for (; !one.classList?.contains("post__body"); one = one.parentNode) {
    if (!one.tagName || ["LI", "UL", "OL", "TR", "TBODY", "TABLE", "TD", "TH"].includes(one.tagName)) continue;
    const shell = one.cloneNode(false);
    shell.append(copy);
    copy = shell;
  }
  return copy;
}

function source(post) {
  const url = post?.querySelector(".post__when")?.getAttribute("href") ?? location.pathname;
  const name = post?.querySelector(".post__author")?.firstChild?.textContent.trim() || "…";
  return { name, url };
}

customElements.define("quote-selection", QuoteSelection);
