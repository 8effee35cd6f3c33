"""What is typed in the search field, taken apart: words, phrases in quotes, "-" before what is not wanted, filters.

    cantine "circuit court" -pesticides auteur:"Claire Martin" par:elu thème:alimentation après:2025-01

The keys are French or English, with or without accents. What has the shape of a filter and is none ("12:30", an
address) is words. The same filters come from the fields of the page, under the names of `PARAMS`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from peerhub.people.folding import fold

QUERY_MAX_LENGTH = 200
VALUE_MAX_LENGTH = 120
TERMS = 12
# Fewer letters begin too many words for their beginning to tell anything.
PREFIX_MIN_LENGTH = 4

# Field of `Asked` -> the name in addresses and forms.
PARAMS = {
    "words": "q",
    "network": "reseau",
    "theme": "theme",
    "kind": "nature",
    "author": "auteur",
    "category": "par",
    "territory": "territoire",
    "tag": "mot",
    "status": "statut",
    "after": "apres",
    "before": "avant",
    "sort": "tri",
}
_KEYS = {
    "reseau": "network",
    "network": "network",
    "theme": "theme",
    "forum": "theme",
    "nature": "kind",
    "kind": "kind",
    "type": "kind",
    "auteur": "author",
    "autrice": "author",
    "author": "author",
    "de": "author",
    "from": "author",
    "categorie": "category",
    "category": "category",
    "par": "category",
    "by": "category",
    "territoire": "territory",
    "territory": "territory",
    "lieu": "territory",
    "mot": "tag",
    "mot-cle": "tag",
    "tag": "tag",
    "statut": "status",
    "status": "status",
    "est": "status",
    "is": "status",
    "apres": "after",
    "depuis": "after",
    "after": "after",
    "since": "after",
    "avant": "before",
    "before": "before",
    "tri": "sort",
    "sort": "sort",
}
_FILTER = re.compile(r"(?<!\S)([^\W\d_][\w-]*):(?:\"([^\"]*)\"|«\s*([^»]*?)\s*»|([^\s\"]+))")
_TERM = re.compile(r"(?P<minus>-*)(?:[\"“«](?P<phrase>[^\"”»]*)(?:[\"”»]|$)|(?P<word>[^\s\"“”«»]+))")
_JOINTS = re.compile(r"[-‐-―’'/]+")
# PostgreSQL nests each further minus, and fails past some thirty (other rooms pass the words on as they are).
_MINUSES = re.compile(r"-(?:\s*-)+")
_OR = {"OU", "OR", "|"}


@dataclass(frozen=True)
class Asked:
    """A search as it was asked for: nothing is looked up yet. Every part may be empty."""

    words: str = ""
    network: str = ""
    theme: str = ""
    kind: str = ""
    author: str = ""
    category: str = ""
    territory: str = ""
    tag: str = ""
    status: str = ""
    after: str = ""
    before: str = ""
    sort: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by field: all but the words, the network and the order."""
        return {name: value for name in PARAMS if name not in _NO_FILTERS and (value := getattr(self, name))}

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.filters

    def without(self, *names: str) -> "Asked":
        return replace(self, **dict.fromkeys(names, ""))

    def query_string(self, **more: str) -> str:
        """The address of the page that asks the same."""
        parts = [(param, value) for name, param in PARAMS.items() if (value := getattr(self, name))]
        return urlencode([*parts, *((name, value) for name, value in more.items() if value)])


_NO_FILTERS = {"words", "network", "sort"}


def asked_from(params: Mapping[str, str]) -> Asked:
    """From the parameters of an address; what is typed in the words comes before the fields."""
    fields = {name: " ".join(params.get(param, "").replace("\0", "").split()) for name, param in PARAMS.items()}
    found = {name: value[: QUERY_MAX_LENGTH if name == "words" else VALUE_MAX_LENGTH] for name, value in fields.items()}
    words, typed = parse(_MINUSES.sub("-", found["words"]))
    return Asked(**{**found, **typed, "words": words})


def parse(typed: str) -> tuple[str, dict[str, str]]:
    """The words, and the filters by field of `Asked`."""
    filters: dict[str, str] = {}

    def taken(match: re.Match[str]) -> str:
        name = _KEYS.get(fold(match[1]))
        value = (match[2] or match[3] or match[4] or "").strip()
        if name is None or not value:
            return match[0]
        filters[name] = value[:VALUE_MAX_LENGTH]
        return " "

    words = _FILTER.sub(taken, typed)
    return " ".join(words.split()), filters


@dataclass(frozen=True)
class Term:
    """A word or a phrase, as it was typed. `is_prefix`: it may be the beginning of a word."""

    text: str
    is_excluded: bool = False
    is_prefix: bool = False
    is_alternative: bool = False  # to the term before it: « OU » stands between them


def terms_of(words: str) -> list[Term]:
    """At most TERMS terms; the last word, when it is typed bare, may be the beginning of one."""
    terms: list[Term] = []
    joins = False
    matches = list(_TERM.finditer(words))
    for place, match in enumerate(matches):
        word, minus = match["word"], bool(match["minus"])
        if word in _OR:
            joins = bool(terms)
            continue
        text = _parts(match["phrase"] if word is None else word)
        if text:
            is_last = place == len(matches) - 1 and not minus and word is not None
            is_prefix = is_last and len(text) >= PREFIX_MIN_LENGTH and text.isalnum()
            alternative = joins and not minus and not terms[-1].is_excluded
            terms.append(Term(text, minus, is_prefix, alternative))
        joins = False
    return terms[:TERMS]


def _parts(text: str) -> str:
    """Words joined by hyphens are looked for as their parts in a row, so that « tiers lieux » finds « tiers-lieux »
    and the other way round; addresses stay whole."""
    if "@" in text or "." in text.strip("."):
        return text.strip()
    return _JOINTS.sub(" ", text).strip()
