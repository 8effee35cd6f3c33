// In place of the package `entities` (77 kB of names), which markdown-it asks for `&eacute;` alone: browsers know them.
const reader = document.createElement("textarea");

export function decodeHTML(text) {
  reader.innerHTML = text;
  return reader.value;
}

// Whole names only: browsers read the « &copy » of « &copyleft; » too.
export function decodeHTMLStrict(text) {
  const read = decodeHTML(text);
  return read.endsWith(";") && read !== ";" ? text : read;
}
