import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerhub.people.models import Circle, Network, User
from peerhub.people.services.circles import public_circle
from sessions.models import PeerSession, SessionSeries
from sessions.policies.series import can_see_series
from sessions.queries.series import place_in_series, series_page
from sessions.recurrence import local_of, weekly
from tests.builders import make_animator, make_member, make_network, make_user
from tests.conftest import Browser
from tests.pages import text_of
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_registration,
    make_session,
    network_circle,
)
from tests.sessions.series_builders import ZONE, dates_of_series, make_series, next_tuesday
from tests.sessions.test_pages import queries_of

pytestmark = pytest.mark.django_db


def posted(network: Network, **more: Any) -> dict[str, Any]:
    """The form of a new session as a browser posts it."""
    day = next_tuesday().date()
    return {
        "title": "Le café du mardi",
        "format": "peer_group",
        "circle": network_circle(network).pk,
        "starts_on": day.isoformat(),
        "starts_time": "12:30",
        "ends_time": "13:30",
        "time_zone": ZONE,
        "reminder_minutes": ["1440", "60"],
        "repeat": "fortnightly",
        "times": "3",
        **more,
    }


def seen_in(response: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', response.content.decode())
    assert found
    return found[1]


# --- Creating ------------------------------------------------------------------------------------------------------


def test_the_dates_are_shown_before_they_are_made(browser: Browser) -> None:
    network = make_network()
    browser.as_user(animator_of(network))
    url = reverse("sessions:session-create", args=[network.slug])
    response = browser.post(url, posted(network))
    assert (response.status_code, PeerSession.objects.count()) == (200, 0)
    text = text_of(response)
    first = next_tuesday().date()
    assert "Toutes les deux semaines, le mardi, 3 fois" in text
    assert text.count("à 12 h 30") == 3
    assert "Annoncer les 3 séances" in text
    # Another end than the one that was shown is shown first.
    again = browser.post(url, posted(network, times="4", seen=seen_in(response)))
    assert (again.status_code, PeerSession.objects.count()) == (200, 0)
    done = browser.post(url, posted(network, seen=seen_in(response)))
    series = SessionSeries.objects.get()
    assert (done.status_code, done["Location"]) == (303, f"/series/{series.pk}/")
    days = [local_of(one.starts_at, ZONE) for one in dates_of_series(series)]
    assert [(one.date(), f"{one:%H:%M}") for one in days] == [
        (first + timedelta(weeks=2 * n), "12:30") for n in range(3)
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"times": ""}, "Dites quand cela finit"),
        ({"until": "2031-01-01"}, "L’un ou l’autre"),
        ({"repeat": "days"}, "Choisissez au moins un jour."),
        ({"times": "53"}, "52"),
        ({"times": "", "until": "2026-01-01"}, "deux dates"),
        ({"repeat": "weekly", "times": "", "until": "2031-01-01"}, "52 dates au plus"),
        ({"repeat": "daily"}, "Sélectionnez un choix valide"),
    ],
)
def test_a_rhythm_that_is_none_is_refused_with_a_sentence(browser: Browser, more: dict[str, str], words: str) -> None:
    network = make_network()
    browser.as_user(animator_of(network))
    response = browser.post(reverse("sessions:session-create", args=[network.slug]), posted(network, **more))
    assert (response.status_code, words in text_of(response)) == (422, True)
    assert PeerSession.objects.count() == 0


def test_one_date_is_made_at_once(browser: Browser) -> None:
    network = make_network()
    browser.as_user(animator_of(network))
    values = posted(network, repeat="", times="", preview="1")
    response = browser.post(reverse("sessions:session-create", args=[network.slug]), values)
    session = PeerSession.objects.get()
    assert (response.status_code, response["Location"], session.series) == (303, session.get_absolute_url(), None)


# --- Changing and calling off --------------------------------------------------------------------------------------


