// <live-seats data-group="session.8" [data-kind] [data-mine]> the seats component </live-seats>: kept right while one
// looks (kind "seats.changed" unless told, whose html is the same component). The cell of one's own seat is put back: the frame, sent to
// all, does not know it.
import { live } from "../live.js";

class LiveSeats extends HTMLElement {
  connectedCallback() {
    this.off = live.on(this.dataset.group, this.dataset.kind ?? "seats.changed", ({ html }) => html && this.show(html));
  }

  disconnectedCallback() {
    this.off();
  }

  show(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    if ("mine" in this.dataset) {
      const cells = template.content.querySelectorAll(".seats__cells > .y");
      cells[cells.length - 1]?.setAttribute("class", "m");
    }
    this.replaceChildren(template.content);
  }
}
customElements.define("live-seats", LiveSeats);
