"""What territories are compared by, made of the official list in one statement."""

from hashlib import sha256
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from mentoring.services.directory import refresh_entries
from peerhub.people.models import Edition, Territory
from peerhub.people.territories import SUBJECT, TerritoriesMissing, load_territories

TRAITS = "territory traits"

# A grouping says its legal kind in its name, and only métropoles do without: « CC Faucigny - Glières ».
_TRUTH = """
WITH chain AS (
  SELECT t.id, t.kind, t.code, t.population,
    CASE WHEN t.kind = 'epci' THEN t.id ELSE coalesce(t.grouping_id, t1.grouping_id) END AS grouping_id,
    CASE WHEN t.kind IN ('departement', 'collectivity') THEN t.id
         WHEN t1.kind IN ('departement', 'collectivity') THEN t1.id
         WHEN t2.kind IN ('departement', 'collectivity') THEN t2.id END AS departement_id,
    CASE WHEN t.kind = 'region' THEN t.id WHEN t1.kind = 'region' THEN t1.id
         WHEN t2.kind = 'region' THEN t2.id WHEN t3.kind = 'region' THEN t3.id END AS region_id
  FROM people_territory t
  LEFT JOIN people_territory t1 ON t1.id = t.parent_id
  LEFT JOIN people_territory t2 ON t2.id = t1.parent_id
  LEFT JOIN people_territory t3 ON t3.id = t2.parent_id
), rural AS (
  SELECT wide.id, round(100.0 * sum(c.population) FILTER (WHERE c.population < 2000) / sum(c.population)) AS percent
  FROM people_territory c
  CROSS JOIN LATERAL (VALUES (c.grouping_id), (c.parent_id)) AS wide (id)
  WHERE c.kind = 'commune' AND c.population > 0 AND wide.id IS NOT NULL
  GROUP BY wide.id
)
SELECT chain.id AS territory_id, chain.population,
  CASE WHEN g.id IS NULL THEN '' WHEN g.name LIKE 'CC %' THEN 'cc' WHEN g.name LIKE 'CA %' THEN 'ca'
       WHEN g.name LIKE 'CU %' THEN 'cu' ELSE 'metropole' END AS grouping_kind,
  coalesce(
    CASE WHEN chain.grouping_id IS NULL AND chain.kind NOT IN ('commune', 'other', 'region') THEN own.percent
         WHEN chain.grouping_id IS NOT NULL THEN coalesce(r.percent, 0) END,
    CASE WHEN own.id IS NOT NULL THEN 0 END) AS rural_percent,
  chain.departement_id, chain.region_id,
  coalesce(d.kind = 'collectivity' OR d.code ~ '^9[78]', false)
    OR chain.kind = 'region' AND chain.code IN ('01', '02', '03', '04', '06') AS is_overseas
FROM chain
LEFT JOIN people_territory g ON g.id = chain.grouping_id
LEFT JOIN people_territory d ON d.id = chain.departement_id
LEFT JOIN rural r ON r.id = chain.grouping_id
LEFT JOIN rural own ON own.id = chain.id
"""
_COLUMNS = ("population", "grouping_kind", "rural_percent", "departement_id", "region_id", "is_overseas")


def bring_territories(folder: Path) -> int:
    """Bring the official list of this release, and what follows from it: what territories are compared by, and the
    places that the directory copies. Returns how many rows were written; the same release again costs two queries.

    Without its files the list that is there is kept; raises `TerritoriesMissing` where there is none.
    """
    try:
        written = load_territories(folder, say=lambda _line: None).written
    except TerritoriesMissing:
        if not Territory.objects.exists():
            raise
        written = 0
    if written:
        refresh_entries("all")
    return written + ensure_traits()


@transaction.atomic
def ensure_traits() -> int:
    """`refresh_traits`, where the official list, or how we compare, is another than the last time."""
    listed = Edition.objects.filter(subject=SUBJECT).values_list("digest", flat=True).first()
    digest = sha256(f"{listed}{_TRUTH}".encode()).hexdigest()
    if Edition.objects.filter(subject=TRAITS, digest=digest).exists():
        return 0
    written = refresh_traits()
    defaults = {"digest": digest, "row_count": Territory.objects.count(), "loaded_at": timezone.now()}
    Edition.objects.update_or_create(subject=TRAITS, defaults=defaults)
    return written


@transaction.atomic
def refresh_traits() -> int:
    """Make the traits of every territory say what the official list says; returns how many rows were wrong."""
    names = ", ".join(_COLUMNS)
    updates = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
    old, new = (", ".join(f"{row}.{name}" for name in _COLUMNS) for row in ("t", "excluded"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO mentoring_territorytraits AS t (territory_id, {names}) "  # noqa: S608
            f"SELECT territory_id, {names} FROM ({_TRUTH.replace('%', '%')}) AS truth "
            f"ON CONFLICT (territory_id) DO UPDATE SET {updates} WHERE ({old}) IS DISTINCT FROM ({new})"
        )
        return int(cursor.rowcount)
