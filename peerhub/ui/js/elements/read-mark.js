// <read-mark url="/sujets/12/lu/" number="41">: what arrived live and was in view is read, too. Told to the server once
// the page is left or hidden, by a request that outlives it; losing it shows a topic as unread, and nothing worse.
class ReadMark extends HTMLElement {
  connectedCallback() {
    this.leave = () => document.visibilityState === "hidden" && this.tell();
    document.addEventListener("visibilitychange", this.leave);
    this.hide = () => this.tell();
    window.addEventListener("pagehide", this.hide);
    this.act = (event) => this.before(event);
    document.addEventListener("submit", this.act, true);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.leave);
    window.removeEventListener("pagehide", this.hide);
    document.removeEventListener("submit", this.act, true);
  }

  // A form that leads away from the page tells with it what was read (`lu`): the request of the next page could come
  // before ours. Whoever marks messages as unread does not want them to be read by leaving.
  before({ target: form, submitter }) {
    const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
    if (address.endsWith("/non-lu/")) this.isSilent = true;
    if (form.id !== "acts-form") return;
    let field = form.elements.namedItem("lu");
    if (!field) form.append((field = Object.assign(document.createElement("input"), { type: "hidden", name: "lu" })));
    field.value = this.seen();
  }

  // The last post, or the one before the first that the reader has not scrolled to.
  seen() {
    const feed = document.querySelector("live-feed");
    if (!feed) return 0;
    return feed.firstNew ? Number(feed.firstNew.dataset.seq) - 1 : feed.last;
  }

  tell() {
    if (this.isSilent) return;
    const number = this.seen();
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (!token || number <= Number(this.getAttribute("number"))) return;
    this.setAttribute("number", number);
    const body = new URLSearchParams({ number, csrfmiddlewaretoken: token });
    fetch(this.getAttribute("url"), { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
  }
}

customElements.define("read-mark", ReadMark);
