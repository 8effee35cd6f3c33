"""The official list: what is read, loaded, loaded again, and found."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from peerhub.people.enums import Stratum, TerritoryKind
from peerhub.people.models import Territory
from peerhub.people.queries import search_territories
from peerhub.people.territories import Loaded, load_territories, read_rows
from tests.builders import make_member, make_network

pytestmark = pytest.mark.django_db

COMMUNES: list[dict[str, Any]] = [
    {"code": "42218", "nom": "Saint-Étienne", "departement": "42", "region": "84", "zone": "metro",
     "type": "commune-actuelle", "codesPostaux": ["42000", "42100"], "population": 174000},
    {"code": "42103", "nom": "La Grand-Croix", "departement": "42", "region": "84", "zone": "metro",
     "type": "commune-actuelle", "codesPostaux": ["42320"], "population": 5000},
    {"code": "42104", "nom": "Ancienne", "departement": "42", "region": "84", "zone": "metro",
     "type": "commune-deleguee", "chefLieu": "42218"},
    {"code": "69123", "nom": "Lyon", "departement": "69", "region": "84", "zone": "metro",
     "type": "commune-actuelle", "codesPostaux": ["69001"], "population": 520000},
    {"code": "69381", "nom": "Lyon 1er Arrondissement", "departement": "69", "region": "84", "zone": "metro",
     "type": "arrondissement-municipal", "codesPostaux": ["69001"], "population": 29000, "commune": "69123"},
    {"code": "97501", "nom": "Miquelon-Langlade", "departement": "975", "region": "975", "zone": "com",
     "type": "commune-actuelle", "codesPostaux": ["97500"], "population": 450},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, COMMUNES)
    return tmp_path


def write(folder: Path, communes: list[dict[str, Any]]) -> None:
    files: dict[str, list[dict[str, Any]]] = {
        "regions.json": [
            {"code": "84", "nom": "Auvergne-Rhône-Alpes", "zone": "metro"},
            {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "zone": "com"},
        ],
        "departements.json": [
            {"code": "42", "nom": "Loire", "region": "84", "zone": "metro"},
            {"code": "69", "nom": "Rhône", "region": "84", "zone": "metro"},
            {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "region": "975", "zone": "com"},
        ],
        "epci.json": [
            {"code": "244200770", "nom": "Saint-Étienne Métropole", "populationMunicipale": 179000,
             "membres": [{"code": "42218", "populationMunicipale": 174000},
                         {"code": "42103", "populationMunicipale": 5000},
                         {"code": "69123", "populationMunicipale": 100}]},
        ],
        "communes.json": communes,
    }  # fmt: skip
    for name, entries in files.items():
        (folder / name).write_text(json.dumps(entries), encoding="utf-8")


def load(folder: Path) -> Loaded:
    return load_territories(folder, say=lambda _line: None)


def relatives(code: str) -> tuple[str, str, str]:
    territory = Territory.objects.select_related("parent", "grouping").get(code=code)
    return territory.kind, str(territory.parent), str(territory.grouping)


def test_a_load_links_each_territory_to_its_parent_and_grouping(folder: Path) -> None:
    assert load(folder) == Loaded(total=10, written=10, fresh=False)
    assert relatives("42218") == (TerritoryKind.COMMUNE, "Loire", "Saint-Étienne Métropole")
    assert relatives("244200770") == (TerritoryKind.EPCI, "Loire", "None")
    assert relatives("42") == (TerritoryKind.DEPARTEMENT, "Auvergne-Rhône-Alpes", "None")
    assert relatives("97501") == (TerritoryKind.COMMUNE, "Saint-Pierre-et-Miquelon", "None")
    assert relatives("975") == (TerritoryKind.COLLECTIVITY, "None", "None")
    assert relatives("69381") == (TerritoryKind.OTHER, "Lyon", "None")


def test_populations_are_summed_and_give_the_stratum(folder: Path) -> None:
    load(folder)
    found = dict(Territory.objects.values_list("code", "population"))
    assert (found["42"], found["69"], found["84"], found["975"]) == (179000, 520000, 699000, 450)
    assert Territory.objects.get(code="42103").stratum == Stratum.UNDER_10000


def test_a_delegated_commune_is_left_out(folder: Path) -> None:
    assert [row.code for row in read_rows(folder) if row.name == "Ancienne"] == []


def test_the_same_files_are_loaded_once(folder: Path) -> None:
    load(folder)
    assert load(folder) == Loaded(total=10, written=0, fresh=True)
    assert load_territories(folder, say=lambda _line: None, force=True) == Loaded(total=10, written=0, fresh=False)


def test_a_new_edition_updates_and_keeps_the_rows_that_others_refer_to(folder: Path) -> None:
    load(folder)
    before = Territory.objects.get(code="42103")
    member = make_member(make_network(), territory=before)
    changed = [dict(entry) for entry in COMMUNES if entry["code"] != "97501"]
    changed[1] |= {"nom": "Lorette-la-Grand-Croix", "population": 9000}
    write(folder, changed)
    loaded = load(folder)
    member.affiliation.refresh_from_db()
    territory = member.affiliation.territory
    assert territory is not None
    assert (territory.pk, territory.name, territory.name_folded, territory.population) == (
        before.pk,
        "Lorette-la-Grand-Croix",
        "lorette la grand croix",
        9000,
    )
    # The commune, its département and région (sums), and the collectivity that lost its only inhabitants.
    assert (loaded.total, loaded.written) == (9, 4)
    assert Territory.objects.filter(code="97501").exists()


def test_missing_files_are_one_clear_sentence(tmp_path: Path, settings: Any) -> None:
    settings.TERRITORIES_DIR = tmp_path
    with pytest.raises(CommandError, match=r"regions.json cannot be read .* set TERRITORIES_DIR"):
        call_command("load_territories")


EXPECTED = {
    "st etienne": "42218",
    "SAINT-ÉTIENNE": "42218",
    "l'haÿ": "94038",
    "villeneuve lot": "47323",
    "œuf": "62633",
    "42218": "42218",
    "42100": "42218",
    "2a": "2A",
    "faucigny glieres": "200000172",
    "loire": "42",
    "paris 11": "75111",
}


def test_search_finds_in_the_real_list() -> None:
    load_territories(settings.TERRITORIES_DIR, say=lambda _line: None)
    assert {words: search_territories(words)[0].code for words in EXPECTED} == EXPECTED


def test_search_takes_any_signs(folder: Path) -> None:
    load(folder)
    assert [t.code for t in search_territories("saint:* & (etienne) | '\\ !")] == ["42218", "244200770"]
    assert search_territories("%%") == []
    assert search_territories("s") == []


def test_search_is_one_query(folder: Path, django_assert_num_queries: Any) -> None:
    load(folder)
    with django_assert_num_queries(1):
        assert [str(t.parent) for t in search_territories("etienne")] == ["Loire", "Loire"]
