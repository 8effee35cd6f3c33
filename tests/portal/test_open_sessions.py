"""The sessions that the first page shows to everyone, and those that it never shows."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from peerhub.people.services.circles import public_circle
from sessions.models import PeerSession
from sessions.queries.sessions import OPEN_SHOWN
from sessions.services.scheduling import cancel_session
from tests.builders import make_network
from tests.conftest import Browser
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_a_visitor_finds_the_next_sessions_that_are_open_to_everyone(
    count: int, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        network = make_network(name=f"Réseau {number}", is_public=True)
        session = make_session(network, circle=public_circle(), title=f"Portes ouvertes {number}")
        make_registration(session, given_name="Jeanne", family_name="Inscrite")
    browser.get("/")
    with django_assert_num_queries(2):
        page = browser.get("/").text
    assert [page.count(f"Portes ouvertes {number}") for number in range(count)] == [1] * count
    assert page.count(f'href="{session.get_absolute_url()}"') == 1
    assert ("heure de Paris" in page, "Jeanne" in page) == (True, False)


def test_what_is_not_open_to_everyone_or_not_to_come_is_not_there(browser: Browser) -> None:
    network, discreet = make_network(is_public=True), make_network(name="Discret", is_public=False)
    make_session(network, title="La seule", circle=public_circle())
    make_session(network, title="Entre membres")
    make_session(network, title="En confiance", circle=confidential_circle(network))
    make_session(discreet, title="Chez les discrets", circle=public_circle())
    make_past_session(network, title="Déjà passée", circle=public_circle())
    cancelled = make_session(network, title="Annulée", circle=public_circle())
    cancel_session(actor=animator_of(network), session=cancelled)
    page = browser.get("/").text
    wanted = ("La seule", "Entre membres", "En confiance", "Chez les discrets", "Déjà passée", "Annulée", "Discret")
    assert [title for title in wanted if title in page] == ["La seule"]


def test_no_more_than_a_few_the_soonest_first(browser: Browser) -> None:
    network = make_network(is_public=True)
    soon = timezone.now() + timedelta(days=2)
    for number in reversed(range(OPEN_SHOWN + 2)):
        make_session(
            network, title=f"Atelier n° {number}", circle=public_circle(), starts_at=soon + timedelta(days=number)
        )
    page = browser.get("/").text
    assert [number for number in range(OPEN_SHOWN + 2) if f"Atelier n° {number}" in page] == list(range(OPEN_SHOWN))
    PeerSession.objects.all().delete()
    assert "ouvertes à tout le monde" not in browser.get("/").text
