"""Addresses that people type or paste without any mark: https://…, www.…, name@place.fr.

Not linkify-it: it takes « fin.La suite » for a site in Laos, and some texts of 40 kB cost it 18 seconds. Here each
character is looked at a bounded number of times.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from peerhub.text.tokens import link_tokens, text_token

MAX_URL_CHARACTERS = 2_000

# To the next blank or mark that no address holds, to another address behind a comma, or to the end of a link's text.
# With its scheme, a run of this length is longer than an address may be: it is refused, not cut.
_RUN = rf"(?:(?![,;]https?://|\]\()[^\s<>\"`«»“”]){{1,{MAX_URL_CHARACTERS}}}"
_WEB = re.compile(rf"https?://(?=[\w\[]){_RUN}", re.IGNORECASE)
_WWW_OR_MAIL = re.compile(
    rf"(?<![\w.+@/:-])(?:(?P<www>www\.(?=[\w-]{{1,63}}\.\w){_RUN})"
    r"|(?P<mail>[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?![\w@-])))",
    re.IGNORECASE,
)
_SENTENCE_ENDS = frozenset(".,:;!?…'’*_~|")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def trim(address: str) -> str:
    """Without what belongs to the sentence around it: full stops, and brackets that it did not open."""
    balance = {close: address.count(opened) - address.count(close) for close, opened in _BRACKETS.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if last in _BRACKETS:
            if balance[last] >= 0:
                break
            balance[last] += 1
        elif last not in _SENTENCE_ENDS:
            break
        end -= 1
    return address[:end]


def web_address_rule(state: StateInline, silent: bool) -> bool:
    """Inline rule at the colon of `https://`: before emphasis, since an address may hold `*` and `_`."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = next((one for one in ("https", "http") if state.pending.lower().endswith(one)), None)
    if scheme is None or state.pending[: -len(scheme)][-1:].isalnum():
        return False
    match = _WEB.match(state.src, state.pos - len(scheme), state.posMax)
    if match is None or len(match[0]) > MAX_URL_CHARACTERS:
        return False
    address = trim(match[0])
    href = state.md.normalizeLink(address)
    if len(address) <= len(scheme) + 3 or not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(scheme)]
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme)
    return True


def split_bare_links(token: Token, md: MarkdownIt) -> Iterator[Token]:
    """A text token as texts and links, for www. and mail addresses."""
    text, position = token.content, 0
    for match in _WWW_OR_MAIL.finditer(text) if "@" in text or "www." in text.lower() else ():
        address = trim(match[0]) if match["www"] else match[0]
        href = md.normalizeLink(f"https://{address}" if match["www"] else f"mailto:{address}")
        if md.validateLink(href):
            if match.start() > position:
                yield text_token(text[position : match.start()])
            yield from link_tokens(href, address)
            position = match.start() + len(address)
    if position == 0:
        yield token
    elif position < len(text):
        yield text_token(text[position:])
