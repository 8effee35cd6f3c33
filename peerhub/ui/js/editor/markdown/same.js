// Whether two sources say the same: the same blocks, and each letter with the same marks. Spaces, the tightness of
// lists and which of two marks is inside the other are the writer's own.
import { dialect } from "./dialect.js";

const SILENT = new Set(["paragraph_open", "paragraph_close"]);

export function saySame(one, other) {
  return said(one) === said(other);
}

function said(source) {
  const parts = [];
  for (const token of dialect.parse(source, {})) {
    if (token.type === "inline") parts.push(...letters(token.children));
    else if (!SILENT.has(token.type)) parts.push(`<${kind(token)} ${attributes(token)} ${token.content}>`);
  }
  return parts.join("");
}

const kind = ({ type, tag }) => (type === "fence" || type === "code_block" ? "code" : `${type} ${tag}`);
const attributes = ({ attrs }) => (attrs ?? []).filter(([name]) => name !== "title").join(";");

function* letters(children) {
  const open = [];
  for (const token of children) {
    if (token.nesting > 0) open.push(token.tag === "a" && !token.attrGet("href") ? "" : `${token.tag} ${attributes(token)}`);
    else if (token.nesting < 0) open.pop();
    else {
      const marks = [...new Set(open)].filter(Boolean).sort().join(",");
      const text = token.type.endsWith("break") ? "" : token.type === "text" ? token.content.replace(/\s+/g, "") : token.content;
      const kind = token.type === "text" ? "" : `${token.type}${attributes(token)}${token.meta?.id ?? ""}`;
      for (const letter of text) yield `${letter}{${kind}${marks}}`;
    }
  }
}
