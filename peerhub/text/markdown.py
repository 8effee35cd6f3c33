"""Markdown -> clean HTML, plain text, and what the text points to. Rendered once, when something is written.

What people may write: CommonMark with tables, ~~strikethrough~~, bare links, a line break where they break the line,
and the files that they joined (files.py). What they may not: raw HTML (shown as they typed it), remote images (an image
becomes a link: no page of ours calls a third party), reference definitions (`[a]: url`, which let 40 kB of source
become 100 MB of HTML), links to anything but http, https, mailto and paths of this site.

A mention is `@[Claire Martin](user:12)`; it becomes `<span class="mention" data-user="12">@Claire Martin</span>`.
The id is the truth and the name a caption: callers give `names`, so that nobody puts words under another's name.
A whole category of actors is `@[les élu·es](category:elected)`, in the same way, with `groups`.

Two walls: markdown-it never emits what is not ours, and nh3 lets only an explicit list pass.
Bump RENDER_VERSION when the same source gives other HTML: stored text is then rendered again.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import nh3
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from peerhub.text import files as joined
from peerhub.text.bare_links import MAX_URL_CHARACTERS, split_bare_links, web_address_rule
from peerhub.text.files import ShownFile, file_ids
from peerhub.text.plain import plain_of, visible
from peerhub.text.tokens import link_tokens, text_token

__all__ = [
    "MAX_CHARACTERS",
    "RENDER_VERSION",
    "Rendered",
    "TextError",
    "TextTooComplex",
    "TextTooLong",
    "clean_source",
    "file_ids",
    "mentioned_categories",
    "mentioned_ids",
    "one_line",
    "render",
]

RENDER_VERSION = 1

MAX_CHARACTERS = 40_000
MAX_HTML_CHARACTERS = 500_000
# The page above a text has its own h1 and h2.
TOP_HEADING = 3

ALLOWED_TAGS = frozenset(
    {"a", "blockquote", "br", "code", "div", "em", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "s"}
    | {"span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
# Without the empty "*", nh3 lets its own list (title, lang) pass everywhere.
ALLOWED_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "span": {"data-category", "data-user"},
}
ALLOWED_VALUES = {"div": {"tabindex": {"0"}}, "img": {"loading": {"lazy"}}, "pre": {"tabindex": {"0"}}}
ALLOWED_CLASSES = {
    "a": {"file", "file--image"},
    "div": {"table-scroll"},
    "span": {"file__meta", "file__name", "mention"},
    "td": {"align-center", "align-right"},
    "th": {"align-center", "align-right"},
}
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto"})
LINK_REL = "nofollow noopener ugc"

# What no database, feed or screen wants: controls, lone surrogates, non-characters, and the private-use marks that
# search highlighting puts into texts (highlight.py).
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ue000\ue001\ufffe\uffff]")
_BREAKS = re.compile(r"[ \t\n]+")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ACCEPTABLE_URL = re.compile(r"(?:https?://[^\s/\\]|mailto:[^\s]|/(?![/\\]))", re.IGNORECASE)
_MENTION = re.compile(r"@\[([^\[\]\n]{1,100})\]\((?:user:([1-9][0-9]{0,17})|category:([a-z0-9-]{1,50}))\)")
# A row of a table may leave its last cells out, and the parser fills them in: a wide head over many short rows would
# make seconds of work of 40 kB. Beyond so many the table ends there, and what follows is text.
import_module("markdown_it.rules_block.table").MAX_AUTOCOMPLETED_CELLS = 2_000  # type: ignore[attr-defined]
_ALIGNMENTS = {"text-align:center": "align-center", "text-align:right": "align-right"}


class TextError(ValueError):
    """A source that cannot be rendered; `str()` is a sentence for the person who wrote it."""


class TextTooLong(TextError):
    pass


class TextTooComplex(TextError):
    """A short source that would make a page of unbearable weight, as a table of a thousand columns."""


@dataclass(frozen=True)
class Rendered:
    """What to store beside the source.

    `html` is safe to show as it is, in any page. `plain` is for search, excerpts and mails. `mentions` are user ids,
    `links` the http(s) and local addresses and `categories` slugs, each once, in their order of appearance.
    """

    html: str
    plain: str
    mentions: tuple[int, ...]
    links: tuple[str, ...]
    categories: tuple[str, ...] = ()


def render(
    source: str,
    *,
    names: Mapping[int, str] | None = None,
    groups: Mapping[str, str] | None = None,
    files: Mapping[int, ShownFile] | None = None,
) -> Rendered:
    """Render what a person wrote. Raises TextTooLong past MAX_CHARACTERS, TextTooComplex
    past MAX_HTML_CHARACTERS, and nothing else.

    `names` are the people that this author may mention here, by id: others stay plain words and are not in
    `mentions`. Without it, each mention is taken at its word (for trusted sources: tests, seeds).

    `groups` are the categories that may be named here, by slug, in the same way.

    `files` are those that this text may show, by id: others are the words that stand for them, alone.
    """
    if len(source) > MAX_CHARACTERS:
        sentence = _("Ce texte est trop long : %(count)s caractères, pour %(limit)s au plus.")
        raise TextTooLong(sentence % {"count": _spaced(len(source)), "limit": _spaced(MAX_CHARACTERS)})
    found = _Found(names, groups)
    tokens = _PARSER.parse(clean_source(source), {"found": found})
    tokens = list(_shape(tokens, files or {}))
    html = _CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {})).strip()
    if len(html) > MAX_HTML_CHARACTERS:
        raise TextTooComplex(_("La mise en forme de ce texte est trop complexe pour être affichée."))
    return Rendered(html, plain_of(tokens), tuple(found.mentions), tuple(_links(tokens)), tuple(found.categories))


def clean_source(source: str) -> str:
    """The source as it should be stored: composed accents, no control characters, one kind of line end."""
    source = _UNWANTED.sub("", source).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", source)


def one_line(text: str) -> str:
    """A title, a reason, a note, as it should be stored: `clean_source` on one line, without the characters that turn
    the direction of what stands around them. No-break spaces stay: French writes them before « : » and « ? »."""
    return _BREAKS.sub(" ", _TURNING.sub("", clean_source(text))).strip()


def mentioned_ids(source: str) -> tuple[int, ...]:
    """The ids that a source may mention, to look their names up before `render`; those in code count too."""
    return tuple(dict.fromkeys(int(match[2]) for match in _MENTION.finditer(source) if match[2]))


def mentioned_categories(source: str) -> tuple[str, ...]:
    """The slugs of the categories that a source may name, as `mentioned_ids`."""
    return tuple(dict.fromkeys(match[3] for match in _MENTION.finditer(source) if match[3]))


class _Found:
    """What one parse gathers beside its tokens."""

    def __init__(self, names: Mapping[int, str] | None, groups: Mapping[str, str] | None) -> None:
        self.names, self.groups = names, groups
        self.mentions: dict[int, None] = {}
        self.categories: dict[str, None] = {}

    def name_person(self, user_id: int, written: str) -> str | None:
        name = written if self.names is None else self.names.get(user_id)
        if name:
            self.mentions[user_id] = None
        return name

    def name_category(self, slug: str, written: str) -> str | None:
        name = written if self.groups is None else self.groups.get(slug)
        if name:
            self.categories[slug] = None
        return name


class _Parser(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True})
        self.enable(["table", "strikethrough"])
        self.disable(["reference", "html_block", "html_inline"])
        self.inline.ruler.before("link", "mention", _mention_rule)
        self.inline.ruler.before("mention", "web_address", web_address_rule)
        self.add_render_rule("mention", _render_mention)
        self.add_render_rule("file", joined.render_file)
        self.add_render_rule("fence", _render_code)
        self.add_render_rule("code_block", _render_code)
        self.add_render_rule("table_open", _render_table_open)
        self.add_render_rule("table_close", _render_table_close)

    def validateLink(self, url: str) -> bool:  # noqa: N802 (markdown-it's name)
        """Whether nh3, whose parser of addresses is the browsers' own, would let this one pass too."""
        if len(url) > MAX_URL_CHARACTERS or not _ACCEPTABLE_URL.match(url):
            return False
        return " href=" in _CLEANER.clean(f'<a href="{escapeHtml(url)}">x</a>')


