// What one pastes from Word, LibreOffice, Google Docs, a mail or a web page, as plain clean HTML: its meaning (titles,
// lists, tables, links, bold, quotes) without its looks.
const GONE = "style, script, meta, link, title, svg, canvas, iframe, object, form > *, button, input, select, textarea, noscript, template, xml, nav, colgroup, caption";
const UNWRAPPED = "span, font, center, u, ins, sup, sub, small, big, mark, abbr, label, form, figure, section, article, header, footer, main, aside";
const STYLE = /\sstyle(?=\s*=)/gi;

export function cleanHtml(html) {
  if (/data-pm-slice/.test(html)) return html; // our own, on its way from one place of the text to another
  // An attribute named style would be refused, loudly, by the policy of the page: it is read under another name.
  const source = html.replace(/<style[\s>][\s\S]*?<\/style>/gi, "").replace(/<[^>]*>/g, (tag) => tag.replace(STYLE, " data-s")).replace(/<\/?[ovw]:p[^>]*>/gi, "");
  const { body } = new DOMParser().parseFromString(source, "text/html");
  each(body, GONE, (element) => element.remove());
  each(body, "[data-s]", (element) => /display:\s*none|mso-hide:\s*all/i.test(styleOf(element)) && element.remove());
  comments(body);
  images(body);
  wordLists(body);
  quotedReplies(body);
  marks(body);
  each(body, "a", link);
  each(body, UNWRAPPED, unwrap);
  headings(body);
  nestedLists(body);
  [...body.querySelectorAll("table")].reverse().forEach(table);
  each(body, "pre", (element) => (element.textContent = element.textContent.replace(/\n$/, "")));
  spaces(body);
  each(body, "p, div, h1, h2, h3, h4, h5, h6, b, strong, i, em, s, del, a, blockquote, li, ul, ol", (element) => isEmpty(element) && element.remove());
  each(body, "*", (element) => {
    for (const { name } of [...element.attributes]) if (!["href", "src", "alt", "start"].includes(name)) element.removeAttribute(name);
  });
  return body.innerHTML.replace(/(?:<br>\s*){2,}/g, "</p><p>");
}

// From the inside out, so that what is unwrapped or emptied is seen by what is around it.
function each(root, selector, act) {
  [...root.querySelectorAll(selector)].reverse().forEach(act);
}

const styleOf = (element) => element.dataset?.s ?? "";
const unwrap = (element) => element.replaceWith(...element.childNodes);
const isEmpty = (element) => !element.querySelector("img, hr, table, pre") && !element.textContent.trim() && !(element.localName === "div" && element.children.length > 1);

