"""Territories like one's own, where somebody of the network is."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from mentoring.matching.territories import Likeness, alike
from mentoring.models import DirectoryEntry, TerritoryTraits
from mentoring.queries.territories import place_of
from peerhub.people.models import Network, Territory, User

# More would be read by nobody.
SHOWN = 20
# Of those next in size, smaller and larger, that many are compared in full; and as many overseas, for who is there.
COMPARED = 200
# Under this, two territories have too little in common to be shown as alike.
ALIKE_FROM = 0.4


@dataclass(frozen=True)
class Near:
    territory: Territory
    likeness: Likeness
    people: int
    helpers: int


def territory_with_traits(pk: int) -> Territory:
    return Territory.objects.select_related("traits", "parent").get(pk=pk)


def nearby(user: User, network: Network, mine: Territory) -> list[Near]:
    """The territories of the same kind most like `mine` (loaded by `territory_with_traits`), other than it, where the
    person may see somebody, with how many; the most alike first. Four queries, five overseas."""
    own = place_of(mine)
    ranked = [(one, alike(own, place_of(one))) for one in _candidates(network, mine)]
    best = sorted(
        ((one, likeness) for one, likeness in ranked if likeness.score >= ALIKE_FROM),
        key=lambda pair: (-pair[1].score, pair[0].name_folded, pair[0].pk),
    )[:SHOWN]
    entries = DirectoryEntry.objects.visible_to(user).filter(network=network).order_by()
    rows = (
        entries.filter(territory__in=[one.pk for one, _likeness in best])
        .values("territory")
        .annotate(people=Count("pk"), helpers=Count("pk", filter=Q(help_branches__gt=0)))
    )
    counts = {row["territory"]: (row["people"], row["helpers"]) for row in rows}
    return [Near(one, likeness, *counts[one.pk]) for one, likeness in best if one.pk in counts]


def _candidates(network: Network, mine: Territory) -> list[Territory]:
    """Those next in size, by the index of sizes: among tens of thousands of territories only a few hundred are read."""
    there = DirectoryEntry.objects.filter(network=network, territory=OuterRef("territory"))
    found = TerritoryTraits.objects.filter(Exists(there), territory__kind=mine.kind).exclude(territory=mine.pk)
    size = mine.population or 0
    parts = [
        found.filter(population__gte=size).order_by("population", "pk"),
        found.filter(population__lt=size).order_by("-population", "pk"),
    ]
    traits = getattr(mine, "traits", None)
    if traits and traits.is_overseas:
        parts.append(found.filter(is_overseas=True).order_by("pk"))
    keys = {pk for part in parts for pk in part.values_list("pk", flat=True)[:COMPARED]}
    return list(Territory.objects.filter(pk__in=keys).select_related("traits", "parent"))
