"""Territories like one's own, where somebody of the network is."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, FloatField, Func, Q, Value, When
from django.db.models.functions import Abs, Coalesce

from mentoring.matching.territories import Likeness, alike
from mentoring.models import DirectoryEntry
from mentoring.queries.territories import place_of
from peerhub.people.models import Network, Territory, User

# More would be read by nobody.
SHOWN = 20
# Of those nearest in kind, size and overseas, that many are compared in full.
COMPARED = 400
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
    """The territories most like `mine` (loaded by `territory_with_traits`), other than it, where the person may see
    somebody, with how many; the most alike first. Two queries."""
    own = place_of(mine)
    found = DirectoryEntry.objects.visible_to(user).filter(network=network, territory__isnull=False)
    rows = (
        found.exclude(territory=mine.pk)
        .order_by()
        .values("territory")
        .annotate(people=Count("pk"), helpers=Count("pk", filter=Q(help_branches__gt=0)))
    )
    other_kind = Case(When(territory__kind=mine.kind, then=Value(0.0)), default=Value(1.0), output_field=FloatField())
    far = Case(
        When(territory__traits__is_overseas=bool(own.is_overseas), then=Value(0.0)),
        default=Value(0.5),
        output_field=FloatField(),
    )
    rows = rows.annotate(apart=other_kind + far + _size_apart(mine)).order_by("apart", "territory")
    counts = {row["territory"]: (row["people"], row["helpers"]) for row in rows[:COMPARED]}
    places = Territory.objects.filter(pk__in=counts).select_related("traits", "parent")
    compared = [Near(one, alike(own, place_of(one)), *counts[one.pk]) for one in places]
    near = [one for one in compared if one.likeness.score >= ALIKE_FROM]
    return sorted(near, key=lambda one: (-one.likeness.score, one.territory.name_folded, one.territory.pk))[:SHOWN]


def _size_apart(mine: Territory) -> Coalesce:
    """How far two populations are apart, in orders of e; far when one is not known."""
    ratio = F("territory__population") * 1.0 / Value(float(mine.population or 1))
    known = Case(When(territory__population__gt=0, then=Abs(Func(ratio, function="ln", output_field=FloatField()))))
    return Coalesce(known, Value(3.0), output_field=FloatField())
