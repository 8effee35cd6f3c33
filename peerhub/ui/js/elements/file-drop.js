// <file-drop data-url data-network …>: joins files to what one writes, inside of a composer's form. Without script it is
// an input of the form; with it, files go on their own, at once, chosen, dropped or pasted, and their Markdown comes to
// the caret when they have arrived; an image, once it is described or said to be decorative.
//
//   event "composer:insert" { markdown }  out, on the composer: at the caret (preventDefault: the editor did it)
//   event "composer:files" { files }      in: pictures pasted into the editor, files dropped there
//   event "composer:attach"               in: its tool « Joindre »
//   take(files), pick()                   the same for other scripts
const MARKS = /[\\[\]`*_<>~|!]/g;
const IMAGES = ["jpg", "jpeg", "png", "webp", "gif", "avif"];

class FileDrop extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.form = this.closest("form");
    const [bar, item] = this.querySelectorAll("template");
    if (!this.form || !item) return;
    this.ready = true;
    this.item = item;
    this.composer = this.closest("post-composer") ?? this.form;
    this.querySelector("details")?.remove(); // its fields too: nothing is sent twice
    this.append(bar.content.cloneNode(true));
    this.picker = this.querySelector(".file-drop__bar input");
    this.list = this.querySelector(".file-drop__list");
    this.status = this.querySelector("[role=status]");
    this.querySelector(".file-drop__pick").addEventListener("click", () => this.pick());
    this.picker.addEventListener("change", () => {
      this.take(this.picker.files);
      this.picker.value = "";
    });
    this.listen();
  }

  listen() {
    const { composer } = this;
    composer.addEventListener("composer:attach", () => this.pick());
    composer.addEventListener("composer:files", (event) => {
      event.preventDefault();
      this.take(event.detail.files);
    });
    composer.addEventListener("paste", (event) => {
      const { clipboardData: data } = event;
      // A table copied from a sheet comes as text and as its picture: the text is what was meant.
      if (event.defaultPrevented || !data?.files.length || data.types.includes("text/plain")) return;
      event.preventDefault();
      this.take(data.files);
    });
    composer.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      composer.classList.add("composer--drop");
    });
    composer.addEventListener("dragleave", (event) => {
      if (!composer.contains(event.relatedTarget)) composer.classList.remove("composer--drop");
    });
    composer.addEventListener("drop", (event) => {
      composer.classList.remove("composer--drop");
      if (event.defaultPrevented || !event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    // Before the composer's own, which would lock the form: a file that is forgotten here would be missed there.
    this.closest("post-composer")?.addEventListener("submit", (event) => this.hold(event), true);
    // A message of one image is empty until it is there: that is what to say, and not that it is empty.
    composer.addEventListener("invalid", (event) => this.hold(event), true);
    composer.addEventListener("composer:sent", () => this.list.replaceChildren() ?? this.tidy());
  }

  pick() {
    this.picker.click();
  }

  take(files) {
    for (const file of files) this.add(file);
  }

  add(file) {
    const name = /^image\.(png|jpe?g)$/.test(file.name) ? `capture.${file.name.split(".").pop()}` : file.name;
    const row = this.item.content.firstElementChild.cloneNode(true);
    row.querySelector(".file-drop__name").textContent = name;
    row.querySelector("progress").setAttribute("aria-label", this.say("sending", name));
    row.querySelector(".file-drop__remove").addEventListener("click", () => this.remove(row, name));
    this.list.append(row);
    this.tidy();
    const wrong = this.refusal(file, name);
    if (wrong) this.fail(row, wrong);
    else this.send(row, file, name);
  }

  // What can be told before a slow line carries it.
  refusal(file, name) {
    const extension = name.includes(".") ? name.split(".").pop().toLowerCase() : "";
    if (!this.dataset.accept.split(",").includes(`.${extension}`)) return this.dataset.unknown;
    const megabytes = IMAGES.includes(extension) ? this.dataset.imageMegabytes : this.dataset.documentMegabytes;
    return file.size > megabytes * 1e6 ? this.dataset.tooBig : "";
  }

  send(row, file, name) {
    const request = (row.request = new XMLHttpRequest()); // fetch tells nothing of what has left
    const progress = row.querySelector("progress");
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "");
    body.set("network", this.dataset.network);
    body.set("file", file, name);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = (event.loaded / event.total) * 100;
    });
    request.addEventListener("load", () => this.answered(row, request));
    request.addEventListener("error", () => this.fail(row, this.dataset.failed));
    request.open("POST", this.dataset.url);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
    this.announce(this.say("sending", name));
  }

  answered(row, request) {
    row.request = null;
    let told = null;
    try {
      told = JSON.parse(request.responseText);
    } catch {
      // a page: of signing in, or of an error
    }
    if (request.status === 201 && told) this.arrived(row, told);
    else if (told?.error) this.fail(row, told.error);
    else if (request.status === 413) this.fail(row, this.dataset.tooBig);
    else this.fail(row, request.responseURL.includes("/compte/") || request.status === 403 ? this.dataset.signedOut : this.dataset.failed);
  }

  arrived(row, told) {
    row.querySelector("progress").hidden = true;
    row.querySelector(".file-drop__name").textContent = told.name;
    if (told.kind === "image") this.describe(row, told);
    else this.place(row, told.markdown, told.name);
  }

  describe(row, told) {
    const image = new Image();
    image.src = told.thumbnail;
    image.alt = "";
    row.querySelector(".file-drop__thumb").replaceChildren(image);
    const box = row.querySelector(".file-drop__alt");
    const input = box.querySelector("input[type=text]");
    const decorative = box.querySelector("input[type=checkbox]");
    input.id = `alt-${told.id}`;
    box.querySelector(".file-drop__label").htmlFor = input.id;
    const insert = () => {
      const alt = decorative.checked ? "" : input.value.trim().replace(/\s+/g, " ");
      if (!alt && !decorative.checked) {
        this.fail(row, this.dataset.emptyAlt);
        input.setAttribute("aria-invalid", "true");
        return input.focus();
      }
      this.place(row, `![${alt.replace(MARKS, "\\$&")}](${told.url})`, told.name);
    };
    decorative.addEventListener("change", () => {
      input.disabled = decorative.checked;
      row.querySelector(".file-drop__error").hidden = true;
    });
    box.querySelector(".file-drop__insert").addEventListener("click", insert);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target === decorative || event.target.matches("button")) return;
      event.preventDefault(); // the form stays
      event.stopPropagation();
      insert();
    });
    box.hidden = false;
    row.dataset.waits = "";
    this.announce(this.say("describe", told.name));
    // Who went on writing is not called away.
    if (document.activeElement === document.body || this.contains(document.activeElement)) input.focus();
  }

  place(row, markdown, name) {
    const had = row.contains(document.activeElement);
    row.remove();
    this.tidy();
    // The end of line asks for a paragraph of its own.
    const asked = new CustomEvent("composer:insert", { bubbles: true, cancelable: true, detail: { markdown: `${markdown}\n` } });
    if (this.composer.dispatchEvent(asked)) this.write(markdown, had);
    this.announce(this.say("sent", name));
  }

  // In a plain textarea: a paragraph of its own, at the caret.
  write(markdown, focus) {
    const area = this.form.querySelector("textarea[name=body], textarea[name]");
    if (!area) return;
    const { selectionStart: from, selectionEnd: to, value } = area;
    const before = value.slice(0, from);
    const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    area.setRangeText(`${lead}${markdown}\n\n`, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (focus || document.activeElement === document.body) area.focus();
  }

  fail(row, sentence) {
    row.request = null;
    const error = row.querySelector(".file-drop__error");
    error.textContent = sentence;
    error.hidden = false;
    row.querySelector("progress").hidden = true;
  }

  remove(row, name) {
    row.request?.abort();
    row.remove();
    this.tidy();
    this.announce(this.say("removed", name));
    this.querySelector(".file-drop__pick").focus();
  }

  hold(event) {
    const row = [...this.list.children].find((one) => one.request || "waits" in one.dataset);
    if (!row) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const sentence = row.request ? this.dataset.underWay : this.dataset.waiting;
    if (row.request) this.announce(sentence);
    const error = row.querySelector(".file-drop__error");
    error.textContent = sentence;
    error.hidden = false;
    row.querySelector("input[type=text]:not(:disabled), .file-drop__insert, button")?.focus();
  }

  tidy() {
    this.list.hidden = this.list.childElementCount === 0;
  }

  announce(words) {
    this.status.textContent = words;
  }

  say(key, name) {
    return this.dataset[key].replace("%s", name);
  }
}
customElements.define("file-drop", FileDrop);
