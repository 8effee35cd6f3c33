"""The tree of competences: loading it, finding in it by words."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override

from mentoring.directory import matching_competences
from mentoring.enums import Level
from mentoring.models import Competence
from mentoring.queries.competences import tree
from mentoring.services.declarations import declare_competence
from mentoring.services.tree import FILE, load_competences
from tests.builders import make_network
from tests.mentoring.builders import competence, declare, entry, make_listed

pytestmark = pytest.mark.django_db

SMALL: list[dict[str, Any]] = [
    {"slug": "eau", "fr": "Eau", "en": "Water", "children": [
        {"slug": "captages", "fr": "Protéger un captage", "en": "Protect a spring", "synonyms_fr": ["nappe", "puits"]},
        {"slug": "fuites", "fr": "Réduire les fuites", "en": "Cut leaks"},
    ]},
    {"slug": "velo", "fr": "Vélo", "en": "Cycling"},
]  # fmt: skip


def write(path: Path, entries: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def paths() -> dict[str, list[str]]:
    slugs = dict(Competence.objects.values_list("pk", "slug"))
    return {one.slug: [slugs[pk] for pk in one.path] for one in Competence.objects.all()}


def test_the_file_becomes_a_tree(tmp_path: Path) -> None:
    assert load_competences(write(tmp_path / "c.json", SMALL)) == 4
    assert paths() == {"eau": ["eau"], "captages": ["eau", "captages"], "fuites": ["eau", "fuites"], "velo": ["velo"]}
    assert [one.slug for one in tree()] == ["eau", "captages", "fuites", "velo"]


def test_loading_again_changes_nothing_and_costs_one_query(tmp_path: Path, django_assert_num_queries: Any) -> None:
    file = write(tmp_path / "c.json", SMALL)
    load_competences(file)
    with django_assert_num_queries(3):  # savepoint, the edition, release
        assert load_competences(file) == 0
    assert load_competences(file, force=True) == 0


def test_a_new_edition_moves_renames_and_retires_and_what_was_declared_follows(tmp_path: Path) -> None:
    load_competences(write(tmp_path / "c.json", SMALL))
    member = make_listed(make_network())
    captages = Competence.objects.get(slug="captages")
    declare_competence(user=member.user, competence=captages, level=Level.PRACTISED, can_help=True)
    changed = [{"slug": "velo", "fr": "Le vélo", "en": "Cycling", "children": SMALL[0]["children"][:1]}]
    assert load_competences(write(tmp_path / "c.json", changed)) == 4
    assert paths()["captages"] == ["velo", "captages"]
    assert set(Competence.objects.filter(is_retired=True).values_list("slug", flat=True)) == {"eau", "fuites"}
    # The bit of a family is its own, also of one that is offered no more.
    families = Competence.objects.filter(parent__isnull=True)
    assert dict(families.values_list("slug", "position")) == {"eau": 0, "velo": 1}
    assert entry(member).competences == sorted([Competence.objects.get(slug="velo").pk, captages.pk])
    assert load_competences(write(tmp_path / "c.json", SMALL)) == 4
    assert not Competence.objects.filter(is_retired=True).exists()


def test_the_real_tree_is_whole() -> None:
    load_competences()
    found = tree()
    assert len(found) == len({one.slug for one in found}) >= 120
    assert all(one.name_fr and one.name_en for one in found)
    assert max(len(one.path) for one in found) == 2
    assert len([one for one in found if one.parent_id is None]) <= 62


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("egalim", ["cantine-bio-locale"]),
        ("Cantines bios", ["cantine-bio-locale", "gaspillage-alimentaire"]),
        ("school meal", ["cantine-bio-locale"]),
        ("antigaspi", ["gaspillage-alimentaire"]),
        ("zzz", []),
        ("a", []),
        ("", []),
        ("%' & !", []),
    ],
)
def test_words_and_synonyms_find_competences(words: str, expected: list[str]) -> None:
    load_competences()
    assert [one.slug for one in matching_competences(words, tree()) if one.parent_id] == expected


def test_names_follow_the_language() -> None:
    one = competence("gaspillage-alimentaire")
    assert str(one) == "Réduire le gaspillage alimentaire"
    with override("en"):
        assert (str(one), one.synonyms) == ("Cut food waste", ["food waste", "leftovers"])


def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("load_competences", stdout=out)
    call_command("load_competences", stdout=out)
    number = len(json.loads(FILE.read_text()))
    first, second = out.getvalue().splitlines()
    assert first == f"Competences: {Competence.objects.count()} new or changed."
    assert second == "Competences: up to date."
    assert Competence.objects.filter(parent=None).count() == number


def test_declaring_a_branch_is_refused() -> None:
    member = make_listed(make_network())
    with pytest.raises(Exception, match="Choisissez une compétence précise"):
        declare(member.user, "alimentation-agriculture")
