// <reaction-bar data-post="/messages/12/"> buttons (form="acts-form", name="thanks" value="1") or links (data-of="tried"),
// in each its count (data-count) once there is one
// </reaction-bar>: a press posts by itself and the bar alone is written again, with the focus where it was. Without us the
// buttons post the form of the page. What others press comes as "post.counts" on the socket of the topic: numbers change.
class ReactionBar extends HTMLElement {
  connectedCallback() {
    this.hear ??= ({ detail }) => detail.kind === "post.counts" && this.count(detail.data ?? {});
    this.press ??= (event) => this.send(event);
    document.addEventListener("live:event", this.hear);
    this.addEventListener("click", this.press);
  }

  disconnectedCallback() {
    document.removeEventListener("live:event", this.hear);
  }

  count(data) {
    if (`/messages/${data.post}/` !== this.dataset.post) return;
    for (const place of this.querySelectorAll("[name], [data-of]")) {
      const kind = place.name || place.dataset.of;
      const number = data[kind] ?? 0;
      const old = place.querySelector("[data-count]");
      if (!number) old?.remove();
      else (old ?? place.appendChild(counter(kind))).textContent = number;
      // For whoever only looks, the word stands there once there is something to count.
      if (place.classList.contains("reaction--shown")) place.hidden = !number;
    }
  }

  async send(event) {
    const button = event.target.closest("button[name]");
    const token = document.querySelector("#acts-form input[name=csrfmiddlewaretoken]")?.value;
    if (!button || !token) return;
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    const name = button.name;
    const place = this.parentElement;
    const values = { [name]: button.value, csrfmiddlewaretoken: token };
    try {
      const response = await fetch(button.getAttribute("formaction"), {
        method: "POST",
        body: new URLSearchParams(values),
        headers: { "HX-Request": "true" },
        credentials: "same-origin",
      });
      const bar = response.ok && !response.redirected ? parse(await response.text()) : null;
      // Whatever else it is (signed out, removed, too fast): the page that says so.
      if (!bar) return document.getElementById("acts-form").requestSubmit(button);
      const hadFocus = this.contains(document.activeElement);
      this.replaceWith(bar);
      if (hadFocus) place.querySelector(`reaction-bar [name=${name}]`)?.focus();
    } catch {
      document.getElementById("acts-form").requestSubmit(button);
    } finally {
      this.isBusy = false;
    }
  }
}

function counter(kind) {
  const count = document.createElement("span");
  count.className = "reaction__count";
  count.dataset.count = kind;
  return count;
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.querySelector("reaction-bar");
}
customElements.define("reaction-bar", ReactionBar);
