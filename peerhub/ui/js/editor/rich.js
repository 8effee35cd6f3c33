// The rich editor over a textarea that holds Markdown: shows it, and writes it back at each change.
import { Editor, Extension } from "@tiptap/core";
import { Dropcursor, Gapcursor, Placeholder, TrailingNode, UndoRedo } from "@tiptap/extensions";
import { DOMParser as Reader, Fragment, Slice } from "@tiptap/pm/model";
import { Plugin, TextSelection } from "@tiptap/pm/state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell, isInTable, tableEditing } from "@tiptap/pm/tables";
import { Completion } from "./completion.js";
import { parse } from "./markdown/parse.js";
import { saySame } from "./markdown/same.js";
import { serialize } from "./markdown/serialize.js";
import { Panels, complete } from "./panels.js";
import { cleanHtml } from "./paste.js";
import { schemaExtensions } from "./schema.js";
import { words } from "./words.js";

const CARET = "\u2060\u2060"; // marks the caret of the textarea while its text is read: no text of ours holds two

// `options`: { area, bar, label, mentions, onChange(markdown), onState(states), onSend(), onFiles(files) }
export class RichEditor {
  constructor(options) {
    this.options = options;
    this.host = Object.assign(document.createElement("div"), { className: "composer__rich" });
    options.area.before(this.host);
    this.panels = new Panels(options.bar);
    this.editor = new Editor({
      element: this.host,
      injectCSS: false,
      enablePasteRules: false, // what is pasted is read once, by us
      extensions: [...schemaExtensions, UndoRedo, Dropcursor, Gapcursor, TrailingNode, Placeholder.configure({ placeholder: options.area.placeholder }), this.keys(), tables()],
      editorProps: {
        attributes: () => this.attributes(),
        transformPastedHTML: cleanHtml,
        clipboardTextParser: (text, context, plain, view) => this.pasted(text, plain, view),
        handlePaste: (view, event) => this.handPasted(event),
        handleDrop: (view, event) => this.handFiles(event, event.dataTransfer),
        handleKeyDown: (view, event) => this.completion?.press(event) ?? false,
        handleDOMEvents: { keydown: (view, event) => this.leaves(event) },
      },
      onUpdate: () => {
        this.options.onChange(serialize(this.editor.state.doc));
        this.completion?.look();
      },
      onSelectionUpdate: () => this.completion?.isOpen && this.completion.look(),
      onTransaction: () => this.editor && options.onState(this.states()),
    });
    this.set(options.area.value);
    this.listen();
    options.onState(this.states());
  }

  listen() {
    const { mentions } = this.options;
    if (!mentions) return;
    this.completion = new Completion(mentions, {
      element: this.editor.view.dom,
      before: () => {
        const { $from, empty } = this.editor.state.selection;
        const code = $from.parent.type.spec.code || this.editor.isActive("code");
        return !empty || code ? "" : $from.parent.textBetween(Math.max(0, $from.parentOffset - 90), $from.parentOffset, "\n", "\ufffc");
      },
      rect: () => this.editor.view.coordsAtPos(this.editor.state.selection.from),
      pick: (choice, length) => {
        const { from } = this.editor.state.selection;
        const attrs = { kind: choice.kind, id: String(choice.id), label: choice.label };
        this.editor.chain().focus().insertContentAt({ from: from - length, to: from }, [{ type: "mention", attrs }, { type: "text", text: " " }]).run();
      },
    });
  }

  // Of the textarea: its name, its hints, its error.
  attributes() {
    const { area, label } = this.options;
    const attributes = { class: "prose editor", role: "textbox", "aria-multiline": "true", ...label };
    for (const name of ["aria-describedby", "aria-invalid"]) if (area.hasAttribute(name)) attributes[name] = area.getAttribute(name);
    if (area.required) attributes["aria-required"] = "true";
    if (area.placeholder) attributes["aria-placeholder"] = area.placeholder;
    return attributes;
  }

