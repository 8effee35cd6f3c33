from datetime import timedelta

import pytest
import vobject
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from peerhub.people.enums import MembershipStatus
from peerhub.people.services.memberships import deactivate_user, end_membership
from sessions.models import CalendarFeed, PeerSession
from sessions.queries import sessions as queries
from sessions.services.feeds import open_feed, renew_feed, revoke_feed, token_of
from sessions.services.registration import withdraw
from sessions.services.scheduling import cancel_session
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db


def summaries(browser: Browser, token: str) -> list[str]:
    response = browser.get(reverse("sessions:feed", args=[token]))
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = vobject.readOne(response.content.decode())
    return [event.summary.value for event in getattr(calendar, "vevent_list", [])]


def test_the_address_holds_the_sessions_of_ones_seats_alone(browser: Browser) -> None:
    network = make_network()
    mine = make_session(network, title="La mienne")
    make_session(network, title="Sans moi")
    user = make_registration(mine).user
    token = open_feed(user=user)
    assert summaries(browser, token) == ["La mienne"]


def test_the_address_follows_what_one_may_see_now(browser: Browser) -> None:
    network = make_network(name="Réseau des pairs")
    secret = make_session(network, circle=confidential_circle(network), title="CANARI")
    registration = make_registration(secret, make_member(network, category="elected").user)
    token = open_feed(user=registration.user)
    assert summaries(browser, token) == ["Séance confidentielle · Réseau des pairs"]
    end_membership(membership=network.memberships.get(user=registration.user), status=MembershipStatus.SUSPENDED)
    assert summaries(browser, token) == []


def test_a_closed_account_and_a_withdrawal_empty_the_address(browser: Browser) -> None:
    session = make_session()
    one, other = make_registration(session), make_registration(session)
    tokens = [open_feed(user=registration.user) for registration in (one, other)]
    assert [len(summaries(browser, token)) for token in tokens] == [1, 1]
    withdraw(user=one.user, session=session)
    deactivate_user(user=other.user)
    assert [len(summaries(browser, token)) for token in tokens] == [0, 0]


def test_what_was_cancelled_stays_thirty_days_and_what_is_over_ninety(browser: Browser) -> None:
    network = make_network()
    cancelled = make_session(network, title="Annulée")
    past = make_past_session(network, days=1, title="Passée")
    user = make_registration(cancelled).user
    PeerSession.objects.filter(pk=past.pk).update(registered_count=1)
    past.registrations.create(user=user, affiliation=user.affiliations.get())
    cancel_session(actor=animator_of(network), session=cancelled)
    assert [one.pk for one in queries.feed_sessions(user)] == [past.pk, cancelled.pk]
    assert summaries(browser, open_feed(user=user)) == ["Passée", "Annulée"]
    later = timezone.now() + timedelta(days=31)
    assert [one.pk for one in queries.feed_sessions(user, later)] == [past.pk]
    assert queries.feed_sessions(user, timezone.now() + timedelta(days=92)) == []


def test_a_program_that_knows_the_etag_is_answered_304(browser: Browser) -> None:
    session = make_session()
    user = make_registration(session).user
    url = reverse("sessions:feed", args=[open_feed(user=user)])
    first = browser.get(url)
    again = browser.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    PeerSession.objects.filter(pk=session.pk).update(title="Autre titre", updated_at=timezone.now())
    changed = browser.get(url, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "Autre titre" in changed.content.decode()


def test_a_title_keeps_its_spaces_and_turns_no_text_around(browser: Browser) -> None:
    session = make_session(title=" Coopérer\u202f: \u202eoù\nen êtes-vous\u00a0? ")
    assert session.title == "Coopérer\u202f: où en êtes-vous\u00a0?"
    assert summaries(browser, open_feed(user=make_registration(session).user)) == [session.title]


def test_the_secret_is_not_in_the_database_and_can_be_shown_again() -> None:
    user = make_user()
    token = open_feed(user=user)
    feed = CalendarFeed.objects.get(user=user)
    assert open_feed(user=user) == token
    assert token_of(feed) == token
    assert token not in {feed.token_hash, feed.nonce.hex, str(feed.nonce)}


def test_a_new_secret_key_keeps_the_address_and_an_old_one_still_shows_it() -> None:
    user = make_user()
    token = open_feed(user=user)
    feed = CalendarFeed.objects.get(user=user)
    from django.conf import settings  # noqa: PLC0415

    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert token_of(feed) == token
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[]):
        assert token_of(feed) is None
        assert queries.feed_of_token(token) == feed


def test_renewing_and_revoking_end_the_old_address(browser: Browser) -> None:
    user = make_user()
    old = open_feed(user=user)
    new = renew_feed(user=user)
    assert browser.get(reverse("sessions:feed", args=[old])).status_code == 404
    assert summaries(browser, new) == []
    assert (revoke_feed(user=user), revoke_feed(user=user)) == (True, False)
    assert browser.get(reverse("sessions:feed", args=[new])).status_code == 404


def test_the_page_gives_renews_and_closes_the_address(browser: Browser) -> None:
    user = make_user()
    browser.as_user(user)
    assert "Créer mon adresse" in browser.get(reverse("sessions:feed-page")).content.decode()
    browser.post(reverse("sessions:feed-open"))
    first = open_feed(user=user)
    page = browser.get(reverse("sessions:feed-page"))
    assert f"/agenda/{first}.ics" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    browser.post(reverse("sessions:feed-open"), {"renew": "1"})
    assert open_feed(user=user) != first
    browser.post(reverse("sessions:feed-revoke"))
    assert not CalendarFeed.objects.exists()
