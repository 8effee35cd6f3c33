"""The decisions about seats in plain words: what the engine says in ids and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.ui.times import day
from sessions.seating.engine import Block
from sessions.seating.state import Cell


@dataclass(frozen=True)
class Names:
    """By id: people (by holder), categories (plural), delegations."""

    people: Mapping[str, str]
    categories: Mapping[int, str]
    delegations: Mapping[int, str]

    def person(self, holder: str) -> str:
        return self.people.get(holder) or _("une personne")

    def part(self, category: int | None, delegation: int | None) -> str:
        """« agents, Val d’Orsenne »."""
        words = [self.categories.get(category or 0, ""), self.delegations.get(delegation or 0, "")]
        return ", ".join(word for word in words if word) or _("tout le monde")


def block_words(block: Block, names: Names, *, own: Cell | None = None) -> str:
    """One reason, said to the person (`own`) or of the person."""
    numbers = {"count": block.number, "limit": block.limit, "part": names.part(block.category, block.delegation)}
    if block.code == "full":
        text = ngettext("%(count)d place prise sur %(limit)d", "%(count)d places prises sur %(limit)d", block.number)
        return text % numbers
    if block.code == "reserved":
        text = ngettext(
            "la place libre est gardée pour d’autres",
            "les %(limit)d places libres sont gardées pour d’autres",
            block.limit,
        )
        return text % numbers
    if own is not None and block.delegation is not None:
        if block.category is not None:
            text = ngettext(
                "dans votre délégation, votre catégorie a déjà sa place",
                "dans votre délégation, votre catégorie a déjà ses %(limit)d places",
                block.limit,
            )
            return text % numbers
        text = ngettext("votre délégation a déjà sa place", "votre délégation a déjà ses %(limit)d places", block.limit)
        return text % numbers
    if own is not None:
        text = ngettext("votre catégorie a déjà sa place", "votre catégorie a déjà ses %(limit)d places", block.limit)
        return text % numbers
    text = ngettext(
        "%(part)s : %(count)d place sur %(limit)d", "%(part)s : %(count)d places sur %(limit)d", block.number
    )
    return text % numbers


def opening_words(code: str, why: tuple[Block, ...], floors_until: datetime | None) -> str:
    """What would change it."""
    words = {
        "anyone": _("si quelqu’un se retire, la place est proposée"),
        "category": _("si quelqu’un de la même catégorie se retire, la place est proposée"),
        "delegation": _("si quelqu’un de la même délégation se retire, la place est proposée"),
        "both": _("si quelqu’un de la même catégorie et de la même délégation se retire, la place est proposée"),
        "some": _("si une place que les règles permettent se libère, elle est proposée"),
        "nobody": _("il faut que plusieurs places se libèrent, ou que les règles changent"),
    }
    said = words[code]
    if floors_until is not None and any(block.code == "reserved" for block in why):
        until = day(timezone.localtime(floors_until).date())
        released = _("les places gardées et non prises sont rendues à tout le monde le %(day)s") % {"day": until}
        return released if code in {"nobody", "some"} else f"{said} ; {released}"
    return said


def entry_words(kind: str, holder: str, facts: Mapping[str, Any], names: Names) -> str:
    """One entry of the log."""
    who = {"who": names.person(holder)}
    return _ENTRIES[kind](who, facts, names) if kind in _ENTRIES else kind


def _rules(_who: dict[str, str], facts: Mapping[str, Any], names: Names) -> str:
    capacity = facts["capacity"]
    said = [
        _("sans limite de places")
        if capacity is None
        else ngettext("%(n)d place", "%(n)d places", capacity) % {"n": capacity}
    ]
    for category, delegation, is_each, floor, ceiling in facts["parts"]:
        part = names.part(category, delegation)
        if is_each:
            part = _("chaque délégation") + (f", {part}" if category else "")
        if floor:
            said.append(
                ngettext("%(n)d gardée pour %(part)s", "%(n)d gardées pour %(part)s", floor)
                % {"n": floor, "part": part}
            )
        if ceiling is not None:
            said.append(_("%(n)d au plus pour %(part)s") % {"n": ceiling, "part": part})
    return _("Règles : %(rules)s.") % {"rules": " ; ".join(said)}


def _seated(who: dict[str, str], facts: Mapping[str, Any], _names: Names) -> str:
    if facts.get("why") == "offer":
        return _("%(who)s accepte la place proposée.") % who
    if facts.get("why") == "before":
        return _("%(who)s avait une place avant ce journal.") % who
    if facts.get("capacity") is None:
        return _("%(who)s prend une place.") % who
    return _("%(who)s prend une place libre (%(taken)s sur %(capacity)s).") % {**who, **facts}


def _queued(who: dict[str, str], facts: Mapping[str, Any], names: Names) -> str:
    why = "\u202f; ".join(block_words(Block(*one), names) for one in facts.get("blocks", ()))
    if not why:
        return _("%(who)s est en attente.") % who
    return _("%(who)s se met en attente, rang %(rank)s dans sa catégorie : %(why)s.") % {**who, **facts, "why": why}


def _offered(who: dict[str, str], facts: Mapping[str, Any], names: Names) -> str:
    said = _("La place libre est proposée à %(who)s, rang %(rank)s dans sa catégorie.") % {"rank": 1, **facts, **who}
    for holder, *block in facts.get("passed_over", ()):
        why = block_words(Block(*block), names)
        said += " " + _("Avant, %(who)s ne peut pas l’avoir : %(why)s.") % {"who": names.person(holder), "why": why}
    return said


def _passed(who: dict[str, str], facts: Mapping[str, Any], _names: Names) -> str:
    if facts["lapsed"]:
        return _("%(who)s n’a pas répondu à temps : la place passe à la suite.") % who
    return _("%(who)s laisse passer la place proposée.") % who


def _left(who: dict[str, str], facts: Mapping[str, Any], _names: Names) -> str:
    return (_("%(who)s rend sa place.") if facts["held"] else _("%(who)s quitte la liste d’attente.")) % who


def _replaced(who: dict[str, str], facts: Mapping[str, Any], names: Names) -> str:
    return _("%(who)s est remplacé·e par %(by)s.") % {**who, "by": names.person(facts["by"])}


def _released(_who: dict[str, str], facts: Mapping[str, Any], _names: Names) -> str:
    n = facts["kept"]
    text = ngettext(
        "La date est venue : %(n)d place gardée est rendue à tout le monde.",
        "La date est venue : %(n)d places gardées sont rendues à tout le monde.",
        n,
    )
    return text % {"n": n}


_ENTRIES = {
    "rules": _rules,
    "seated": _seated,
    "queued": _queued,
    "offered": _offered,
    "passed": _passed,
    "left": _left,
    "replaced": _replaced,
    "released": _released,
}
