"""How near a person of the directory is to what is asked, and to who asks: the order of a page, and why.

First who offers help with the thing that is asked for, then who knows it best; then those whose situation is like
one's own: the same category, a territory of the same size, the same département or région; then who is free now.
"""

from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, TextChoices, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from mentoring.directory import Search
from mentoring.marks import AVAILABLE
from mentoring.models import DirectoryEntry
from peerhub.people.folding import fold_name

BY_NAME = ("name_folded", "membership_id")
# So many can be put in order one by one. Of more, those of one's own département are, and the others come by name.
FIT_MOST = 5000
HEAD = 200


class Likeness(TextChoices):
    """What somebody has in common with who looks."""

    CATEGORY = "category", _("même catégorie")
    STRATUM = "stratum", _("même taille de territoire")
    DEPARTEMENT = "departement", _("même département")
    REGION = "region", _("même région")


@dataclass(frozen=True)
class Order:
    """In what order a page of people comes: what its sentence says of it."""

    is_by_name: bool = False
    is_near_only: bool = False
    asks_a_thing: bool = False
    alike: tuple[Likeness, ...] = ()


def order_for(search: Search, matched: list[int], mine: DirectoryEntry | None, total: int) -> Order:
    """The order of the answer to a search, for who has this entry in the network."""
    known = alike(mine, mine) if mine else ()
    if total > FIT_MOST:
        has_place = mine is not None and mine.departement_id is not None
        return Order(is_by_name=not has_place, is_near_only=has_place)
    return Order(asks_a_thing=bool(wanted_of(search, matched)), alike=known)


def alike(mine: DirectoryEntry, other: DirectoryEntry) -> tuple[Likeness, ...]:
    """What two people have in common, of what both let be seen."""
    found = {
        Likeness.CATEGORY: mine.category_id == other.category_id,
        Likeness.STRATUM: bool(mine.stratum) and mine.stratum == other.stratum,
        Likeness.DEPARTEMENT: mine.departement_id is not None and mine.departement_id == other.departement_id,
    }
    found[Likeness.REGION] = (
        not found[Likeness.DEPARTEMENT] and mine.region_id is not None and mine.region_id == other.region_id
    )
    return tuple(name for name, is_so in found.items() if is_so)


def wanted_of(search: Search, matched: list[int]) -> list[int]:
    """The competences (ids) that are asked for, chosen or in words."""
    return [search.competence.pk] if search.competence else matched


@dataclass(frozen=True)
class Keys:
    """The people that a search finds, in their order."""

    found: QuerySet[DirectoryEntry]
    search: Search
    matched: list[int]
    mine: DirectoryEntry | None
    order: Order

    def page(self, start: int, size: int) -> list[int]:
        """Keys of a part of them."""
        if self.order.is_by_name:
            return self._cut(self.found.order_by(*BY_NAME), start, size)
        if not self.order.is_near_only:
            return self._cut(self._by_fit(self._few()), start, size)
        near = self.found.filter(departement_id=self.mine.departement_id if self.mine else None)
        head = self._cut(self._by_fit(near), 0, HEAD)
        page = head[start : start + size]
        others = self.found.exclude(pk__in=head).order_by(*BY_NAME)
        return page + self._cut(others, max(0, start - len(head)), size - len(page)) if len(page) < size else page

    def _by_fit(self, people: QuerySet[DirectoryEntry]) -> QuerySet[DirectoryEntry]:
        return people.alias(fit=self._fit()).order_by("-fit", *BY_NAME)

    def _few(self) -> QuerySet[DirectoryEntry]:
        """All that the search finds, which are FIT_MOST at most. Where the narrow index says who they are, the limit
        has PostgreSQL ask it first: their rows alone are read then, not those of all who have one of the filters."""
        if {"words", "competence", "territory"}.isdisjoint(self.search.filters):
            return DirectoryEntry.objects.filter(pk__in=self.found.order_by().values("pk")[:FIT_MOST])
        return self.found

    def _fit(self) -> Combinable:
        """A person's points. Who is named comes before all."""
        points: Combinable = F("marks").bitand(AVAILABLE)
        folded, wanted = fold_name(self.search.words), wanted_of(self.search, self.matched)
        if folded:
            points += _points(Q(name_folded__startswith=folded), 100)
        if wanted:
            points += _points(Q(helps__overlap=wanted), 30) + _points(Q(experienced__overlap=wanted), 15)
        if self.mine:
            # Nobody looks for themselves.
            points += _points(Q(pk=self.mine.pk), -1000)
            points += _points(Q(category=self.mine.category_id), 3)
            if self.mine.stratum:
                points += _points(Q(stratum=self.mine.stratum), 3)
            for column, worth in (("departement_id", 2), ("region_id", 1)):
                if getattr(self.mine, column):
                    points += _points(Q(**{column: getattr(self.mine, column)}), worth)
        return points

    @staticmethod
    def _cut(people: QuerySet[DirectoryEntry], start: int, size: int) -> list[int]:
        return list(people.values_list("pk", flat=True)[start : start + size])


def _points(condition: Q, worth: int) -> Case:
    return Case(When(condition, then=Value(worth)), default=Value(0), output_field=IntegerField())
