// The server's dialect (peerhub/text/markdown.py), by the same parser: what the editor reads is what will be published.
import MarkdownIt from "markdown-it";

const MENTION = /@\[([^[\]\n]{1,100})\]\((user:[1-9][0-9]{0,17}|category:[a-z0-9-]{1,50})\)/y;
const ACCEPTABLE = /^(?:https?:\/\/[^\s/\\]|mailto:\S|\/(?![/\\]))/i;
const LONGEST_ADDRESS = 2000;
const RUN = String.raw`(?:(?![,;]https?://|\]\()[^\s<>"${"`"}«»“”]){1,2000}`;
const WEB = new RegExp(String.raw`https?://(?=[\p{L}\p{N}_\[])${RUN}`, "iyu");
const SENTENCE_ENDS = new Set(".,:;!?…'’*_~|");
const OPENING = { ")": "(", "]": "[", "}": "{" };

export function isAcceptable(address) {
  return address.length <= LONGEST_ADDRESS && ACCEPTABLE.test(address);
}

// Without what belongs to the sentence around it: full stops, and brackets that it did not open.
export function trim(address) {
  const balance = {};
  for (const [close, open] of Object.entries(OPENING)) {
    balance[close] = address.split(open).length - address.split(close).length;
  }
  let end = address.length;
  while (end) {
    const last = address[end - 1];
    if (last in OPENING) {
      if (balance[last] >= 0) break;
      balance[last] += 1;
    } else if (!SENTENCE_ENDS.has(last)) break;
    end -= 1;
  }
  return address.slice(0, end);
}

// The bare address that begins here, as the server would see it; "" for none.
export function addressAt(text, position) {
  if (/[\p{L}\p{N}]/u.test(text[position - 1] ?? "")) return "";
  WEB.lastIndex = position;
  const found = WEB.exec(text)?.[0] ?? "";
  const address = trim(found);
  return found.length <= LONGEST_ADDRESS && /^https?:\/\/./i.test(address) ? address : "";
}

function webAddress(state, silent) {
  if (silent || state.linkLevel || !state.src.startsWith("://", state.pos)) return false;
  const scheme = /https?$/i.exec(state.pending)?.[0];
  if (!scheme) return false;
  const address = addressAt(state.src, state.pos - scheme.length);
  const href = state.md.normalizeLink(address);
  if (address.length <= scheme.length + 3 || !state.md.validateLink(href)) return false;
  state.pending = state.pending.slice(0, -scheme.length);
  state.push("link_open", "a", 1).attrs = [["href", href]];
  state.push("text", "", 0).content = address;
  state.push("link_close", "a", -1);
  state.pos += address.length - scheme.length;
  return true;
}

function mention(state, silent) {
  if (state.src[state.pos] !== "@") return false;
  MENTION.lastIndex = state.pos;
  const found = MENTION.exec(state.src);
  if (!found) return false;
  if (!silent) {
    const token = state.push("mention", "", 0);
    token.content = found[1].split(/\s+/).filter(Boolean).join(" ");
    const [kind, id] = found[2].split(":");
    token.meta = { kind, id };
  }
  state.pos += found[0].length;
  return true;
}

export const dialect = new MarkdownIt("commonmark", { html: false, breaks: true });
dialect.enable(["table", "strikethrough"]);
dialect.disable(["reference", "html_block", "html_inline"]);
dialect.inline.ruler.before("link", "mention", mention);
dialect.inline.ruler.before("mention", "web_address", webAddress);
dialect.validateLink = isAcceptable;
dialect.renderer.rules.mention = ([token]) => `@${token?.content}`;
