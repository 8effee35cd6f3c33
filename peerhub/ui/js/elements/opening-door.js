// <opening-door data-at="2026-11-26T12:30:00Z" role="status"><template>a link</template></opening-door>
// Shows what its template holds once that moment has come, to whoever waits on the page that day; the server judges who
// enters.
class OpeningDoor extends HTMLElement {
  connectedCallback() {
    const wait = Date.parse(this.dataset.at) - Date.now();
    const { firstElementChild: template } = this;
    if (wait < 864e5) setTimeout(() => template.replaceWith(template.content), wait);
  }
}
customElements.define("opening-door", OpeningDoor);
