// The inside of a paragraph, a heading or a cell -> Markdown.
//
// Pieces (text, code, breaks, images, mentions) carry marks. Marks never hug a space (`** a**` is not bold): spaces at
// their edges stay outside. Where a mark would not be read as one (`**Attention :**suite`), the letter beside it is
// written as an entity, which the parser takes for punctuation: the text stays the same to the letter.
import { addressAt, dialect } from "./dialect.js";

const DELIMITERS = { bold: "**", italic: "*", strike: "~~" };
const OUTSIDE_IN = ["strike", "bold", "italic", "link"];
const PUNCTUATION = /[\p{P}\p{S}]/u;

export function serializeInline(parent, { cell = false, heading = false } = {}) {
  const pieces = balance(split(parent));
  const out = [];
  emit(pieces, out);
  const whole = join(out).trim();
  if (!whole) return "";
  const lines = whole.split("\n").map((line) => line.replace(/^[ \t]+|[ \t]+$/g, ""));
  if (cell) return lines.join(" ").replaceAll("|", "\\|");
  if (heading) return lines.filter(Boolean).join("\n").replace(/#+$/, "\\$&");
  // A backslash alone on its line is a second break, where an empty line would end the paragraph.
  return lines.map((line) => (line ? guardLine(line) : "\\")).join("\n");
}

// Text at its spaces: "a b " -> "a b", " "; code stays whole.
function split(parent) {
  const pieces = [];
  parent.forEach((node) => {
    const code = node.marks.some((mark) => mark.type.name === "code");
    const marks = node.marks.filter((mark) => mark.type.name !== "code");
    if (!node.isText) return void pieces.push({ node, marks, blank: node.type.name === "hardBreak" });
    if (code) return void pieces.push({ code: node.text, marks });
    const [, before, core, after] = /^(\s*)(.*?)(\s*)$/su.exec(node.text.replaceAll("\n", " "));
    if (before) pieces.push({ text: before, marks, blank: true });
    if (core) pieces.push(...linked(core, marks));
    if (after) pieces.push({ text: after, marks, blank: true });
  });
  return pieces;
}

// The server finds bare addresses in a text: they are links, so that no mark and no escape gets into one.
function linked(text, marks) {
  if (!/https?:/i.test(text) || marks.some((mark) => mark.type.name === "link")) return [{ text, marks }];
  const found = [];
  let from = 0;
  for (const { index } of text.matchAll(/https?:\/\//gi)) {
    const address = index >= from ? addressAt(text, index) : "";
    const href = dialect.normalizeLink(address);
    if (!address || !dialect.validateLink(href)) continue;
    if (index > from) found.push({ text: text.slice(from, index), marks });
    found.push({ text: address, marks: [...marks, bareLink(href)] });
    from = index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), marks });
  return found;
}

// Stands for a mark of the schema in the few ways in which marks are asked here.
function bareLink(href) {
  const mark = { type: { name: "link" }, attrs: { href, title: null } };
  return Object.assign(mark, { isInSet: (marks) => marks.includes(mark) });
}

// Spaces keep the marks that hold on both of their sides, and all along.
function balance(pieces) {
  let first = 0;
  while (first < pieces.length) {
    let last = first;
    while (pieces[last]?.blank) last += 1;
    const around = [pieces[first - 1], ...pieces.slice(first, last), pieces[last]];
    const marks = around.map((one) => one?.marks ?? []).reduce((kept, more) => kept.filter((mark) => mark.isInSet(more)));
    for (; first < last; first++) pieces[first] = { ...pieces[first], marks };
    first += 1;
  }
  return pieces;
}

function reach(pieces, at, mark) {
  let end = at;
  while (end < pieces.length && mark.isInSet(pieces[end].marks)) end += 1;
  return end - at;
}

function emit(pieces, out) {
  const open = [];
  const close = () => out.push({ edge: "close", mark: open.pop() });
  pieces.forEach((piece, at) => {
    const keep = open.findIndex((mark) => !mark.isInSet(piece.marks));
    if (keep >= 0) while (open.length > keep) close();
    const fresh = piece.blank ? [] : piece.marks.filter((mark) => !mark.isInSet(open));
    const order = (mark) => OUTSIDE_IN.indexOf(mark.type.name);
    fresh.sort((a, b) => reach(pieces, at, b) - reach(pieces, at, a) || order(a) - order(b));
    for (const mark of fresh) {
      open.push(mark);
      out.push({ edge: "open", mark });
    }
    out.push({ piece });
  });
  while (open.length) close();
}

// The written parts: { text } and { delimiter, edge }.
function join(out) {
  const parts = [];
  for (let i = 0; i < out.length; i++) {
    const { edge, mark, piece } = out[i];
    if (piece) parts.push({ text: written(piece, parts) });
    else if (mark.type.name !== "link") parts.push({ text: DELIMITERS[mark.type.name], edge });
    else if (edge === "open" && isBare(out, i, parts)) {
      parts.push({ text: out[i + 1].piece.text });
      i += 2;
    } else if (edge === "open") {
      if (parts.at(-1)?.text.endsWith("!")) parts.at(-1).text = parts.at(-1).text.replace(/!$/, "\\!");
      parts.push({ text: "[" });
    } else parts.push({ text: `](${destination(mark.attrs)})` });
  }
  choose(parts);
  flank(parts);
  return parts.map(({ text }) => text).join("");
}

