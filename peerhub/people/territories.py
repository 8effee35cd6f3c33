"""The official list of territories, brought from the files of `@etalab/decoupage-administratif` into `Territory`."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from peerhub.people.enums import TerritoryKind
from peerhub.people.folding import fold_name
from peerhub.people.models import Edition

FILES = ("regions.json", "departements.json", "epci.json", "communes.json")
SUBJECT = "territories"
# Part of the digest: raise it when the rows made from the same files change.
LOADER = "1"

Say = Callable[[str], None]
Json = dict[str, Any]


class TerritoriesMissing(Exception):
    """The files of the official list are not where they should be; the message says where."""


@dataclass
class Row:
    """A territory as it is in the files; its relatives are named by (kind, code)."""

    kind: TerritoryKind
    code: str
    name: str
    population: int | None = None
    parent: tuple[TerritoryKind, str] | None = None
    grouping: str | None = None
    postcodes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """How a load went: rows in the files, rows written (new or changed); `fresh` when there was nothing to do."""

    total: int
    written: int
    fresh: bool


def load_territories(folder: Path, *, say: Say, force: bool = False) -> Loaded:
    """Make `Territory` say what the files say; rows keep their ids, so whoever refers to them is undisturbed.

    A territory that has left the official list stays: people and organisations may refer to it. Raises
    `TerritoriesMissing`.
    """
    digest = digest_of(folder)
    edition = Edition.objects.filter(subject=SUBJECT).first()
    if edition and edition.digest == digest and not force:
        say("Territories: up to date.")
        return Loaded(total=edition.row_count, written=0, fresh=True)
    say("Territories: reading the official list...")
    rows = read_rows(folder)
    say(f"Territories: writing {len(rows):,} of them...")
    with transaction.atomic():
        written = _write(rows)
        Edition.objects.update_or_create(
            subject=SUBJECT, defaults={"digest": digest, "row_count": len(rows), "loaded_at": timezone.now()}
        )
    say(f"Territories: {written:,} new or changed.")
    return Loaded(total=len(rows), written=written, fresh=False)


def digest_of(folder: Path) -> str:
    """What identifies an edition of the list: the bytes of its files, and how we read them."""
    digest = hashlib.sha256(LOADER.encode())
    for name in FILES:
        try:
            digest.update((folder / name).read_bytes())
        except OSError as error:
            raise TerritoriesMissing(
                f"{folder / name} cannot be read ({error.strerror}). Run `npm ci`, or set TERRITORIES_DIR."
            ) from error
    return digest.hexdigest()


def read_rows(folder: Path) -> list[Row]:
    """Every territory of the files, those that others refer to first."""
    regions, departements, epcis, communes = (_json(folder / name) for name in FILES)
    current = [entry for entry in communes if entry["type"] == "commune-actuelle"]
    groupings = {member["code"]: entry["code"] for entry in epcis for member in entry["membres"]}
    kinds = {entry["code"]: _departement_kind(entry) for entry in departements}
    return [
        *_regions(regions, current),
        *_departements(departements, current),
        *_epcis(epcis, current, kinds),
        *(_commune(entry, kinds, groupings) for entry in current),
        *_arrondissements(communes),
    ]


def _json(path: Path) -> list[Json]:
    entries: list[Json] = json.loads(path.read_bytes())
    return entries


def _sums(communes: Iterable[Json], key: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for entry in communes:
        if entry.get("population") is not None:
            sums[entry[key]] += entry["population"]
    return sums


def _departement_kind(entry: Json) -> TerritoryKind:
    return TerritoryKind.COLLECTIVITY if entry["zone"] == "com" else TerritoryKind.DEPARTEMENT


def _regions(entries: list[Json], communes: list[Json]) -> Iterator[Row]:
    """Those of the overseas collectivities are left out: they repeat the collectivity itself."""
    population = _sums(communes, "region")
    for entry in entries:
        if entry["zone"] != "com":
            yield Row(TerritoryKind.REGION, entry["code"], entry["nom"], population.get(entry["code"]))


def _departements(entries: list[Json], communes: list[Json]) -> Iterator[Row]:
    population = _sums(communes, "departement")
    for entry in entries:
        kind = _departement_kind(entry)
        parent = None if kind == TerritoryKind.COLLECTIVITY else (TerritoryKind.REGION, entry["region"])
        yield Row(kind, entry["code"], entry["nom"], population.get(entry["code"]), parent)


def _epcis(entries: list[Json], communes: list[Json], kinds: dict[str, TerritoryKind]) -> Iterator[Row]:
    """A grouping may lie in several départements: its parent is the one where most of its inhabitants live."""
    home = {entry["code"]: entry["departement"] for entry in communes}
    for entry in entries:
        weights: dict[str, int] = defaultdict(int)
        for member in entry["membres"]:
            if member["code"] in home:
                weights[home[member["code"]]] += member.get("populationMunicipale") or 1
        departement = max(sorted(weights), key=lambda code: weights[code], default=None)
        parent = (kinds[departement], departement) if departement else None
        yield Row(TerritoryKind.EPCI, entry["code"], entry["nom"], entry.get("populationMunicipale"), parent)


def _commune(entry: Json, kinds: dict[str, TerritoryKind], groupings: dict[str, str]) -> Row:
    return Row(
        TerritoryKind.COMMUNE,
        entry["code"],
        entry["nom"],
        entry.get("population"),
        (kinds[entry["departement"]], entry["departement"]),
        groupings.get(entry["code"]),
        entry.get("codesPostaux", []),
    )


def _arrondissements(communes: list[Json]) -> Iterator[Row]:
    """Paris, Lyon and Marseille have town halls of arrondissement. They stand under their commune, so they are no
    communes of the département; and they leave the postcode to it, so that a postcode finds one answer."""
    for entry in communes:
        if entry["type"] == "arrondissement-municipal":
            parent = (TerritoryKind.COMMUNE, entry["commune"])
            yield Row(TerritoryKind.OTHER, entry["code"], entry["nom"], entry.get("population"), parent)


STAGE = """
CREATE TEMPORARY TABLE territory_stage (
  kind text, code text, name text, name_folded text, population integer,
  parent_kind text, parent_code text, grouping_code text, postcodes text[]
) ON COMMIT DROP
"""
UPSERT = """
INSERT INTO people_territory AS t (kind, code, name, name_folded, population, parent_id, grouping_id, postcodes)
SELECT s.kind, s.code, s.name, s.name_folded, s.population, parent.id, epci.id, s.postcodes
FROM territory_stage s
LEFT JOIN people_territory parent ON parent.kind = s.parent_kind AND parent.code = s.parent_code
LEFT JOIN people_territory epci ON epci.kind = 'epci' AND epci.code = s.grouping_code
WHERE s.kind = %s
ON CONFLICT (kind, code) DO UPDATE SET
  name = excluded.name, name_folded = excluded.name_folded, population = excluded.population,
  parent_id = excluded.parent_id, grouping_id = excluded.grouping_id, postcodes = excluded.postcodes
