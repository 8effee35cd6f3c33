"""Which competences a text names."""

import re
from collections.abc import Iterable

from mentoring.models import Competence
from peerhub.people.folding import fold_name

_SMALL = {"de", "du", "des", "la", "le", "les", "et", "en", "un", "une", "au", "aux", "pour", "par", "sur", "dans"}
_SMALL |= {"the", "of", "and", "for", "in", "on", "a", "d", "l"}


# « Animer des jardins partagés »: how the thing is done is left aside, who looks for help says it otherwise.
_DOING = re.compile(r"^(?:(?:[a-z]{3,}(?:er|ir|re)|et|ou) )+")


def named_in(text: str, tree: Iterable[Competence]) -> set[int]:
    """The leaves (ids) one of whose names or synonyms stands in the text, all its words, in any order."""
    roots = _roots(text)
    return {one.pk for one in tree if one.parent_id is not None and _names(one, roots)}


def _names(competence: Competence, roots: set[str]) -> bool:
    if any((wanted := _roots(line)) and wanted <= roots for line in competence.words.splitlines()):
        return True
    things = (_DOING.sub("", fold_name(competence.name_fr)), competence.name_en.partition(" ")[2])
    # One word alone (« une école », « une association ») would name far too much.
    return any(len(thing) > 1 and thing <= roots for thing in map(_roots, things))


def _roots(text: str) -> set[str]:
    """Words without plural, and without the small ones that join them."""
    words = re.findall(r"[a-z0-9]{2,}", fold_name(text))
    return {word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words if word not in _SMALL}