function become(element, name) {
  const other = element.ownerDocument.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

function wrapInside(element, name) {
  const inner = element.ownerDocument.createElement(name);
  inner.append(...element.childNodes);
  element.append(inner);
}

function comments(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const all = [];
  while (walker.nextNode()) all.push(walker.currentNode);
  for (const one of all) one.remove();
}

// Our own images stay; others (remote, inside a mail, on somebody's disk) go, but a picture of an emoji is that emoji.
function images(body) {
  each(body, "img", (element) => {
    if (element.getAttribute("src")?.startsWith("/fichiers/")) return;
    element.replaceWith(/^\p{Extended_Pictographic}/u.test(element.alt) ? element.alt : "");
  });
}

// Word writes lists as paragraphs: « mso-list:l0 level2 lfo1 », the sign itself in a span to ignore.
function wordLists(body) {
  const items = [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, div, li")].filter((element) => /mso-list:\s*l\d+\s+level\d+/i.test(styleOf(element)));
  let open = []; // the lists around the next item
  items.forEach((element, at) => {
    if (element.localName === "li") return;
    const [, id, depth] = /mso-list:\s*l(\d+)\s+level(\d+)/i.exec(styleOf(element));
    const sign = [...element.querySelectorAll("[data-s]")].find((one) => /mso-list:\s*ignore/i.test(styleOf(one)));
    const mark = sign?.textContent.replace(/[\s\u00a0]+/g, "") ?? "";
    sign?.remove();
    const follows = at && next(items[at - 1].before ?? null) === element;
    if (!follows || open[0]?.id !== id) open = [];
    open.length = Math.min(open.length, Number(depth));
    const item = element.ownerDocument.createElement("li");
    const after = element.nextElementSibling;
    while (open.length < Number(depth)) {
      const list = element.ownerDocument.createElement(/^(?:\d+|[a-z]{1,4})[.)]/i.test(mark) ? "ol" : "ul");
      const start = Number.parseInt(mark, 10);
      if (list.localName === "ol" && start > 1) list.setAttribute("start", start);
      if (open.length) (open.at(-1).list.lastElementChild ?? open.at(-1).list.appendChild(element.ownerDocument.createElement("li"))).append(list);
      else element.before(list);
      open.push({ id, list });
    }
    item.append(...element.childNodes);
    open.at(-1).list.append(item);
    element.remove();
    items[at].before = { nextElementSibling: after };
  });
}

const next = (place) => place?.nextElementSibling;

// Outlook draws a line above « De : … Envoyé : … »: what follows is the mail that is answered.
function quotedReplies(body) {
  const head = [...body.querySelectorAll("#divRplyFwdMsg, #appendonsend, div[data-s]")].find(
    (one) => one.id || (/border-top:\s*solid\s+#(?:e1e1e1|b5c4df)/i.test(styleOf(one)) && /^\s*(?:De|From)\s*:/.test(one.textContent)),
  );
  if (!head) return;
  let first = head;
  while (first.parentElement !== body && first.parentElement.firstElementChild === first && !first.previousSibling?.textContent.trim()) first = first.parentElement;
  const quote = body.ownerDocument.createElement("blockquote");
  first.before(quote);
  while (quote.nextSibling) quote.append(quote.nextSibling);
}

// Styles that mean something become what they mean; Google Docs wraps everything in a <b> that is not bold.
function marks(body) {
  each(body, "b, strong", (element) => /(?<!-)font-weight:\s*(?:normal|[1-4]00)/i.test(styleOf(element)) && unwrap(element));
  each(body, "i, em", (element) => /font-style:\s*normal/i.test(styleOf(element)) && unwrap(element));
  each(body, "strike, del", (element) => become(element, "s"));
  each(body, "span, font", (element) => {
    const style = styleOf(element);
    if (!element.textContent.trim()) return;
    if (/(?<!-)font-weight:\s*(?:bold|[6-9]00)/i.test(style) && !element.closest("h1, h2, h3, h4, h5, h6")) wrapInside(element, "strong");
    if (/font-style:\s*italic/i.test(style)) wrapInside(element, "em");
    if (/text-decoration[^;]*line-through/i.test(style)) wrapInside(element, "s");
  });
}

function link(element) {
  let href = (element.getAttribute("href") ?? "").trim();
  try {
    // The detours that mail servers and search engines put around an address.
    const url = new URL(href);
    if (/\.safelinks\.protection\.outlook\.com$/.test(url.hostname)) href = url.searchParams.get("url") ?? href;
    else if (/^www\.google\.\w+$/.test(url.hostname) && url.pathname === "/url") href = url.searchParams.get("q") ?? url.searchParams.get("url") ?? href;
  } catch {
    href = "";
  }
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return unwrap(element);
  element.setAttribute("href", href);
  return undefined;
}

function headings(body) {
  each(body, "p[class*=MsoTitle], p[class*=Titre]", (element) => become(element, "h1"));
  const shift = body.querySelector("h1") ? 1 : 0;
  each(body, "h1, h2, h3, h4, h5, h6", (element) => {
    each(element, "b, strong", unwrap);
    const level = Math.min(4, Math.max(2, Number(element.localName[1]) + shift));
    if (`h${level}` !== element.localName) become(element, `h${level}`);
  });
}

// <ul><li/><ul/></ul>, as Google Docs and old pages write: the inner list belongs to the item above it.
function nestedLists(body) {
  for (const list of body.querySelectorAll("ul > :is(ul, ol), ol > :is(ul, ol)")) {
    const above = list.previousElementSibling;
    if (above?.localName === "li") above.append(list);
    else become(list, "li").replaceChildren(list);
  }
}

// A table of data stays, its cells one line each; a table that only lays a page out gives its content.
function table(element) {
  const rows = [...element.rows].map((row) => [...row.cells]);
  const isData = rows.length > 1 && Math.max(...rows.map((cells) => cells.length)) > 1 && !element.querySelector("table") && element.getAttribute("role") !== "presentation";
  if (!isData) {
    const doc = element.ownerDocument;
    return element.replaceWith(...rows.flat().map((cell) => (cell.querySelector("p, div, ul, ol, table, blockquote, h2, h3, h4") ? fragment(doc, cell) : become(cell, "p"))));
  }
  const grid = [];
  rows.forEach((cells, y) => {
    let x = 0;
    for (const cell of cells) {
      while (grid[y]?.[x] !== undefined) x += 1;
      for (let dy = 0; dy < Math.min(cell.rowSpan, rows.length - y); dy++) {
        for (let dx = 0; dx < cell.colSpan; dx++) (grid[y + dy] ??= [])[x + dx] = dx || dy ? "" : line(cell);
      }
      x += cell.colSpan;
    }
  });
  const columns = Math.max(...grid.map((cells) => cells.length));
  const drawn = (cells, tag) => `<tr>${Array.from({ length: columns }, (_, x) => `<${tag}>${cells[x] ?? ""}</${tag}>`).join("")}</tr>`;
  const made = element.ownerDocument.createElement("table");
  made.innerHTML = grid.map((cells, y) => drawn(cells, y ? "td" : "th")).join("");
  return element.replaceWith(made);
}

function fragment(doc, cell) {
  const all = doc.createDocumentFragment();
  all.append(...cell.childNodes);
  return all;
}

function line(cell) {
  each(cell, "br", (element) => element.replaceWith(" "));
  each(cell, "p, div, li, h2, h3, h4, blockquote, pre, ul, ol", (element) => {
    element.append(" ");
    unwrap(element);
  });
  if (cell.localName === "th") each(cell, "b, strong", unwrap);
  return cell.innerHTML.replace(/\s+/g, " ").trim();
}

// Hard spaces that only lay out become spaces; those of French punctuation stay.
function spaces(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("pre")) continue;
    node.data = node.data.replace(/\u00a0(?![:;!?»%€])/g, (_, at, all) => (all[at - 1] === "«" ? "\u00a0" : " ")).replace(/[\u200b\ufeff\u00ad]/g, "");
  }
}