  keys() {
    const { onSend } = this.options;
    return Extension.create({
      name: "keys",
      priority: 2000,
      addKeyboardShortcuts: () => ({
        "Mod-Enter": () => (onSend(), true),
        "Mod-k": () => (this.act("link"), true),
        Tab: () => isInTable(this.editor.state) && goToNextCell(1)(this.editor.state, this.editor.view.dispatch),
        "Shift-Tab": () => isInTable(this.editor.state) && goToNextCell(-1)(this.editor.state, this.editor.view.dispatch),
        // A cell is one line: Enter goes down a row, or out of the table after the last one.
        Enter: () => isInTable(this.editor.state) && this.down(),
        "Shift-Enter": () => isInTable(this.editor.state),
      }),
    });
  }

  down() {
    const { $from } = this.editor.state.selection;
    const depth = [...Array($from.depth).keys()].map((d) => d + 1).find((d) => $from.node(d).type.name === "table");
    const column = $from.index(depth + 1);
    const row = $from.index(depth) + 1;
    const tableNode = $from.node(depth);
    let at = $from.start(depth);
    for (let y = 0; y < row; y++) at += tableNode.child(y).nodeSize;
    if (row < tableNode.childCount) for (let x = -1, pos = at + 1; x < column; x++) at = pos, (pos += tableNode.child(row).child(x + 1).nodeSize);
    return this.editor.chain().setTextSelection(at + (row < tableNode.childCount ? 1 : 2)).scrollIntoView().run();
  }

  // Escape, then Tab: out of the editor, also from a list or a table, where Tab has a meaning.
  leaves(event) {
    if (event.key === "Escape" && !this.completion?.isOpen) this.leaving = true;
    else if (event.key !== "Tab" && event.key !== "Shift") this.leaving = false;
    else if (this.leaving && event.key === "Tab") return true; // not ours: the browser moves on
    return false;
  }

  // An external change: a draft, an answer, an empty field after a success.
  set(markdown) {
    this.editor.commands.setContent(parse(markdown, this.editor.schema).toJSON(), { emitUpdate: false });
  }

  // The caret where it was in the textarea; null: at the end.
  place(caret) {
    let at = null;
    if (caret !== null) {
      const { value } = this.options.area;
      parse(value.slice(0, caret) + CARET + value.slice(caret), this.editor.schema).descendants((node, position) => {
        const found = node.isText ? node.text.indexOf(CARET) : -1;
        if (found >= 0) at = position + found;
      });
    }
    this.caretAt(at);
    if (at === null) this.goOn(this.options.area.value);
  }

  // Who was typing when the editor came had perhaps just typed a space, or a new line: no Markdown keeps them.
  goOn(value) {
    const { tr, schema } = this.editor.state;
    if (/\S\n\s*$/.test(value)) tr.insert(tr.doc.content.size, schema.nodes.paragraph.create()).setSelection(TextSelection.atEnd(tr.doc));
    else if (/\S[ \t]+$/.test(value)) tr.insertText(" ");
    if (tr.docChanged) this.editor.view.dispatch(tr);
  }

  caretAt(at) {
    const { tr } = this.editor.state;
    const { doc } = tr;
    this.editor.view.dispatch(tr.setSelection(at === null || at > doc.content.size ? TextSelection.atEnd(doc) : TextSelection.near(doc.resolve(at))));
  }

  insert(markdown) {
    const slice = sliceOf(parse(markdown, this.editor.schema));
    this.editor.view.dispatch(this.editor.state.tr.replaceSelection(slice).scrollIntoView());
  }

