"""Marking what was found, and cutting around it: in Python, on the texts that are shown.

`ts_headline` would fold and parse each whole text in the database, which cost more than finding it. Here a regular
expression picks the words that begin like a wanted one, and PostgreSQL says of these few alone what their lexemes are:
so a word is marked exactly when it is why the text was found.
"""

import re
from collections.abc import Iterable, Sequence

from forums.queries.search.words import TextQuery, lexemes_of
from peerhub.people.folding import LIGATURES, fold
from peerhub.text.safe import HIGHLIGHT_START, HIGHLIGHT_STOP

EXCERPT_CHARACTERS = 240

# How each letter may be written in the text.
_WRITTEN: dict[str, str] = {}
for _number in range(0xC0, 0x250):
    _folded = fold(chr(_number))
    if _folded[:1].isascii() and _folded[:1].isalpha():
        _WRITTEN[_folded[0]] = _WRITTEN.get(_folded[0], "") + chr(_number)
_LIGATURES = {chr(key): value for key, value in LIGATURES.items() if isinstance(value, str) and len(value) == 2}


def marked(texts: Sequence[str], query: TextQuery) -> list[str]:
    """The texts with highlight marks around what was looked for; one query, none when there is nothing to mark."""
    heads = {lexeme[:2] for lexeme in query.lexemes} | {prefix[:2] for prefix in query.prefixes}
    heads = {head for head in heads if head.isalnum()}
    if not heads:
        return list(texts)
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(_written(head) for head in sorted(heads))})[^\W_]*", re.IGNORECASE)
    found = {word for text in texts for word in pattern.findall(text)}
    folded = {word: fold(word) for word in found}
    lexemes = lexemes_of(folded.values())
    wanted = {word for word, plain in folded.items() if _is_wanted(plain, lexemes.get(plain, ""), query)}

    def mark(match: re.Match[str]) -> str:
        word = match[0]
        return f"{HIGHLIGHT_START}{word}{HIGHLIGHT_STOP}" if word in wanted else word

    return [pattern.sub(mark, text) for text in texts]


def _is_wanted(folded: str, lexeme: str, query: TextQuery) -> bool:
    return lexeme in query.lexemes or (bool(lexeme) and lexeme.startswith(query.prefixes or ("\0",)))


def _written(head: str) -> str:
    """A pattern of the ways to write the first two letters of a word."""
    letters = "".join(f"[{letter}{_WRITTEN.get(letter, '')}]" for letter in head)
    ligatures = [ligature for ligature, pair in _LIGATURES.items() if pair == head]
    return f"(?:{'|'.join([letters, *ligatures])})"


def excerpt_of(marked_text: str, characters: int = EXCERPT_CHARACTERS) -> str:
    """One line around the first mark, cut between words, with « … » where something is missing."""
    place = marked_text.find(HIGHLIGHT_START)
    # Only the neighbourhood is laid on one line: a long text costs no more than a short one.
    begin = max(0, place - 4 * characters)
    line = " ".join(marked_text[begin : max(0, place) + 8 * characters].split())
    is_whole = begin == 0 and len(marked_text) <= max(0, place) + 8 * characters
    if is_whole and len(line) <= characters:
        return line
    first = max(0, line.find(HIGHLIGHT_START))
    start = max(0, first - characters // 4)
    if start:
        start = line.find(" ", start, max(first, start + 1)) + 1 or first
    end = line.rfind(" ", start, start + characters)
    if end <= start or start + characters >= len(line):
        end = min(len(line), start + characters)
    before, after = start or begin, end < len(line) or not is_whole
    return f"{'… ' if before else ''}{line[start:end]}{' …' if after else ''}"


def all_marked(pairs: Iterable[tuple[str, str]], query: TextQuery) -> list[tuple[str, str]]:
    """(title, text) pairs, both marked, the text cut to an excerpt; one query."""
    flat = marked([text for pair in pairs for text in pair], query)
    return [(flat[place], excerpt_of(flat[place + 1])) for place in range(0, len(flat), 2)]
