// <tag-input> around a text field of names between commas and its datalist: the words of the list complete the last
// name that is being typed. Without it the field is the same, typed by hand.
class TagInput extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const list = this.querySelector("datalist");
    if (!field || !list) return;
    const words = [...list.options].map((option) => option.value);
    const offer = () => {
      const names = field.value.split(/[,;]/);
      const before = names.slice(0, -1).map((name) => name.trim());
      const lead = before.length ? `${before.join(", ")}, ` : "";
      const chosen = new Set(before.map((name) => name.toLowerCase()));
      const left = words.filter((word) => !chosen.has(word.toLowerCase()));
      list.replaceChildren(...left.map((word) => Object.assign(document.createElement("option"), { value: lead + word })));
    };
    field.addEventListener("input", offer);
  }
}
customElements.define("tag-input", TagInput);
