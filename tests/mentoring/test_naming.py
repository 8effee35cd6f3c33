"""Which competences a sentence names: as people write it, not as the tree words it."""

import pytest

from mentoring.naming import named_in
from mentoring.queries.competences import tree
from mentoring.services.tree import load_competences

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sentence", "slugs"),
    [
        ("Un jardin partagé sur un terrain communal", {"jardins-partages"}),
        ("Ouvrir un tiers-lieu dans une ancienne gare, sans y passer mes nuits", {"ouvrir-tiers-lieu"}),
        ("Notre premier budget participatif", {"budget-participatif"}),
        ("Un covoiturage entre nos villages", {"covoiturage"}),
        ("We would like community gardens behind the station", {"jardins-partages"}),
        ("Une fête pour l’école et l’association de la commune", set()),
    ],
)
def test_what_a_sentence_names(sentence: str, slugs: set[str]) -> None:
    load_competences()
    named = named_in(sentence, tree())
    assert {one.slug for one in tree() if one.pk in named} == slugs
