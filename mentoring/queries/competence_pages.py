"""What members read of the tree: who knows what in their network, and all that leads from one competence."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q

from mentoring.directory import KEEP_FROM
from mentoring.models import Competence, DirectoryEntry, Support
from mentoring.queries.actors import shown
from mentoring.queries.competences import tree
from mentoring.queries.coverage import KEEP_SECONDS
from peerhub.people.models import Network, User

# On the page of one competence; the directory and the list of supports say more.
PEOPLE = 8
SUPPORTS = 6


@dataclass(frozen=True)
class Known:
    """A competence, or a family, and how many of a network declared it, or something in it."""

    competence: Competence
    people: int = 0
    helpers: int = 0


@dataclass(frozen=True)
class Family:
    known: Known
    competences: list[Known]


@dataclass(frozen=True)
class CompetencePage:
    known: Known
    below: list[Known]  # of a family
    helping: list[DirectoryEntry]
    supports: list[Support]
    answered_by: list[Competence]  # who knows these helps too


def known_in(network: Network) -> dict[int, tuple[int, int]]:
    """People and helpers by competence (id), families with all that is in them; kept for a while where a network is
    large."""
    key = f"directory.known.{network.pk}"
    found: dict[int, tuple[int, int]] | None = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH entry AS (SELECT competences, helps FROM mentoring_directoryentry WHERE network_id = %s) "
                "SELECT one, sum(knows), sum(offers) FROM ("
                "SELECT unnest(competences) AS one, count(*) AS knows, 0 AS offers FROM entry GROUP BY 1 "
                "UNION ALL SELECT unnest(helps), 0, count(*) FROM entry GROUP BY 1) counted GROUP BY one",
                [network.pk],
            )
            found = {pk: (int(people), int(helpers)) for pk, people, helpers in cursor.fetchall()}
        if sum(people for people, _helpers in found.values()) > KEEP_FROM:
            cache.set(key, found, KEEP_SECONDS)
    return found


def families_in(network: Network, competences: list[Competence]) -> list[Family]:
    """The whole tree with its counts; `competences` is the tree."""
    counts = known_in(network)
    known = [Known(one, *counts.get(one.pk, (0, 0))) for one in competences]
    return [
        Family(root, [one for one in known if one.competence.parent_id == root.competence.pk])
        for root in known
        if root.competence.parent_id is None
    ]


def competence_page(user: User, network: Network, competence: Competence) -> CompetencePage:
    """Of what the person may see in the network: eight queries at most."""
    below: list[Known] = []
    if competence.parent_id is None:
        counts = known_in(network)
        known = Known(competence, *counts.get(competence.pk, (0, 0)))
        below = [Known(one, *counts.get(one.pk, (0, 0))) for one in tree() if one.parent_id == competence.pk]
    else:
        known = _known(network, competence)
    helping = DirectoryEntry.objects.visible_to(user).with_person().filter(network=network)
    about = Q(competences__in=competence.path) | Q(competences__path__contains=[competence.pk])
    offered = Support.objects.visible_to(user).current().filter(network=network)
    offered = Support.objects.filter(pk__in=offered.filter(about).values("pk"))
    bridged = Competence.objects.filter(answers__needed=competence, is_retired=False)
    return CompetencePage(
        known=known,
        below=below,
        helping=list(helping.filter(helps__contains=[competence.pk]).order_by("name_folded", "pk")[:PEOPLE]),
        supports=list(shown(offered).order_by("organisation__name", "pk")[:SUPPORTS]),
        answered_by=list(bridged.order_by("-answers__weight", "slug")),
    )


def _known(network: Network, competence: Competence) -> Known:
    """Of one competence alone, by its index."""
    there = DirectoryEntry.objects.filter(network=network, competences__contains=[competence.pk])
    helps = Count("pk", filter=Q(helps__contains=[competence.pk]))
    return Known(competence, **there.aggregate(people=Count("pk"), helpers=helps))
