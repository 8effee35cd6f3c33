"""What changed between two texts, word by word: for people to read, aloud too."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Kind = Literal["same", "added", "removed"]

_PIECES = re.compile(r"\w+|\s+|[^\w\s]")
# Beyond this many words, lines are compared instead: the comparison of words is quadratic.
MOST_WORDS = 4_000
MOST_PAIRS = 150_000


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order: those that are not "added" join to `before`, those that are not
    "removed" to `after`. By words; by lines where the texts are long."""
    old, new = _split(before), _split(after)
    if len(old) + len(new) > MOST_WORDS or _pairs(old, new) > MOST_PAIRS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = _shared(old, new)
    stop = _shared(old[start:][::-1], new[start:][::-1])
    middle, other = old[start : len(old) - stop], new[start : len(new) - stop]
    pieces = [Piece("same", "".join(old[:start]))] if start else []
    for tag, i, j, k, m in _opcodes(middle, other):
        if tag == "equal":
            pieces.append(Piece("same", "".join(middle[i:j])))
            continue
        if i < j:
            pieces.append(Piece("removed", "".join(middle[i:j])))
        if k < m:
            pieces.append(Piece("added", "".join(other[k:m])))
    if stop:
        pieces.append(Piece("same", "".join(old[len(old) - stop :])))
    return _smooth(pieces)


def _opcodes(old: list[str], new: list[str]) -> Iterable[tuple[str, int, int, int, int]]:
    """Between what both begin and end with; one change where the same words come so often that it would take long."""
    if len(old) + len(new) > MOST_WORDS or _pairs(old, new) > MOST_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _shared(old: list[str], new: list[str]) -> int:
    """How many pieces both begin with."""
    return sum(1 for _one in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _pairs(old: list[str], new: list[str]) -> int:
    """How many places of the one look like a place of the other: what the comparison goes through, more than once."""
    counts = Counter(new)
    return sum(counts[piece] for piece in old)


def difference_html(before: str, after: str) -> SafeString:
    """As marks that are seen without colours and heard: struck out and underlined, each with its words."""
    return format_html_join("", "{}", ((_mark(piece),) for piece in difference(before, after)))


def _split(text: str) -> list[str]:
    return _PIECES.findall(text)


def _smooth(pieces: list[Piece]) -> list[Piece]:
    """A blank alone between two changes is no anchor: « chaque jour » for « tous les jours » is one change."""
    smooth: list[Piece] = []
    removed = added = ""
    for index, piece in enumerate(pieces):
        is_inside = 0 < index < len(pieces) - 1 and (removed or added)
        if piece.kind == "removed":
            removed += piece.text
        elif piece.kind == "added":
            added += piece.text
        elif is_inside and piece.text.isspace() and "\n" not in piece.text:
            removed, added = removed + piece.text, added + piece.text
        else:
            smooth += _changed(removed, added)
            removed = added = ""
            smooth.append(piece)
    return smooth + _changed(removed, added)


def _changed(removed: str, added: str) -> list[Piece]:
    pieces: list[Piece] = [Piece("removed", removed)] if removed else []
    return [*pieces, Piece("added", added)] if added else pieces


def _mark(piece: Piece) -> SafeString | str:
    if piece.kind == "added":
        return _spoken("ins", _("ajouté :"), piece.text)
    if piece.kind == "removed":
        return _spoken("del", _("supprimé :"), piece.text)
    return format_html("{}", piece.text)


def _spoken(tag: str, label: str, text: str) -> SafeString:
    html = '<{0} class="diff__{0}"><span class="visually-hidden"> {1} </span>{2}</{0}>'
    return format_html(html, tag, label, text)
