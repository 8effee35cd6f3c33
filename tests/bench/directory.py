"""The directory of a network of 100,000 people: how long a search with all its facets takes.

`run()` fills a network by COPY (deterministic), then times searches alone, each the same calls that the page makes
(competences, facets, one page of people).
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from mentoring.directory import Search
from mentoring.enums import Level
from mentoring.models import Competence, DirectoryEntry
from mentoring.queries.competences import tree
from mentoring.queries.directory import directory_page
from mentoring.services.directory import refresh_entries
from mentoring.services.tree import load_competences
from peerhub.people.categories import ensure_categories
from peerhub.people.enums import JoinPolicy, Language, OrganisationKind, Stratum, TerritoryKind
from peerhub.people.models import ActorCategory, Network, Territory
from peerhub.people.services.memberships import create_network

SLUG = "banc-annuaire"
FAMILY = """Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux
David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier
Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry"""
GIVEN = """Marie Jean Nathalie Pierre Isabelle Michel Sylvie Philippe Catherine Alain Françoise Nicolas Martine
Christophe Christine Éric Valérie Patrick Sandrine Frédéric Élodie Julien Céline Laurent Émilie Nadia Karim Aïcha"""
WEIGHTS = {"elected": 30, "agent": 30, "association": 20, "business": 8, "research": 4, "state": 5, "resident": 3}
Say = Callable[[str], None]


def fill(people: int, say: Say = print) -> Network:
    """A network of `people` members with hats, organisations and competences; made once."""
    network = Network.objects.filter(slug=SLUG).first()
    if network and DirectoryEntry.objects.filter(network=network).count() == people:
        return network
    if network:
        raise SystemExit(f"The network {SLUG} has another size: use a fresh database.")
    ensure_categories()
    load_competences()
    say(f"directory: filling a network with {people:,} people...")
    with transaction.atomic():
        network = create_network(slug=SLUG, name="Banc de l’annuaire", join_policy=JoinPolicy.CLOSED)
        _copy(network, people, random.Random(5))
        with connection.cursor() as cursor:
            # Within the transaction: PostgreSQL must know how many there are before they are joined.
            cursor.execute("ANALYZE people_user, people_membership, people_affiliation, people_organisation")
            cursor.execute("ANALYZE mentoring_declaredcompetence")
        refresh_entries("network", network.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE mentoring_directoryentry")
    return network


def _copy(network: Network, people: int, dice: random.Random) -> None:
    categories = dict(ActorCategory.objects.values_list("slug", "pk"))
    family, given = FAMILY.split(), GIVEN.split()
    slugs, weights = list(WEIGHTS), list(WEIGHTS.values())
    communes = list(Territory.objects.filter(kind=TerritoryKind.COMMUNE).values_list("pk", flat=True))
    leaves = list(Competence.objects.filter(parent__isnull=False).values_list("pk", flat=True))
    kinds, levels, now = list(OrganisationKind.values), list(Level.values), timezone.now()
    with connection.cursor() as cursor:
        first = {}
        for table in ("people_user", "people_affiliation", "people_membership", "people_organisation"):
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
            first[table] = cursor.fetchone()[0]

        def copy(table: str, columns: str, rows: Any) -> None:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as writer:
                for row in rows:
                    writer.write_row(row)

        user, hat, member, organisation = first.values()
        number = range(people)
        copy(
            "people_user",
            "id, password, is_superuser, email, given_name, family_name, language, time_zone, is_active, is_staff, "
            "shows_presence, date_joined",
            (
                (user + n, "!", False, f"annuaire{n}@example.org", dice.choice(given),
                 f"{dice.choice(family)} {n % 977}", "fr", "Europe/Paris", True, False, True, now)
                for n in number
            ),
        )  # fmt: skip
        organisations = max(1, people // 8)
        copy(
            "people_organisation",
            "id, name, kind",
            ((organisation + n, f"Organisation {n}", dice.choice(kinds)) for n in range(organisations)),
        )
        copy(
            "people_affiliation",
            "id, user_id, category_id, organisation_id, territory_id, title",
            (
                (hat + n, user + n, categories[dice.choices(slugs, weights)[0]], organisation + n % organisations,
                 dice.choice(communes) if communes else None, "Chargée de mission")
                for n in number
            ),
        )  # fmt: skip
        copy(
            "people_membership",
            "id, network_id, user_id, affiliation_id, role, status, joined_at",
            ((member + n, network.pk, user + n, hat + n, "member", "active", now) for n in number),
        )
        circle = network.circles.get(kind="network").pk
        copy("people_circlemember", "circle_id, user_id, since", ((circle, user + n, now) for n in number))
        copy(
            "mentoring_declaredcompetence",
            "user_id, competence_id, level, can_help, evidence, created_at",
            (
                (user + n, leaf, dice.choice(levels), dice.random() < 0.3, "", now)
                for n in number
                for leaf in dice.sample(leaves, dice.randint(0, 8))
            ),
        )
        for table in first:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def searches(count: int, dice: random.Random) -> list[Search]:
    """Questions as people ask them: nothing, a name, a competence in words, filters, and filters together."""
    competences = list(tree())
    categories = list(ActorCategory.objects.all())
    places = list(
        Territory.objects.filter(kind__in=[TerritoryKind.REGION, TerritoryKind.DEPARTEMENT]).select_related(
            "parent__parent"
        )
    )
    words = ["dupont", "marie mar", "cantine", "tiers lieux", "organisation 12", "energie", "lefevre nadia", "mob"]
    return [
        Search(
            words=dice.choice(words) if dice.random() < 0.4 else "",
            competence=dice.choice(competences) if dice.random() < 0.4 else None,
            category=dice.choice(categories) if dice.random() < 0.4 else None,
            territory=dice.choice(places) if places and dice.random() < 0.3 else None,
            stratum=dice.choice(Stratum.values) if dice.random() < 0.2 else "",
            organisation_kind=dice.choice(OrganisationKind.values) if dice.random() < 0.15 else "",
            can_help=dice.random() < 0.25,
            available=dice.random() < 0.15,
            language=dice.choice(Language.values) if dice.random() < 0.05 else "",
        )
        for _number in range(count)
    ]


def run(people: int = 100_000, count: int = 200, say: Say = print) -> dict[str, float]:
    """p50, p95 and worst, in milliseconds, of a search with facets over `people`, in the order that fits one of them;
    and of the page without filters."""
    network = fill(people, say)
    mine = DirectoryEntry.objects.filter(network=network).order_by("pk")[people // 2]
    questions = searches(count, random.Random(11))
    for question in questions[:10]:
        directory_page(network, question, mine=mine)
    taken = [_milliseconds(network, question, mine) for question in questions]
    bare = [_milliseconds(network, Search(), mine) for _number in range(15)]
    figures = {
        "people": float(people),
        "search_p50_ms": round(statistics.median(taken), 1),
        "search_p95_ms": round(statistics.quantiles(taken, n=20)[18], 1),
        "search_max_ms": round(max(taken), 1),
        "no_filter_p50_ms": round(statistics.median(bare), 1),
    }
    say(f"directory: {figures}")
    return figures


def _milliseconds(network: Network, question: Search, mine: DirectoryEntry) -> float:
    start = time.perf_counter()
    directory_page(network, question, mine=mine)
    return (time.perf_counter() - start) * 1000