def edit_values(session: PeerSession, **more: str) -> dict[str, Any]:
    starts_at, ends_at = (local_of(one, session.time_zone) for one in (session.starts_at, session.ends_at))
    return {
        "title": session.title,
        "format": session.format,
        "starts_on": starts_at.date().isoformat(),
        "starts_time": f"{starts_at:%H:%M}",
        "ends_time": f"{ends_at:%H:%M}",
        "time_zone": session.time_zone,
        "reminder_minutes": [str(one) for one in session.reminder_minutes],
        **more,
    }


@pytest.mark.parametrize(
    ("scope", "hours"),
    [
        ("one", ["14:00", "15:00", "14:00", "14:00"]),
        ("following", ["14:00", "15:00", "15:00", "15:00"]),
        ("all", ["15:00"] * 4),
    ],
)
def test_the_form_of_a_date_asks_how_far_it_reaches(browser: Browser, scope: str, hours: list[str]) -> None:
    series = make_series()
    session = dates_of_series(series)[1]
    browser.as_user(animator_of(series.network))
    url = reverse("sessions:session-edit", args=[session.pk])
    assert "Cette date et les suivantes" in text_of(browser.get(url))
    values = edit_values(session, starts_time="15:00", ends_time="17:00")
    assert browser.post(url, values).status_code == 422
    response = browser.post(url, {**values, "scope": scope})
    assert (response.status_code, response["Location"]) == (303, session.get_absolute_url())
    after = PeerSession.objects.filter(network=series.network).order_by("starts_at")
    assert [f"{local_of(one.starts_at, ZONE):%H:%M}" for one in after] == hours


def test_a_date_without_a_series_or_outside_of_its_rule_asks_nothing(browser: Browser) -> None:
    network = make_network()
    loose = dates_of_series(make_series(network))[0]
    PeerSession.objects.filter(pk=loose.pk).update(occurs_at=None)
    browser.as_user(animator_of(network))
    for session in (make_session(network), loose):
        assert "les suivantes" not in text_of(browser.get(reverse("sessions:session-edit", args=[session.pk])))
        response = browser.post(reverse("sessions:session-cancel", args=[session.pk]), {"reason": ""})
        assert response.status_code == 303


def test_the_following_are_called_off_and_said(browser: Browser) -> None:
    series = make_series()
    sessions = dates_of_series(series)
    make_registration(sessions[3])
    browser.as_user(animator_of(series.network))
    url = reverse("sessions:session-cancel", args=[sessions[2].pk])
    assert browser.get(url + "?portee=following").context["scope"]["scope"].value() == "following"
    response = browser.post(url, {"scope": "following", "reason": "Vacances"}, follow=True)
    assert response.request["PATH_INFO"] == f"/series/{series.pk}/"
    text = text_of(response)
    assert "1 date est annulée : les personnes inscrites sont prévenues." in text
    assert "1 date, à laquelle personne n’était attendu, est retirée." in text
    browser.post(reverse("sessions:session-cancel", args=[sessions[0].pk]), {"scope": "all"})
    assert [one.pk for one in dates_of_series(series)] == [sessions[3].pk]


def test_another_rhythm_is_seen_then_adopted_and_what_stays_is_said(browser: Browser) -> None:
    series = make_series()
    sessions = dates_of_series(series)
    make_registration(sessions[1])
    browser.as_user(animator_of(series.network))
    url = reverse("sessions:series-rule", args=[series.pk])
    page = browser.get(url)
    since = local_of(sessions[0].starts_at, ZONE).date()
    assert (page.context["form"]["since"].value(), page.context["form"]["times"].value()) == (since, 4)
    values = {"since": since.isoformat(), "repeat": "fortnightly", "times": "2"}
    shown = browser.post(url, values)
    assert (shown.status_code, len(dates_of_series(series))) == (200, 4)
    assert browser.post(url, {**values, "seen": seen_in(shown), "preview": "1"}).status_code == 200
    done = browser.post(url, {**values, "seen": seen_in(shown)}, follow=True)
    text = text_of(done)
    assert "1 date, à laquelle personne n’était attendu, est retirée." in text
    assert "Une date reste, hors du rythme" in text
    assert "Gardée quand le rythme a changé : des personnes y sont invitées ou inscrites." in text
    browser.as_user(make_member(series.network).user)
    assert "Gardée quand" not in text_of(browser.get(series.get_absolute_url()))