  // A block of its own under what is written, and an empty line below it to write on.
  append(markdown) {
    const { state } = this.editor;
    const last = state.doc.lastChild;
    const empty = last?.isTextblock && !last.childCount;
    const end = empty ? state.doc.content.size - last.nodeSize : state.doc.content.size;
    const { content } = parse(markdown, this.editor.schema);
    const tr = state.tr.replaceWith(end, state.doc.content.size, content.addToEnd(this.editor.schema.nodes.paragraph.create()));
    this.editor.view.dispatch(tr.setSelection(TextSelection.atEnd(tr.doc)).scrollIntoView());
    this.focus();
  }

  focus() {
    this.editor.view.focus();
  }

  get focused() {
    return this.editor.view.hasFocus();
  }

  destroy() {
    this.completion?.destroy();
    this.panels.destroy();
    this.editor.destroy();
    this.host.remove();
  }

  states() {
    const { editor } = this;
    const inCode = editor.isActive("codeBlock");
    const mark = (name) => (inCode ? null : editor.isActive(name));
    return {
      title: editor.isActive("heading", { level: 2 }) || editor.isActive("heading", { level: 1 }),
      subtitle: editor.isActive("heading", { level: 3 }),
      bold: mark("bold"),
      italic: mark("italic"),
      link: mark("link"),
      code: inCode || editor.isActive("code"),
      list: editor.isActive("bulletList"),
      olist: editor.isActive("orderedList"),
      quote: editor.isActive("blockquote"),
      table: isInTable(editor.state),
      undo: editor.can().undo() ? false : null,
      redo: editor.can().redo() ? false : null,
    };
  }

  // The editor's own `focus` waits for a frame: who types at once would lose a letter, or press Enter on the page.
  chain() {
    this.focus();
    return this.editor.chain().focus();
  }

  act(name) {
    const chain = () => this.chain();
    const back = () => this.focus();
    const acts = {
      title: () => chain().toggleHeading({ level: 2 }).run(),
      subtitle: () => chain().toggleHeading({ level: 3 }).run(),
      bold: () => chain().toggleBold().run(),
      italic: () => chain().toggleItalic().run(),
      list: () => chain().toggleBulletList().run(),
      olist: () => chain().toggleOrderedList().run(),
      quote: () => chain().toggleBlockquote().run(),
      code: () => this.code(chain),
      undo: () => chain().undo().run(),
      redo: () => chain().redo().run(),
      link: () => this.link(),
      table: () => this.table(chain),
      emoji: () => this.panels.emoji((sign) => chain().insertContent(sign).run(), back),
      mention: () => this.mention(chain),
    };
    acts[name]?.();
  }

  // Words become code; several lines, or an empty line, a block of it.
  code(chain) {
    const { $from, $to, empty } = this.editor.state.selection;
    const block = this.editor.isActive("codeBlock") || !$from.sameParent($to) || (empty && !$from.parent.childCount);
    if (block) chain().toggleCodeBlock().run();
    else chain().toggleCode().run();
  }