def _mention_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "@":
        return False
    match = _MENTION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        found: _Found = state.env["found"]
        if match[2]:
            name, meta = found.name_person(int(match[2]), match[1]), {"user": match[2]}
        else:
            name, meta = found.name_category(match[3], match[1]), {"category": match[3]}
        token = state.push("mention" if name else "text", "", 0)
        token.content = "@" + " ".join((name or match[1]).split())
        token.meta = meta
    state.pos = match.end()
    return True


def _render_mention(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[idx]
    ((kind, key),) = token.meta.items()
    return f'<span class="mention" data-{kind}="{key}">{escapeHtml(token.content)}</span>'


def _render_code(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    # Wide code scrolls in its own box, which the keyboard must be able to enter.
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[idx].content)}</code></pre>\n'


def _render_table_open(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    return '<div class="table-scroll" tabindex="0"><table>\n'


def _render_table_close(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


def _shape(tokens: list[Token], files: Mapping[int, ShownFile]) -> Iterator[Token]:
    """Give headings their levels, cells their classes, and links a text; drop headings that say nothing."""
    for token in tokens:
        if token.children:
            token.children = list(joined.show_files(token.children, files))
    for token in _shape_headings(tokens):
        if token.type in {"th_open", "td_open"}:
            alignment = _ALIGNMENTS.get(str(token.attrs.pop("style", "")))
            if alignment:
                token.attrs["class"] = alignment
        elif token.type == "inline" and token.children:
            token.children = list(_shape_inline(token.children))
        yield token


def _shape_headings(tokens: list[Token]) -> Iterator[Token]:
    """Levels begin under the page's own and skip none: `## A`, `#### B`, `## C` are h3, h4, h3."""
    outline: list[int] = []
    rest = iter(tokens)
    for token in rest:
        if token.type != "heading_open":
            yield token
            continue
        inline, closing = next(rest), next(rest)
        if not visible(_text_of(inline)):
            continue
        level = int(token.tag[1])
        while outline and outline[-1] >= level:
            outline.pop()
        outline.append(level)
        token.tag = closing.tag = f"h{min(TOP_HEADING - 1 + len(outline), 6)}"
        yield from (token, inline, closing)


def _shape_inline(children: Sequence[Token]) -> Iterator[Token]:
    """Images become links, a link within a link becomes its text, and a link without a text shows its address.

    `[x]()` is a link to nowhere: its text.
    """
    opened: list[Token] = []
    said = False
    for token in children:
        if token.type == "image":
            address = str(token.attrs["src"])
            text = token.content if visible(token.content) else address
            said = True
            yield from link_tokens(address, text) if address and not opened else [text_token(text)]
        elif token.type == "link_open":
            if not opened and token.attrs["href"]:
                said = False
                yield token
            opened.append(token)
        elif token.type == "link_close":
            outer = opened.pop()
            if not opened and outer.attrs["href"]:
                if not said:
                    yield text_token(str(outer.attrs["href"]))
                yield token
        elif opened or token.type != "text":
            said = said or visible(token.content)
            yield token
        else:
            yield from split_bare_links(token, _PARSER)


def _text_of(inline: Token) -> str:
    """What the inline token will show, addresses of links and images without a text included."""
    shown = (child.content or str(child.attrs.get("src") or child.attrs.get("href") or "") for child in _inside(inline))
    return "".join(shown)


def _inside(token: Token) -> Sequence[Token]:
    return token.children or ()


def _links(tokens: list[Token]) -> dict[str, None]:
    hrefs = (
        str(child.attrs["href"]) for token in tokens for child in token.children or () if child.type == "link_open"
    )
    return {href: None for href in hrefs if not href.lower().startswith("mailto:")}


def _spaced(number: int) -> str:
    english = (get_language() or "fr").startswith("en")
    return f"{number:,}" if english else f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _images_of_ours(tag: str, attribute: str, value: str) -> str | None:
    """No page of ours loads a picture from elsewhere, nor anything but a thumbnail."""
    return None if tag == "img" and attribute == "src" and not joined.THUMBNAIL_ADDRESS.fullmatch(value) else value


def _local_only(url: str) -> str | None:
    return url if _ACCEPTABLE_URL.match(url) else None


_PARSER = _Parser()
_CLEANER = nh3.Cleaner(
    tags=set(ALLOWED_TAGS),
    attributes={tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()},
    tag_attribute_values=ALLOWED_VALUES,
    allowed_classes=ALLOWED_CLASSES,
    attribute_filter=_images_of_ours,
    url_schemes=set(ALLOWED_SCHEMES),
    url_relative=_local_only,
    link_rel=LINK_REL,
)
