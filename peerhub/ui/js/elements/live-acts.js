// <live-acts><template><div data-live-keep><button formaction="/messages/0/…">…</div></template></live-acts>: a frame is
// the same for all, and holds nobody's controls. Gives the viewer's own to each post that comes live, with its address.
class LiveActs extends HTMLElement {
  connectedCallback() {
    this.give = ({ target }) => this.offer(target);
    document.addEventListener("live-feed:added", this.give);
  }

  disconnectedCallback() {
    document.removeEventListener("live-feed:added", this.give);
  }

  offer(post) {
    const address = post.querySelector(".post__when")?.getAttribute("href");
    if (!address || post.querySelector("[data-live-keep]")) return;
    const acts = this.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const button of acts.querySelectorAll("[formaction]")) {
      button.setAttribute("formaction", button.getAttribute("formaction").replace("/messages/0/", address));
    }
    post.append(acts);
  }
}
customElements.define("live-acts", LiveActs);
