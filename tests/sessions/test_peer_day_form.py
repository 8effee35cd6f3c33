"""The form of a peer day says what it asks for."""

import pytest

from sessions.enums import DayPattern
from sessions.programme_forms import PeerDayForm

pytestmark = pytest.mark.django_db

OPTIONAL = "facultatif"


@pytest.mark.parametrize("pattern", [DayPattern.PARALLEL, DayPattern.SUCCESSIVE])
def test_a_day_of_categories_asks_for_one(pattern: str) -> None:
    form = PeerDayForm({"on": "2027-03-04", "pattern": pattern})
    assert form.errors["categories"] == ["Choisissez au moins une catégorie."]
    assert OPTIONAL not in form["categories"].as_field_group()


def test_an_agora_alone_needs_none() -> None:
    form = PeerDayForm({"on": "2027-03-04", "pattern": DayPattern.AGORA})
    assert "categories" not in form.errors
    assert OPTIONAL in form["categories"].as_field_group()


def test_nothing_said_yet_it_asks_for_categories() -> None:
    assert OPTIONAL not in PeerDayForm()["categories"].as_field_group()
