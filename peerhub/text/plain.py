"""Rendered text without its form: for search, excerpts and mails."""

import re
from collections.abc import Iterable

from markdown_it.token import Token

_BREAKS = re.compile(r"\n{3,}")
_LINE_ENDS = re.compile(r"[ \t]+\n")


def plain_of(tokens: Iterable[Token]) -> str:
    """The words of a parsed text: blocks apart by an empty line, « - » and « 1. » before items, « > » before quotes.

    Addresses of links are left out where the link has a text. Nesting is flattened, so that the result never is much
    longer than the source.
    """
    writer = _Writer()
    for token in tokens:
        writer.read(token)
    return tidy("".join(writer.pieces))


def tidy(text: str) -> str:
    """No blanks at line ends, no more than one empty line; stable: tidy(tidy(x)) == tidy(x)."""
    return _BREAKS.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip()


def excerpt(plain: str, words: int = 30, characters: int = 300) -> str:
    """The beginning of a plain text on one line, cut between words, with « … » if something is missing."""
    found = plain.split()
    kept = " ".join(found[:words])
    if len(kept) > characters:
        kept = kept[: characters + 1].rpartition(" ")[0] or kept[:characters]
    elif len(found) <= words:
        return kept
    return kept.rstrip(" ,;:.…") + "…"


def visible(text: str) -> bool:
    """Whether a reader would see anything: not blanks and zero-width characters alone."""
    return any(character.isprintable() and not character.isspace() for character in text)


class _Writer:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._quotes = 0
        self._lists: list[int | None] = []
        self._marker = ""
        self._tight = False
        self._row: list[str] | None = None

    def read(self, token: Token) -> None:
        reader = getattr(self, f"_read_{token.type}", None)
        if reader is not None:
            reader(token)

    def _read_inline(self, token: Token) -> None:
        text = "".join(_words(child) for child in token.children or ())
        if self._row is None:
            self._write(text)
        else:
            self._row.append(text.strip())

    def _read_fence(self, token: Token) -> None:
        self._write(token.content)

    _read_code_block = _read_fence

    def _read_paragraph_open(self, token: Token) -> None:
        self._tight = token.hidden

    def _read_paragraph_close(self, token: Token) -> None:
        self._tight = False

    def _read_blockquote_open(self, token: Token) -> None:
        self._quotes += 1

    def _read_blockquote_close(self, token: Token) -> None:
        self._quotes -= 1

    def _read_bullet_list_open(self, token: Token) -> None:
        self._open_list(None)

    def _read_ordered_list_open(self, token: Token) -> None:
        self._open_list(int(token.attrs.get("start", 1)))

    def _open_list(self, number: int | None) -> None:
        if not self._lists:
            self.pieces.append("\n")
        self._lists.append(number)

    def _read_bullet_list_close(self, token: Token) -> None:
        self._lists.pop()

    _read_ordered_list_close = _read_bullet_list_close

    def _read_list_item_open(self, token: Token) -> None:
        number = self._lists[-1]
        self._marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _read_tr_open(self, token: Token) -> None:
        self._row = []

    def _read_tr_close(self, token: Token) -> None:
        row, self._row = self._row or [], None
        self._tight = True
        self._write(" | ".join(row))

    def _read_table_close(self, token: Token) -> None:
        self._tight = False

    def _read_table_open(self, token: Token) -> None:
        self.pieces.append("\n")

    def _write(self, text: str) -> None:
        quote = "> " if self._quotes else ""
        lines = (self._marker + text.strip("\n")).split("\n")
        self._marker = ""
        self.pieces.append("\n" if self._tight else "\n\n")
        self.pieces.append("\n".join(quote + line for line in lines))


def _words(child: Token) -> str:
    return "\n" if child.type in {"softbreak", "hardbreak"} else child.content
