"""Territories like one's own."""

from typing import Any

import pytest
from django.urls import reverse

from mentoring.matching import reasons
from mentoring.queries.nearby import nearby, territory_with_traits
from mentoring.services.traits import refresh_traits
from peerhub.people.models import Network, Territory
from tests.builders import make_network
from tests.conftest import Browser
from tests.mentoring.builders import declare, make_listed, make_place

pytestmark = pytest.mark.django_db


def page(network: Network, query: str = "") -> str:
    return reverse("mentoring:nearby", args=[network.slug]) + query


def test_the_most_alike_come_first_with_who_is_there_and_why() -> None:
    network = make_network()
    feurs = make_place("Feurs", "Loire", 8000)
    boen, givors = make_place("Boën", "Loire", 7900), make_place("Givors", "Rhône", 7000)
    lyon, empty = make_place("Lyon", "Rhône", 520_000), make_place("Panissières", "Loire", 8000)
    refresh_traits()
    me = make_listed(network, territory=feurs)
    make_listed(network, territory=feurs)
    helper = make_listed(network, territory=boen)
    declare(helper.user, "cantine-bio-locale", can_help=True)
    for place in (boen, givors, lyon):
        make_listed(network, territory=place)
    make_listed(make_network(), territory=empty)
    found = nearby(me.user, network, territory_with_traits(feurs.pk))
    assert [(one.territory, one.people, one.helpers) for one in found] == [(boen, 2, 1), (givors, 1, 0)]
    assert [reason.code for reason in found[0].likeness.reasons] == [reasons.SAME_STRATUM, reasons.SAME_DEPARTEMENT]
    assert [reason.code for reason in found[1].likeness.reasons] == [reasons.SAME_STRATUM, reasons.SAME_REGION]


def test_mine_another_or_none(browser: Browser) -> None:
    network = make_network()
    feurs, boen = make_place("Feurs", "Loire"), make_place("Boën", "Loire")
    refresh_traits()
    me, nowhere = make_listed(network, territory=feurs), make_listed(network)
    browser.as_user(me.user)
    mine = browser.get(page(network))
    assert (mine.context["mine"], mine.context["is_own"], mine.context["found"]) == (feurs, True, [])
    other = browser.get(page(network, "?territoire=boën"))
    assert (other.context["mine"], other.context["is_own"]) == (boen, False)
    assert [one.territory for one, _number, _lines in other.context["found"]] == [feurs]
    assert browser.get(page(network, "?territoire=zzz")).status_code == 422
    assert browser.as_user(nowhere.user).get(page(network)).context["mine"] is None


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    me = make_listed(network, territory=make_place("Feurs", "Loire"))
    for index in range(number):
        make_listed(network, territory=make_place(f"Ville {index}", "Loire"))
    refresh_traits()
    browser.as_user(me.user).get(page(network))
    with django_assert_num_queries(NEARBY_QUERIES):
        assert len(browser.get(page(network)).context["found"]) == number
    assert Territory.objects.count() == number + 3


# The person, the network with my hat, my territory, the larger and the smaller ones, those, who is there; the shell:
# what is unread.
NEARBY_QUERIES = 8
