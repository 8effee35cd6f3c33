// The tools over a plain textarea: they write the Markdown that one would type.
const AROUND = { bold: ["**", "**"], italic: ["*", "*"], code: ["`", "`"], link: ["[", "](https://)"], mention: ["@", ""] };
const BEFORE = { title: "## ", subtitle: "### ", quote: "> ", list: "- ", olist: "1. " };
const TABLE = "|  |  |\n| --- | --- |\n|  |  |";

export function actOn(area, act) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to);
  if (AROUND[act]) {
    const [before, after] = AROUND[act];
    area.setRangeText(before + chosen + after, from, to, "end");
    if (!chosen && after) area.selectionStart = area.selectionEnd = from + before.length;
  } else if (BEFORE[act]) {
    area.setRangeText(chosen.split("\n").map((line) => BEFORE[act] + line).join("\n"), from, to, "end");
    apart(area, from);
  } else if (act === "table") insertInto(area, TABLE);
  else return;
  tell(area);
}

// Markdown at the caret; what holds several lines, or begins a block, stands apart from what is around it.
export function insertInto(area, markdown) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const isBlock = /\n|^(?:[>|#]|[-*] |\d+\. )/.test(markdown);
  const tail = isBlock ? "\n\n" : "";
  area.setRangeText(markdown + (value.slice(to).startsWith(tail) ? "" : tail), from, to, "end");
  if (isBlock) apart(area, from);
  tell(area);
}

function apart(area, at) {
  const before = area.value.slice(0, at);
  const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  if (lead) area.setRangeText(lead, at, at, "preserve");
}

function tell(area) {
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const MENTION = /@\[([^[\]\n]{1,100})\]\((?:user|category):[\w-]+\)/g;

// Who is quoted is not called again: mentions become words. `name` is a person's: its signs are not marks. What is a
// quotation already, as the server makes them of whole messages, stays one.
export function quoted({ name, url, markdown }) {
  if (/^>/.test(markdown)) return markdown.trim().replace(MENTION, "@$1");
  const who = name.replace(/[\\`*_[\]<]/g, "\\$&");
  const lines = [`**[${who}](${url})**\u00a0:`, "", ...markdown.trim().replace(MENTION, "@$1").split("\n")];
  return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
}
