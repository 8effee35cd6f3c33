"""Where people, what they know, and resource actors are: by département or collectivity, and where nobody is."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q

from mentoring.directory import KEEP_FROM, Search, condition, help_condition
from mentoring.models import Competence, DirectoryEntry, Support
from mentoring.shading import WITHOUT_INHABITANTS
from peerhub.people.enums import TerritoryKind
from peerhub.people.models import Network, Territory, User

# One pass over all that everybody declared takes a second among 100,000 people; a map may be ten minutes old.
KEEP_SECONDS = 600
_WIDE = (TerritoryKind.DEPARTEMENT, TerritoryKind.COLLECTIVITY)
# A territory that a support names, and what it lies in, with their kinds: an arrondissement has the longest way up.
_CHAIN = tuple(
    f"territories{way}__{column}" for way in ("", "__parent", "__parent__parent") for column in ("pk", "kind")
)


@dataclass(frozen=True)
class Spot:
    """A département or collectivity, and what of the network is there. `actors` are those who name it as theirs, or
    something in it, or the région that it lies in."""

    territory: Territory
    people: int = 0
    helpers: int = 0
    competences: int = 0
    actors: int = 0

    @property
    def is_bare(self) -> bool:
        """Nobody is there, whatever actor reaches it from elsewhere."""
        return not self.people


@dataclass(frozen=True)
class Coverage:
    spots: list[Spot]  # by name, all of them
    competence: Competence | None
    actors_everywhere: int = 0

    @property
    def people(self) -> int:
        return sum(spot.people for spot in self.spots)

    @property
    def held(self) -> list[Spot]:
        """Where there is something to say."""
        return [spot for spot in self.spots if spot.people or spot.actors]

    @property
    def bare(self) -> list[Spot]:
        """Where nobody of the network is, though people live there."""
        return [spot for spot in self.spots if spot.is_bare and spot.territory.code not in WITHOUT_INHABITANTS]

    @property
    def is_narrow(self) -> bool:
        """Of one precise competence, their number says nothing."""
        return self.competence is not None and self.competence.parent_id is not None


@dataclass
class _Counts:
    people: dict[int, tuple[int, int]] = field(default_factory=dict)
    competences: dict[int, int] = field(default_factory=dict)


def coverage(
    user: User, network: Network, competences: list[Competence], competence: Competence | None = None
) -> Coverage:
    """What of the network the person may see, by département; only about one competence, or a family of them.

    Counts of people are those of the directory, and in a large network kept for a while.
    Five queries, and one more where an actor names a région; `competences` is the tree.
    """
    counts = _counts(network, competence, competences)
    actors, everywhere = _actors(user, network, competence)
    places = Territory.objects.filter(kind__in=_WIDE).select_related("parent").order_by("name_folded", "pk")
    spots = [
        Spot(place, *counts.people.get(place.pk, (0, 0)), counts.competences.get(place.pk, 0), len(actors[place.pk]))
        for place in places
    ]
    return Coverage(spots, competence, everywhere)


def _counts(network: Network, competence: Competence | None, competences: list[Competence]) -> _Counts:
    key = f"directory.coverage.{network.pk}.{competence.pk if competence else 0}"
    counts: _Counts | None = cache.get(key)
    if counts is None:
        search = Search(competence=competence)
        found = DirectoryEntry.objects.filter(condition(search), network=network, departement_id__isnull=False)
        rows = found.order_by().values("departement_id")
        rows = rows.annotate(people=Count("pk"), helpers=Count("pk", filter=help_condition(search)))
        counts = _Counts({row["departement_id"] or 0: (row["people"], row["helpers"]) for row in rows})
        counts.competences = _different(network, search, competences)
        if sum(people for people, _helpers in counts.people.values()) > KEEP_FROM:
            cache.set(key, counts, KEEP_SECONDS)
    return counts


def _different(network: Network, search: Search, competences: list[Competence]) -> dict[int, int]:
    """How many different competences the people of each département declared; of a family, only those in it."""
    root = search.competence
    leaves = [one.pk for one in competences if one.parent_id and (root is None or root.pk in one.path)]
    found = DirectoryEntry.objects.filter(condition(search), network=network, departement_id__isnull=False)
    base, params = found.order_by().values_list("departement_id", "competences").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT departement_id, count(*) FROM ("  # noqa: S608
            f"SELECT departement_id, unnest(competences) AS one FROM ({base}) base GROUP BY 1, 2"
            ") held WHERE one = ANY(%s) GROUP BY departement_id",
            [*params, leaves],
        )
        return dict(cursor.fetchall())


def _actors(user: User, network: Network, competence: Competence | None) -> tuple[dict[int, set[int]], int]:
    """The organisations that offer support in each département, and how many offer it everywhere: two queries."""
    offered = Support.objects.visible_to(user).current().filter(network=network)
    if competence:
        about = Q(competences__in=competence.path) | Q(competences__path__contains=[competence.pk])
        offered = Support.objects.filter(pk__in=offered.filter(about).values("pk"))
    wide = offered.filter(territories__isnull=True).values("organisation").distinct().count()
    found: defaultdict[int, set[int]] = defaultdict(set)
    regions: defaultdict[int, set[int]] = defaultdict(set)
    named = offered.filter(territories__isnull=False).order_by()
    for organisation, *chain in named.values_list("organisation", *_CHAIN).distinct():
        kinds = dict(zip(chain[1::2], chain[::2], strict=True))
        county = next((kinds[kind] for kind in _WIDE if kind in kinds), None)
        if county:
            found[county].add(organisation)
        elif TerritoryKind.REGION in kinds:
            regions[kinds[TerritoryKind.REGION]].add(organisation)
    if regions:
        for place in Territory.objects.filter(kind__in=_WIDE, parent__in=regions):
            found[place.pk] |= regions[place.parent_id or 0]
    return found, wide
