"""Words as PostgreSQL looks for them: lexemes of the configuration `french`, after folding; and how rare they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from forums.queries.search.grammar import Term

_PLURAL = re.compile(r"(?<=\w{3})[sxSX]\b")
# 'lexeme', with quotes doubled, perhaps the beginning of one (:*).
_LEXEME = re.compile(r"'((?:[^']|'')+)'(:\*)?")
# Stop words whose accents are gone, so that the list of PostgreSQL does not know them. "été" stays: it is a season.
_FOLDED_STOP_WORDS = {"a", "meme", "memes", "etes", "etais", "etait", "etaient", "etant"}
_TERMS_SQL = """
SELECT place, phraseto_tsquery('french', peerhub_fold(form))::text, peerhub_fold(form)
FROM unnest(%(places)s::int[], %(forms)s::text[]) WITH ORDINALITY AS asked (place, form, rank) ORDER BY place, rank
"""


@dataclass(frozen=True)
class TextQuery:
    """The text of a tsquery and its parts. A term that holds nothing but stop words has no part.

    Each of `parts` must be found; `excluded` must not. `lexemes` and `prefixes` are what a reader should see marked.
    """

    parts: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    lexemes: frozenset[str] = field(default_factory=frozenset)
    prefixes: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """All of it, for one text; "" when nothing is asked."""
        wanted = [f"({part})" for part in self.parts]
        return " & ".join([*wanted, *(f"!({part})" for part in self.excluded)])

    @property
    def any(self) -> str:
        """Any of the wanted parts."""
        return " | ".join(f"({part})" for part in self.parts)

    @property
    def unwanted(self) -> str:
        """Any of the excluded parts; "" when none is."""
        return " | ".join(f"({part})" for part in self.excluded)


def text_query(terms: list[Term]) -> TextQuery:
    """One query, none without terms."""
    if not terms:
        return TextQuery()
    parts: list[str] = []
    excluded: list[str] = []
    prefixes: list[str] = []
    for term, (query, folded) in zip(terms, _forms_asked(terms), strict=True):
        if not query or folded in _FOLDED_STOP_WORDS:
            continue
        if term.is_excluded:
            excluded.append(query)
            continue
        if term.is_prefix and folded.isalnum():
            query = f"{query} | '{folded}':*"
            prefixes.append(folded)
        if term.is_alternative and parts:
            parts[-1] = f"{parts[-1]} | {query}"
        else:
            parts.append(query)
    lexemes = {found.replace("''", "'") for part in parts for found, prefix in _LEXEME.findall(part) if not prefix}
    return TextQuery(tuple(parts), tuple(excluded), frozenset(lexemes), tuple(prefixes))


def _forms_asked(terms: list[Term]) -> list[tuple[str, str]]:
    """Of each term, the query for any of its forms ("" for stop words), and how it is folded."""
    return _stemmed(tuple((place, form) for place, term in enumerate(terms) for form in _forms(term.text)))


# What a word is stemmed to never changes: words that were asked before cost no query.
@lru_cache(maxsize=1024)
def _stemmed(pairs: tuple[tuple[int, str], ...]) -> list[tuple[str, str]]:
    places, forms = zip(*pairs, strict=True)
    found: dict[int, tuple[dict[str, None], str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TERMS_SQL, {"places": list(places), "forms": list(forms)})
        for place, query, folded in cursor.fetchall():
            queries, _first = found.setdefault(place, ({}, folded))
            queries[query] = None
    return [(" | ".join(filter(None, queries)), folded) for queries, folded in found.values()]


def _forms(text: str) -> list[str]:
    """As it was typed, then its other number: the stems of « lieu » and « lieux », « élu » and « élus » differ."""
    singular = _PLURAL.sub("", text)
    if singular != text:
        return [text, singular]
    if text.isalpha() and len(text) >= 3:
        return [text, f"{text}s", *([f"{text}x"] if text.endswith("u") else [])]
    return [text]


_LEXEMES_KEPT = 20_000
_lexemes: dict[str, str] = {}


def lexemes_of(words: Iterable[str]) -> dict[str, str]:
    """The lexeme of each folded word; stop words have none. One query, none for words that were asked before."""
    wanted = set(words)
    if new := sorted(wanted - _lexemes.keys()):
        if len(_lexemes) > _LEXEMES_KEPT:
            _lexemes.clear()
            new = sorted(wanted)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, (ts_lexize('french_stem', word))[1] FROM unnest(%s::text[]) AS asked (word)", [new]
            )
            _lexemes.update((word, lexeme or "") for word, lexeme in cursor.fetchall())
    return {word: _lexemes[word] for word in wanted if _lexemes[word]}
