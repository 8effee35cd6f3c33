// <read-mark url="/sujets/12/lu/" number="41">: what arrived live and was in view is read, too. Told to the server once
// the page is left or hidden, by a request that outlives it; losing it shows a topic as unread, and nothing worse.
class ReadMark extends HTMLElement {
  connectedCallback() {
    this.leave = () => document.visibilityState === "hidden" && this.tell();
    document.addEventListener("visibilitychange", this.leave);
    this.hide = () => this.tell();
    window.addEventListener("pagehide", this.hide);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.leave);
    window.removeEventListener("pagehide", this.hide);
  }

  // The last post, or the one before the first that the reader has not scrolled to.
  seen() {
    const feed = document.querySelector("live-feed");
    if (!feed) return 0;
    return feed.firstNew ? Number(feed.firstNew.dataset.seq) - 1 : feed.last;
  }

  tell() {
    const number = this.seen();
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (!token || number <= Number(this.getAttribute("number"))) return;
    this.setAttribute("number", number);
    const body = new URLSearchParams({ number, csrfmiddlewaretoken: token });
    fetch(this.getAttribute("url"), { method: "POST", body, keepalive: true, credentials: "same-origin" }).catch(() => {});
  }
}

customElements.define("read-mark", ReadMark);
