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
    for (const element of acts.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        if (value.startsWith("/messages/0/")) element.setAttribute(name, value.replace("/messages/0/", address));
        else if (value.startsWith("?citer=0")) element.setAttribute(name, value.replace("0", address.split("/")[2]));
      }
    }
    post.append(acts);
  }
}
customElements.define("live-acts", LiveActs);