def test_a_rhythm_from_the_past_is_refused(browser: Browser) -> None:
    series = make_series()
    browser.as_user(animator_of(series.network))
    since = timezone.localdate() - timedelta(days=40)
    values = {"since": since.isoformat(), "repeat": "weekly", "times": "2"}
    response = browser.post(reverse("sessions:series-rule", args=[series.pk]), values)
    assert (response.status_code, "à partir d’une date à venir" in text_of(response)) == (422, True)


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_the_page_lists_the_dates_with_their_state(browser: Browser) -> None:
    network = make_network()
    series = make_series(network, capacity=2)
    sessions = dates_of_series(series)
    member = make_registration(sessions[0]).user
    PeerSession.objects.filter(pk=sessions[2].pk).update(circle=confidential_circle(network))
    browser.as_user(member)
    text = text_of(browser.get(series.get_absolute_url()))
    assert "Chaque semaine, le mardi (heure de Paris)" in text
    assert "4 fois" not in text
    assert "Vous y serez" in text
    assert text.count("à 14 h") == 3
    assert "Animer cette série" not in text
    assert "Chaque semaine, le mardi, 4 fois" in text_of(
        browser.as_user(animator_of(network)).get(series.get_absolute_url())
    )


def test_the_page_of_a_date_leads_to_the_others(browser: Browser) -> None:
    series = make_series()
    sessions = dates_of_series(series)
    browser.as_user(make_member(series.network).user)
    page = browser.get(sessions[1].get_absolute_url()).content.decode()
    for one in (series, sessions[0], sessions[2]):
        assert f'href="{one.get_absolute_url()}"' in page
    assert "Fait partie d’une série" not in text_of(browser.get(make_session(series.network).get_absolute_url()))


@pytest.mark.parametrize("count", [2, 4])
def test_pages_cost_the_same_queries_whatever_the_number_of_dates(count: int, browser: Browser) -> None:
    series = make_series(rule=weekly([1], count=count))
    animator = animator_of(series.network)
    session = dates_of_series(series)[0]
    assert queries_of(lambda: series_page(animator, series)) == 1
    assert queries_of(lambda: place_in_series(animator, session)) == 1
    assert queries_of(lambda: place_in_series(animator, PeerSession(pk=session.pk))) == 0
    PeerSession.objects.filter(series=series).update(occurs_at=None)
    assert queries_of(lambda: series_page(animator, series, with_reasons=True)) == 2
    browser.as_user(animator)
    browser.get(series.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        browser.get(series.get_absolute_url())
    assert len(captured) == 7


def test_who_may_open_a_series_is_the_same_in_python_and_in_sql() -> None:
    network, other = make_network(), make_network()
    people: list[User | AnonymousUser] = [
        AnonymousUser(),
        make_user(),
        make_member(other).user,
        make_animator(other).user,
        make_member(network, category="agent").user,
        make_member(network, category="elected").user,
        animator_of(network),
    ]
    circles: list[Circle] = [network_circle(network), public_circle(), confidential_circle(network)]
    series = [make_series(network, circle=circle) for circle in circles]
    seen = [
        [one for one in series if SessionSeries.objects.visible_to(who).filter(pk=one.pk).exists()] for who in people
    ]
    assert seen == [[one for one in series if can_see_series(who, one)] for who in people]
    assert [len(one) for one in seen] == [1, 1, 1, 1, 2, 3, 2]
