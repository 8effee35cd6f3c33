"""What an act on the tree of competences changed, in words: « Famille : Eau → Vélo ». Pure: callers give the names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from mentoring.enums import ProposalState, TreeAct

# What an act is on, as the trail names it.
COMPETENCE, PROPOSAL = "mentoring.competence", "mentoring.proposal"
_LABELS = {
    "name_fr": gettext_lazy("Nom en français"),
    "name_en": gettext_lazy("Nom en anglais"),
    "synonyms_fr": gettext_lazy("Synonymes en français"),
    "synonyms_en": gettext_lazy("Synonymes en anglais"),
    "parent": gettext_lazy("Famille"),
    "into": gettext_lazy("Réunie à"),
    "offered": gettext_lazy("Y répond aussi"),
    "weight": gettext_lazy("Aide à"),
    "state": gettext_lazy("Réponse"),
    "added": gettext_lazy("Ajoutées"),
    "changed": gettext_lazy("Changées"),
    "retired": gettext_lazy("Retirées"),
}
# Facts that hold ids of competences.
POINTING = ("parent", "into", "offered", "added", "changed", "retired")
# Of a list that a new version brought, as many names as are read.
MOST_NAMES = 12


@dataclass(frozen=True)
class Change:
    """One thing that an act changed. `before` is empty where there was nothing, `after` where nothing is left."""

    label: str
    before: str
    after: str

    @property
    def is_between_two(self) -> bool:
        return bool(self.before and self.after)


def ids_in(facts: Mapping[str, Any]) -> set[int]:
    """The competences that these facts point to."""
    found: set[int] = set()
    for key in POINTING:
        value = facts.get(key)
        found.update(one for one in (value if isinstance(value, list) else [value]) if one is not None)
    return found


def changes_of(act: str, facts: Mapping[str, Any], names: Mapping[int, str]) -> list[Change]:
    """What the facts of an act say, in the order of the labels."""
    return [
        change
        for key, label in _LABELS.items()
        if key in facts and ((change := _change(act, key, str(label), facts[key], names)).before or change.after)
    ]


def _change(act: str, key: str, label: str, value: Any, names: Mapping[int, str]) -> Change:
    if act == TreeAct.LOADED:
        return Change(label, "", _several(value, names))
    if act == TreeAct.ADDED or not isinstance(value, list):
        return Change(label, "", _words(key, value, names))
    before, after = value
    return Change(label, _words(key, before, names), _words(key, after, names))


def _words(key: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None:
        return ""
    if key in POINTING:
        return names.get(value, "")
    if key == "weight":
        return gettext("%(weight)s %%") % {"weight": value}
    if key == "state":
        return str(ProposalState(value).label)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _several(pks: list[int], names: Mapping[int, str]) -> str:
    if len(pks) > MOST_NAMES:
        return ngettext("%(number)s compétence", "%(number)s compétences", len(pks)) % {"number": len(pks)}
    return ", ".join(names[pk] for pk in pks if pk in names)
