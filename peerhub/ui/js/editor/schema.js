// What a text may hold: exactly what the server's Markdown can say, and nothing that needs a style.
import { Node, Mark, mergeAttributes } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Code from "@tiptap/extension-code";
import CodeBlock from "@tiptap/extension-code-block";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Heading from "@tiptap/extension-heading";
import HorizontalRule from "@tiptap/extension-horizontal-rule";
import Italic from "@tiptap/extension-italic";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import Paragraph from "@tiptap/extension-paragraph";
import Strike from "@tiptap/extension-strike";
import Text from "@tiptap/extension-text";
import { isAcceptable } from "./markdown/dialect.js";

const tight = { tight: { default: true, rendered: false, parseHTML: () => true } };
const OWN_FILE = /^\/fichiers\/(\d+)\/([^/]+)$/;

const Link = Mark.create({
  name: "link",
  priority: 1000,
  inclusive: false,
  addAttributes: () => ({ href: { default: null }, title: { default: null } }),
  parseHTML: () => [
    {
      tag: "a[href]",
      getAttrs: (element) => {
        const href = element.getAttribute("href");
        return isAcceptable(href) && { href, title: null };
      },
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ["a", { href: HTMLAttributes.href, rel: "nofollow noopener" }, 0],
});

const Image = Node.create({
  name: "image",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes: () => ({ src: { default: "" }, alt: { default: "" }, title: { default: null } }),
  parseHTML: () => [{ tag: "img[src^='/fichiers/']", getAttrs: (element) => ({ src: element.getAttribute("src").replace("/vignette/", "/"), alt: element.alt }) }],
  renderHTML({ HTMLAttributes: { src, alt } }) {
    // An image from elsewhere is a link once published: no page of ours calls a third party.
    const [, id, name] = OWN_FILE.exec(src) ?? [];
    if (id) return ["img", { src: `/fichiers/${id}/vignette/${name}`, alt, class: "editor__image" }];
    return ["span", { class: "editor__remote" }, alt || src];
  },
});

const Mention = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  atom: true,
  // kind: "user" or "category"
  addAttributes: () => ({ kind: { default: "user" }, id: { default: null }, label: { default: "" } }),
  parseHTML: () =>
    ["user", "category"].map((kind) => ({
      tag: `span.mention[data-${kind}]`,
      getAttrs: (element) => ({ kind, id: element.dataset[kind], label: element.textContent.replace(/^@/, "") }),
    })),
  renderHTML: ({ HTMLAttributes: { kind, id, label } }) => ["span", { class: "mention", [`data-${kind}`]: id }, `@${label}`],
  renderText: ({ node }) => `@${node.attrs.label}`,
});

// Cells hold a line of text: Markdown's tables have no more. Spans are what prosemirror-tables asks for.
const cellAttributes = () => ({
  colspan: { default: 1, rendered: false, parseHTML: () => 1 },
  rowspan: { default: 1, rendered: false, parseHTML: () => 1 },
  colwidth: { default: null, rendered: false, parseHTML: () => null },
  align: {
    default: null,
    parseHTML: (element) => /align-(center|right)/.exec(element.className)?.[1] ?? null,
    renderHTML: ({ align }) => (align && align !== "left" ? { class: `align-${align}` } : {}),
  },
});
const cell = (name, tag) =>
  Node.create({
    name,
    content: "inline*",
    isolating: true,
    addAttributes: cellAttributes,
    extendNodeSchema: (extension) => (extension.name === name ? { tableRole: name === "tableCell" ? "cell" : "header_cell" } : {}),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, mergeAttributes(HTMLAttributes), 0],
  });
const TableRow = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)+",
  extendNodeSchema: (extension) => (extension.name === "tableRow" ? { tableRole: "row" } : {}),
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});
const Table = Node.create({
  name: "table",
  group: "block",
  content: "tableRow+",
  isolating: true,
  extendNodeSchema: (extension) => (extension.name === "table" ? { tableRole: "table" } : {}),
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["div", { class: "table-scroll" }, ["table", ["tbody", 0]]],
});

export const schemaExtensions = [
  Document,
  Paragraph,
  Text,
  Heading.configure({ levels: [1, 2, 3, 4, 5, 6] }),
  Blockquote,
  BulletList.extend({ addAttributes: () => tight }),
  OrderedList.extend({
    addAttributes: () => ({
      start: { default: 1, parseHTML: (element) => Number(element.getAttribute("start") ?? 1) || 1 },
      ...tight,
    }),
  }),
  ListItem,
  ListKeymap,
  CodeBlock.configure({ enableTabIndentation: false }),
  HorizontalRule,
  HardBreak.extend({ addKeyboardShortcuts() { return { "Shift-Enter": () => this.editor.commands.setHardBreak() }; } }),
  Image,
  Mention,
  Table,
  TableRow,
  cell("tableHeader", "th"),
  cell("tableCell", "td"),
  Link,
  Strike,
  Bold,
  Italic,
  Code.extend({ excludes: "" }),
];