WHERE (t.name, t.name_folded, t.population, t.parent_id, t.grouping_id, t.postcodes) IS DISTINCT FROM
  (excluded.name, excluded.name_folded, excluded.population, excluded.parent_id, excluded.grouping_id,
   excluded.postcodes)
"""
# Parents before children: each statement finds the ids of the one before.
ORDER = (
    TerritoryKind.REGION,
    TerritoryKind.DEPARTEMENT,
    TerritoryKind.COLLECTIVITY,
    TerritoryKind.EPCI,
    TerritoryKind.COMMUNE,
    TerritoryKind.OTHER,
)


def _write(rows: list[Row]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy("COPY territory_stage FROM STDIN") as copy:
            for row in rows:
                parent_kind, parent_code = row.parent or (None, None)
                copy.write_row(
                    (
                        row.kind.value, row.code, row.name, fold_name(row.name), row.population,
                        parent_kind and parent_kind.value, parent_code, row.grouping, row.postcodes,
                    )
                )  # fmt: skip
        cursor.execute("ANALYZE territory_stage")
        written = 0
        for kind in ORDER:
            cursor.execute(UPSERT, [kind.value])
            written += cursor.rowcount
        cursor.execute("DROP TABLE territory_stage")
        if written:
            cursor.execute("ANALYZE people_territory")
    return written
