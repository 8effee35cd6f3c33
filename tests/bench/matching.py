"""Seeking peers among 100,000 people: how long it takes."""

import random
import statistics
import time
from typing import Any
from uuid import uuid4

from django.db import connection

from mentoring.models import Competence, DirectoryEntry, Need, TerritoryTraits
from mentoring.queries.suggestions import best_for
from mentoring.services.traits import refresh_traits
from tests.bench.directory import Say, fill


def run(people: int = 100_000, count: int = 60, say: Say = print) -> dict[str, Any]:
    """p50, p95 and worst, in milliseconds, of seeking peers for one need, everything included; alone."""
    network = fill(people, say)
    if not TerritoryTraits.objects.exists():
        refresh_traits()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE mentoring_territorytraits")
    dice = random.Random(17)
    leaves = list(Competence.objects.filter(parent__isnull=False, is_retired=False).order_by("pk"))
    entries = DirectoryEntry.objects.filter(network=network).order_by("pk").values_list("user", "territory")
    authors = [entries[dice.randrange(people)] for _number in range(count)]
    Need.objects.filter(network=network).delete()
    needs = Need.objects.bulk_create(
        [
            Need(
                network=network,
                author_id=user,
                territory_id=territory,
                competence=dice.choice(leaves),
                title="Besoin",
                token=uuid4(),
            )
            for user, territory in authors
        ]
    )
    rows = Need.objects.select_related("network", "author", "competence", "territory__traits")
    asked = list(rows.filter(pk__in=[need.pk for need in needs]).order_by("pk"))
    for need in asked[:5]:
        best_for(need, limit=5)
    taken, found = [], []
    for need in asked:
        start = time.perf_counter()
        found.append(len(best_for(need, limit=5)))
        taken.append((time.perf_counter() - start) * 1000)
    figures = {
        "people": float(people),
        "p50_ms": round(statistics.median(taken), 1),
        "p95_ms": round(statistics.quantiles(taken, n=20)[18], 1),
        "max_ms": round(max(taken), 1),
        "proposed": round(statistics.mean(found), 2),
    }
    say(f"matching: {figures}")
    return figures