  mention(chain) {
    const { $from } = this.editor.state.selection;
    const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 1), $from.parentOffset, "\n", " ");
    chain().insertContent(before && !/\s/.test(before) ? " @" : "@").run();
  }

  link() {
    const inLink = this.editor.isActive("link");
    if (inLink) this.editor.commands.extendMarkRange("link");
    const { empty } = this.editor.state.selection;
    this.panels.link({
      href: inLink ? this.editor.getAttributes("link").href : "",
      askText: empty,
      apply: (href, text) => {
        const chain = this.chain();
        if (empty) chain.insertContent([{ type: "text", text: text || href, marks: [{ type: "link", attrs: { href } }] }]).unsetMark("link").run();
        else chain.setMark("link", { href }).setTextSelection(this.editor.state.selection.to).run();
      },
      remove: () => this.chain().unsetMark("link", { extendEmptyMarkRange: true }).run(),
      back: () => this.focus(),
    });
  }

  table(chain) {
    const run = (command) => () => {
      this.focus();
      command(this.editor.state, this.editor.view.dispatch);
    };
    if (isInTable(this.editor.state)) {
      const acts = [[words.rowAfter, addRowAfter], [words.columnAfter, addColumnAfter], [words.rowDelete, deleteRow], [words.columnDelete, deleteColumn], [words.tableDelete, deleteTable]];
      return this.panels.table(acts.map(([label, command]) => [label, run(command)]), () => this.focus());
    }
    const row = (type) => ({ type: "tableRow", content: [{ type }, { type }] });
    const content = { type: "table", content: [row("tableHeader"), row("tableCell"), row("tableCell")] };
    const { $from } = this.editor.state.selection;
    const at = $from.parent.childCount || $from.depth > 1 ? $from.after(1) : { from: $from.before(1), to: $from.after(1) };
    const start = typeof at === "number" ? at : at.from;
    return chain().insertContentAt(at, content).setTextSelection(start + 3).run();
  }

  // Plain text is read as Markdown, unless one asked for it as it is (Ctrl+Shift+V) or is in code.
  pasted(text, plain, view) {
    const { schema } = this.editor;
    const clean = text.replace(/\r\n?/g, "\n");
    if (plain || view.state.selection.$from.parent.type.spec.code) {
      const lines = clean.split(/\n+/).map((one) => schema.nodes.paragraph.create(null, one ? schema.text(one) : null));
      return new Slice(Fragment.from(lines), 1, 1);
    }
    const readable = /^\s*(?:[-*+]|\d+[.)]|```|~~~)/m.test(clean) ? clean : clean.replace(/^[ \t]+/gm, "");
    return sliceOf(parse(readable, schema));
  }

  handPasted(event) {
    const { clipboardData: data } = event;
    const text = data.getData("text/plain").trim();
    const { empty } = this.editor.state.selection;
    if (!empty && /^https?:\/\/\S+$/.test(text) && !this.editor.isActive("codeBlock")) {
      return this.editor.chain().setMark("link", { href: complete(text) }).setTextSelection(this.editor.state.selection.to).run();
    }
    // Word puts a picture of the text beside the text.
    return data.getData("text/html") && text ? false : this.handFiles(event, data);
  }

  handFiles(event, data) {
    const files = [...(data?.files ?? [])];
    if (!files.length || !this.options.onFiles(files)) return false;
    event.preventDefault();
    return true;
  }
}

// Paragraphs at the edges join what is around them; lists, tables and quotes stay whole.
function sliceOf({ content }) {
  const open = (node) => (node?.type.name === "paragraph" ? 1 : 0);
  return new Slice(content, open(content.firstChild), open(content.lastChild));
}

// The first row of a table is its head: Markdown has no other table.
function tables() {
  return Extension.create({
    name: "tables",
    addProseMirrorPlugins: () => [
      tableEditing(),
      new Plugin({
        appendTransaction: (transactions, before, state) => {
          if (!transactions.some((one) => one.docChanged)) return null;
          const { tr, schema } = state;
          state.doc.descendants((node, position) => {
            if (node.type.name !== "table") return !node.isTextblock;
            node.descendants((cell, inside, row, index) => {
              if (!/cell/.test(cell.type.spec.tableRole)) return cell.type.name === "tableRow";
              const wanted = row === node.firstChild ? schema.nodes.tableHeader : schema.nodes.tableCell;
              if (cell.type !== wanted) tr.setNodeMarkup(position + 1 + inside, wanted, cell.attrs);
              return index < 0;
            });
            return false;
          });
          return tr.docChanged ? tr : null;
        },
      }),
    ],
  });
}

// Whether the editor can show this text and give it back as it was.
export function canShow(markdown, schema) {
  try {
    return saySame(markdown, serialize(parse(markdown, schema)));
  } catch {
    return false;
  }
}

// What one selected of a page, as Markdown.
export function markdownOf(element, schema) {
  const copy = element.cloneNode(true);
  for (const one of copy.querySelectorAll(".mention")) one.replaceWith(one.textContent);
  return serialize(Reader.fromSchema(schema).parse(copy));
}
