"""How a find is written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from forums.hits import hit_html
from forums.queries.search import Hit
from peerhub.ui.times import reader_now

PLAIN: dict[str, Any] = {
    "topic_id": 1, "kind": "discussion", "title": "\ue000Navette\ue001 <b>", "excerpt": "La \ue000navette\ue001 & bac",
    "url": "/sujets/1/navette/", "number": 1, "forum_title": "Mobilités", "network_name": "Réseau <A>",
    "author_given_name": "Ada", "author_family_name": "Le Goff", "category_slug": None, "category_fr": None,
    "category_en": None, "territory_name": None, "written_at": datetime(2025, 3, 2, tzinfo=UTC), "post_count": 1,
    "is_solved": False, "is_accepted": False, "tried_count": 0, "is_confidential": False,
}  # fmt: skip


def written(*, shows_network: bool = False, **changes: Any) -> str:
    return str(hit_html(Hit(**(PLAIN | changes)), reader_now(), shows_network=shows_network))


def test_what_was_typed_is_escaped_and_marks_are_kept() -> None:
    html = written(shows_network=True, author_family_name="<i>", territory_name="A & B", forum_title="Eau <vive>")
    assert '<span class="strong">Ada &lt;i&gt;</span> · A &amp; B · ' in html
    assert " · Eau &lt;vive&gt; · " in html
    assert '<a href="/sujets/1/navette/"><mark>Navette</mark> &lt;b&gt;</a>' in html
    assert "La <mark>navette</mark> &amp; bac" in html
    assert " · Réseau &lt;A&gt;</p>" in html
    assert "Réseau" not in written()


@dataclass(frozen=True)
class Said:
    changes: dict[str, Any]
    words: str


@pytest.mark.parametrize(
    "said",
    [
        Said({"is_confidential": True}, "Confidentiel"),
        Said({"kind": "report"}, "Retour d’expérience"),
        Said({"kind": "announcement"}, "Annonce"),
        Said({"kind": "question"}, "Attend une première réponse"),
        Said({"is_solved": True}, "Réponse retenue"),
        Said({"is_solved": True, "is_accepted": True}, "C’est la réponse retenue"),
        Said({"tried_count": 2}, "essayé par 2 personnes · "),
        Said({"post_count": 3}, "2 réponses"),
        Said({"category_slug": "elu", "category_fr": "élu·e", "territory_name": "Épiniac"}, "Élu·e</span> · Épiniac"),
    ],
    ids=lambda said: said.words,
)
def test_a_find_says_what_it_is(said: Said) -> None:
    assert said.words in written(**said.changes)
    assert said.words not in written()
