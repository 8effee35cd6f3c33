"""What a slot would gather, in words: « 3 élu·es sur 3, 2 agent·es sur 3 : manque 1 agent·e »."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.people.models import ActorCategory
from sessions.poll_ranking import Result, Tally


@dataclass(frozen=True)
class Group:
    """One category of a result: its colour, its numbers, and the same said."""

    slug: str
    words: str
    tally: Tally


def groups(result: Result, categories: Mapping[str, ActorCategory]) -> list[Group]:
    """In the order of the categories; guests without one come last."""
    last = max((category.position for category in categories.values()), default=0) + 1

    def position(slug: str) -> tuple[int, str]:
        return (categories[slug].position if slug in categories else last, slug)

    return [
        Group(slug, _gathered(result.tallies[slug], categories.get(slug)), result.tallies[slug])
        for slug in sorted(result.tallies, key=position)
        if result.tallies[slug].wanted or result.tallies[slug].gathered
    ]


def verdict(result: Result, categories: Mapping[str, ActorCategory]) -> str:
    """Why the slot stands where it stands: what its quorum lacks, and how many would come only if need be."""
    lacking = [
        _named(tally.missing, categories.get(slug)) for slug, tally in sorted(result.tallies.items()) if tally.missing
    ]
    if lacking:
        return ngettext("manque %(what)s", "manquent %(what)s", result.missing) % {"what": ", ".join(lacking)}
    if any(tally.wanted for tally in result.tallies.values()):
        counts_maybes = any(tally.missing_yes for tally in result.tallies.values())
        return _("le quorum est atteint en comptant les « si besoin »") if counts_maybes else _("le quorum est atteint")
    return ""


def in_numbers(result: Result) -> str:
    """« 4 oui, 2 si besoin, 1 non »."""
    return _("%(yes)d oui, %(if_needed)d si besoin, %(no)d non") % {
        "yes": result.yes,
        "if_needed": result.if_needed,
        "no": result.no,
    }


def _gathered(tally: Tally, category: ActorCategory | None) -> str:
    words = _named(tally.gathered, category)
    if tally.wanted:
        words = _("%(who)s sur %(wanted)d") % {"who": words, "wanted": tally.wanted}
    if tally.if_needed:
        words = _("%(words)s (dont %(count)d si besoin)") % {"words": words, "count": tally.if_needed}
    return words


def _named(count: int, category: ActorCategory | None) -> str:
    if category is None:
        return ngettext("%(count)d sans catégorie", "%(count)d sans catégorie", count) % {"count": count}
    return f"{count}\u00a0{category.label if count < 2 else category.plural}"
