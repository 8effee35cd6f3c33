// Markdown -> the editor's document. Throws when the text holds what the schema has no place for.
import { Mark } from "@tiptap/pm/model";
import { dialect } from "./dialect.js";

const BLOCKS = {
  blockquote: () => ["blockquote"],
  bullet_list: (token, tokens, at) => ["bulletList", { tight: isTight(tokens, at) }],
  ordered_list: (token, tokens, at) => ["orderedList", { start: Number(token.attrGet("start") ?? 1), tight: isTight(tokens, at) }],
  list_item: () => ["listItem"],
  paragraph: () => ["paragraph"],
  heading: (token) => ["heading", { level: Number(token.tag[1]) }],
  table: () => ["table"],
  tr: () => ["tableRow"],
  th: (token) => ["tableHeader", { align: alignment(token) }],
  td: (token) => ["tableCell", { align: alignment(token) }],
};
const MARKS = {
  strong: () => ["bold"],
  em: () => ["italic"],
  s: () => ["strike"],
  link: (token) => ["link", { href: token.attrGet("href"), title: token.attrGet("title") }],
};
const ATOMS = new Set(["hr", "fence", "code_block"]);

function alignment(token) {
  return /text-align:(left|center|right)/.exec(token.attrGet("style") ?? "")?.[1] ?? null;
}

// Tight lists have paragraphs that markdown-it hides.
function isTight(tokens, at) {
  for (let i = at + 1; i < tokens.length && tokens[i].level > tokens[at].level; i++) {
    if (tokens[i].type === "paragraph_open" && tokens[i].level === tokens[at].level + 2) return tokens[i].hidden;
  }
  return true;
}

export function parse(source, schema) {
  const tokens = dialect.parse(source.replace(/\r\n?/g, "\n"), {});
  const stack = [{ type: schema.nodes.doc, attrs: null, content: [] }];
  const add = (node) => stack.at(-1).content.push(node);
  tokens.forEach((token, at) => {
    if (token.type === "inline") return stack.at(-1).content.push(...inline(token, schema));
    if (ATOMS.has(token.type)) return add(atom(token, schema));
    const [, name, edge] = /^(.*)_(open|close)$/.exec(token.type) ?? [];
    if (name === "thead" || name === "tbody") return undefined;
    if (edge === "open") {
      const [type, attrs] = BLOCKS[name](token, tokens, at);
      stack.push({ type: schema.nodes[type], attrs: attrs ?? null, content: [] });
    } else if (edge === "close") {
      const { type, attrs, content } = stack.pop();
      add(make(type, attrs, content));
    } else throw new Error(`no place for ${token.type}`);
    return undefined;
  });
  const [{ type, attrs, content }] = stack;
  return make(type, attrs, content);
}

function make(type, attrs, content) {
  const node = type.createAndFill(attrs, content);
  if (!node) throw new Error(`no place for this in ${type.name}`);
  node.check();
  return node;
}

function atom(token, schema) {
  if (token.type === "hr") return schema.nodes.horizontalRule.create();
  const text = token.content.replace(/\n$/, "");
  const language = token.info?.trim() || null;
  return schema.nodes.codeBlock.create({ language }, text ? schema.text(text) : null);
}

function inline(token, schema) {
  const made = [];
  let marks = Mark.none;
  const add = (node) => node && made.push(node);
  for (const child of token.children) {
    const [, name, edge] = /^(.*)_(open|close)$/.exec(child.type) ?? [];
    if (edge) {
      const [type, attrs] = MARKS[name](child);
      const mark = schema.marks[type];
      if (type === "link" && edge === "open" && !attrs.href) continue; // a link to nowhere is its text
      marks = edge === "open" ? mark.create(attrs).addToSet(marks) : mark.removeFromSet(marks);
    } else add(leaf(child, schema, marks));
  }
  return made;
}

function leaf(token, schema, marks) {
  switch (token.type) {
    case "text":
      return token.content ? schema.text(token.content, marks) : null;
    case "code_inline":
      return schema.text(token.content, schema.marks.code.create().addToSet(marks));
    case "softbreak":
    case "hardbreak":
      return schema.nodes.hardBreak.create(null, null, marks);
    case "image": {
      const attrs = { src: token.attrGet("src"), alt: token.content, title: token.attrGet("title") };
      return schema.nodes.image.create(attrs, null, marks);
    }
    case "mention":
      return schema.nodes.mention.create({ ...token.meta, label: token.content }, null, marks);
    default:
      throw new Error(`no place for ${token.type}`);
  }
}