// A link that shows its own address is written as one types it, where the server finds it again.
function isBare(out, at, parts) {
  const [{ mark }, inside, after] = out.slice(at, at + 3);
  const text = inside?.piece?.text;
  if (!text || after?.edge !== "close" || after.mark !== mark || mark.attrs.title) return false;
  let following = "";
  for (const { edge, mark: next, piece } of out.slice(at + 3)) {
    if (edge === "close" && next.type.name !== "link") continue; // its sign ends a sentence: no part of an address
    if (piece?.node?.type.name === "hardBreak") following += "\n";
    else following += piece?.text ?? "x";
    if (/\s/.test(following)) break;
  }
  const previous = parts.at(-1)?.text.slice(-1) ?? "";
  const ends = /^[.,:;!?…)»”"]*(?:\s|$)/.test(following);
  return ends && addressAt(previous + text + following, previous.length) === text && dialect.normalizeLink(text) === mark.attrs.href;
}

function destination({ href, title }) {
  const plain = /^[^\s<>()\\]+$/.test(href) ? href : `<${href.replace(/[<>\\]/g, "\\$&")}>`;
  return title ? `${plain} "${title.replace(/["\\]/g, "\\$&")}"` : plain;
}

function written(piece, parts) {
  if (piece.code !== undefined) return codeSpan(piece.code);
  if (piece.text !== undefined) return escaped(piece.text, parts.at(-1)?.text.slice(-1) ?? "");
  const { type, attrs } = piece.node;
  if (type.name === "hardBreak") return "\n";
  if (type.name === "mention") return `@[${attrs.label.replace(/[[\]\n]/g, " ").slice(0, 100)}](${attrs.kind}:${attrs.id})`;
  return `![${attrs.alt ?? ""}](${destination({ href: attrs.src, title: attrs.title })})`;
}

function codeSpan(text) {
  const runs = new Set([...text.matchAll(/`+/g)].map(([run]) => run.length));
  let size = 1;
  while (runs.has(size)) size += 1;
  const fence = "`".repeat(size);
  const pad = /^`|`$|^ .*[^ ].* $/s.test(text) ? " " : "";
  return fence + pad + text + pad + fence;
}

// Escapes what would be read as a mark.
function escaped(text, previous) {
  return Array.from({ length: text.length }, (_, at) => escapedAt(text, at, previous)).join("");
}

function escapedAt(text, at, previous) {
  const char = text[at];
  const before = text[at - 1] ?? previous;
  const word = /[\p{L}\p{N}]/u;
  if ("\\`*[]".includes(char)) return `\\${char}`;
  if (char === "_") return word.test(before) && word.test(text[at + 1] ?? "") ? char : "\\_";
  if (char === "~") return before === "~" || text[at + 1] === "~" || at === text.length - 1 ? "\\~" : char;
  if (char === "<") return /[a-z]/i.test(text[at + 1] ?? "") ? "\\<" : char;
  if (char === "&") return /^&(?:#|[a-z])[a-z0-9]*;/i.test(text.slice(at)) ? "\\&" : char;
  return char;
}

// What would make a block of a line.
function guardLine(line) {
  return line
    .replace(/^(#{1,6})(?=\s|$)/, "\\$1")
    .replace(/^(?:>|[-+](?=\s|$)|~~~)/, "\\$&")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2")
    .replace(/^(?:-[-\s]*|=+\s*|[-:|][-:|\s]*)$/, "\\$&");
}

// Delimiters open before a letter and close after one, as CommonMark demands of their neighbours.
function flank(parts) {
  for (let at = 0; at < parts.length; at++) {
    if (!parts[at].edge) continue;
    let last = at;
    while (parts[last + 1]?.edge && parts[last + 1].text[0] === parts[at].text[0]) last += 1;
    const edges = new Set(parts.slice(at, last + 1).map(({ edge }) => edge));
    const left = edgeOf(parts[at - 1]?.text ?? "", false);
    const right = edgeOf(parts[last + 1]?.text ?? "", true);
    if (edges.has("open") && PUNCTUATION.test(right) && isLetter(left)) {
      parts[at - 1].text = parts[at - 1].text.slice(0, -left.length).replace(/(?<!\\)_$/, "\\_") + entity(left);
    }
    if (edges.has("close") && PUNCTUATION.test(left) && isLetter(right)) {
      parts[last + 1].text = entity(right) + parts[last + 1].text.slice(right.length).replace(/^_/, "\\_");
    }
    at = last;
  }
}

const isLetter = (char) => char !== "" && !/\s/.test(char) && !PUNCTUATION.test(char);
const entity = (char) => `&#${char.codePointAt(0)};`;

// Italic beside bold takes the other sign, where nothing else stands beside it: `**a**_b_` has one reading.
function choose(parts) {
  const opened = [];
  parts.forEach((part, at) => {
    if (part.text !== "*" || !part.edge) return;
    if (part.edge === "open") return void opened.push(at);
    const first = opened.pop();
    const outside = [parts[first - 1], parts[at + 1]];
    const inside = [parts[first + 1], parts[at - 1]];
    const free = !isLetter(edgeOf(outside[0]?.text ?? "", false)) && !isLetter(edgeOf(outside[1]?.text ?? "", true));
    if (free && [...outside, ...inside].some((one) => one?.edge)) parts[first].text = part.text = "_";
  });
}

function edgeOf(text, first) {
  const all = [...text];
  return (first ? all[0] : all.at(-1)) ?? "";
}
