// The editor's document -> Markdown that the server reads as the same document.
import { serializeInline } from "./inline.js";

const ITEM_LISTS = new Set(["bulletList", "orderedList"]);

export function serialize(doc) {
  return blocks(doc).replace(/\s+$/, "");
}

function blocks(parent, tight = false) {
  const parts = [];
  let previous = null;
  let turn = 0; // two lists of one kind in a row take other marks, or they would be one
  parent.forEach((node) => {
    const says = node.type.name !== "paragraph" || serializeInline(node) !== "";
    if (!says) return; // an empty paragraph says nothing: Markdown has none
    turn = previous?.type === node.type && ITEM_LISTS.has(node.type.name) ? 1 - turn : 0;
    if (previous) parts.push(tight && canFollow(node) ? "\n" : "\n\n");
    parts.push(block(node, turn));
    previous = node;
  });
  return parts.join("");
}

// What may stand right under a line of text without becoming a part of it.
function canFollow(node) {
  if (!ITEM_LISTS.has(node.type.name)) return false;
  return (node.attrs.start ?? 1) === 1 && blocks(node.firstChild) !== "";
}

function block(node, turn) {
  switch (node.type.name) {
    case "paragraph":
      return serializeInline(node);
    case "heading":
      return heading(node);
    case "blockquote":
      return prefixed(blocks(node), "> ", ">");
    case "bulletList":
      return list(node, () => (turn ? "* " : "- "));
    case "orderedList":
      return list(node, (i) => `${node.attrs.start + i}${turn ? ")" : "."} `);
    case "codeBlock":
      return code(node);
    case "horizontalRule":
      return turn ? "***" : "---";
    case "table":
      return table(node);
    default:
      throw new Error(`no Markdown for ${node.type.name}`);
  }
}

function heading(node) {
  const text = serializeInline(node, { heading: true });
  if (!text.includes("\n")) return `${"#".repeat(node.attrs.level)} ${text}`.trimEnd();
  return node.attrs.level > 2 ? `${"#".repeat(node.attrs.level)} ${text.replaceAll("\n", " ")}` : `${text}\n${node.attrs.level === 1 ? "===" : "---"}`;
}

function prefixed(text, prefix, empty, first = prefix) {
  return text.split("\n").map((line, i) => (line ? (i ? prefix : first) + line : i ? empty : first.trimEnd())).join("\n");
}

function list(node, mark) {
  const items = [];
  node.forEach((item, _, i) => {
    const lead = mark(i);
    items.push(prefixed(blocks(item, node.attrs.tight), " ".repeat(lead.length), "", lead));
  });
  return items.join(node.attrs.tight ? "\n" : "\n\n");
}

function code(node) {
  const text = node.textContent;
  const language = node.attrs.language ?? "";
  const sign = language.includes("`") ? "~" : "`";
  const longest = Math.max(2, ...[...text.matchAll(sign === "~" ? /~+/g : /`+/g)].map(([run]) => run.length));
  const fence = sign.repeat(longest + 1);
  return `${fence}${language}\n${text ? `${text}\n` : ""}${fence}`;
}

function table(node) {
  const rows = [];
  node.forEach((row) => {
    const cells = [];
    row.forEach((cell) => cells.push({ text: serializeInline(cell, { cell: true }), align: cell.attrs.align }));
    rows.push(cells);
  });
  const columns = Math.max(...rows.map((cells) => cells.length));
  const line = (cells) => `| ${Array.from({ length: columns }, (_, i) => cells[i] ?? "").join(" | ")} |`;
  const rules = { left: ":---", center: ":---:", right: "---:" };
  return [
    line(rows[0].map(({ text }) => text)),
    line(Array.from({ length: columns }, (_, i) => rules[rows[0][i]?.align] ?? "---")),
    ...rows.slice(1).map((cells) => line(cells.map(({ text }) => text))),
  ].join("\n");
}
