"""Series in calendars: one event that repeats, read by two parsers and expanded by a third program."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
import vobject
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from peerhub.people.models import Network
from peerhub.people.services.circles import public_circle
from sessions.calendars import feed_calendar
from sessions.models import PeerSession, SessionSeries
from sessions.queries.series import public_agenda
from sessions.recurrence import Rule, instant, local_of, monthly_on_day, monthly_on_weekday, weekly
from sessions.services.feeds import open_feed
from sessions.services.scheduling import cancel_session, move_session
from sessions.services.series import cancel_dates, change_rule, update_series
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session, network_circle
from tests.sessions.series_builders import ZONE, dates_of_series, make_series, next_tuesday, values_of
from tests.sessions.test_pages import queries_of

pytestmark = pytest.mark.django_db

Told = set[tuple[datetime, datetime, str, str]]


def public_series(network: Network | None = None, **fields: Any) -> SessionSeries:
    return make_series(network or make_network(), circle=public_circle(), **fields)


def feed_of(network: Network) -> bytes:
    agenda = public_agenda(network)
    return feed_calendar(agenda.sessions, name=network.name, series=agenda.series)


def expanded(content: bytes) -> Told:
    """What a calendar shows to people, as a program of others makes it of the feed."""
    events = recurring_ical_events.of(Calendar.from_ical(content)).between(
        datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    )
    return {
        (
            event.start.astimezone(UTC),
            event.end.astimezone(UTC),
            str(event["summary"]),
            str(event["status"]),
        )
        for event in events
    }


def planned(network: Network) -> Told:
    """What the database has for everyone on the web."""
    rows = PeerSession.objects.filter(network=network, circle=public_circle())
    return {(one.starts_at, one.ends_at, one.title, "CANCELLED" if one.is_cancelled else "CONFIRMED") for one in rows}


def _read(event: Any) -> dict[str, str]:
    """As the parser that wrote the feed reads it."""
    return {
        "uid": str(event["uid"]),
        "sequence": str(event["sequence"]),
        "summary": str(event["summary"]),
        "status": str(event["status"]),
        "start": event.start.astimezone(UTC).isoformat(),
        "rrule": event["rrule"].to_ical().decode() if "rrule" in event else "",
        "moves": event["recurrence-id"].dt.astimezone(UTC).isoformat() if "recurrence-id" in event else "",
        "except": str(len(event["exdate"].dts)) if "exdate" in event else "0",
    }


def read_by_both(content: bytes) -> list[dict[str, str]]:
    """The events as two parsers that share nothing read them; they agree."""
    theirs = vobject.readOne(content.decode()).vevent_list
    ours = Calendar.from_ical(content).walk("VEVENT")
    by_vobject = [
        {
            "uid": event.uid.value,
            "sequence": event.sequence.value,
            "summary": event.summary.value,
            "status": event.status.value,
            "start": event.dtstart.value.astimezone(UTC).isoformat(),
            "rrule": event.rrule.value if "rrule" in event.contents else "",
            "moves": event.recurrence_id.value.astimezone(UTC).isoformat() if "recurrence-id" in event.contents else "",
            "except": str(len(event.exdate.value)) if "exdate" in event.contents else "0",
        }
        for event in theirs
    ]
    by_icalendar = [_read(event) for event in ours]
    assert by_vobject == by_icalendar
    return by_vobject


def moved_by(session: PeerSession, by: timedelta) -> None:
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=session.starts_at + by,
        ends_at=session.ends_at + by,
        time_zone=session.time_zone,
        place=session.place,
        video_url=session.video_url,
    )


def test_a_series_is_one_event_that_repeats() -> None:
    first = next_tuesday()
    series = public_series(first=first, place="Salle des fêtes")
    (event,) = read_by_both(feed_of(series.network))
    last = dates_of_series(series)[-1].starts_at
    assert event == {
        "uid": str(series.uid),
        "sequence": "0",
        "summary": "Le rendez-vous du mardi",
        "status": "CONFIRMED",
        "start": series.starts_at.isoformat(),
        "rrule": f"FREQ=WEEKLY;UNTIL={last:%Y%m%dT%H%M%SZ};INTERVAL=1;BYDAY=TU",
        "moves": "",
        "except": "0",
    }
    text = feed_of(series.network).decode()
    assert f"DTSTART;TZID=Europe/Paris:{first:%Y%m%dT%H%M%S}\r\n" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert f"/series/{series.pk}/" in text.replace("\r\n ", "")
    assert expanded(feed_of(series.network)) == planned(series.network)


def test_what_was_moved_cancelled_or_renamed_stands_beside_under_the_same_uid() -> None:
    series = public_series(rule=weekly([1], count=6))
    sessions = dates_of_series(series)
    moved_by(sessions[1], timedelta(days=1, hours=2))
    make_registration(sessions[2])
    cancel_session(actor=animator_of(series.network), session=sessions[2])
    PeerSession.objects.filter(pk=sessions[4].pk).update(title="La spéciale")
    events = read_by_both(feed_of(series.network))
    assert {event["uid"] for event in events} == {str(series.uid)}
    assert [(event["moves"], event["sequence"], event["status"]) for event in events] == [
        ("", "0", "CONFIRMED"),
        (sessions[1].starts_at.isoformat(), "1", "CONFIRMED"),
        (sessions[2].starts_at.isoformat(), "1", "CANCELLED"),
        (sessions[4].starts_at.isoformat(), "0", "CONFIRMED"),
    ]
    assert expanded(feed_of(series.network)) == planned(series.network)


def test_a_date_that_vanished_or_closed_is_an_exception_that_says_nothing() -> None:
    """And one that was cancelled for long."""
    network = make_network(name="Réseau ouvert")
    series = public_series(network, rule=weekly([1], count=6))
    sessions = dates_of_series(series)
    closed = sessions[1]
    PeerSession.objects.filter(pk=closed.pk).update(circle=confidential_circle(network), title="CANARI", place="CANARI")
    actor = animator_of(network)
    cancel_session(actor=actor, session=sessions[2])
    long_ago = timezone.now() - timedelta(days=31)
    PeerSession.objects.filter(pk=sessions[2].pk).update(cancelled_at=long_ago)
    PeerSession.objects.filter(pk=sessions[4].pk).delete()
    content = feed_of(network)
    (event,) = read_by_both(content)
    assert (event["except"], event["uid"]) == ("3", str(series.uid))
    unfolded = content.decode().replace("\r\n ", "")
    for absent in ("CANARI", str(closed.uid), f"/seances/{closed.pk}/", "confidentielle"):
        assert absent not in unfolded
    assert expanded(content) == {one for one in planned(network) if one[3] == "CONFIRMED"}


def test_the_end_of_a_rule_tells_of_no_date_that_is_not_shown() -> None:
    series = public_series()
    sessions = dates_of_series(series)
    PeerSession.objects.filter(pk=sessions[3].pk).update(circle=network_circle(series.network))
    (event,) = read_by_both(feed_of(series.network))
    assert f"UNTIL={sessions[2].starts_at:%Y%m%dT%H%M%SZ}" in event["rrule"]
    assert (event["except"], len(expanded(feed_of(series.network)))) == ("0", 3)


def test_a_date_outside_of_the_rule_stands_by_itself() -> None:
    series = public_series()
    sessions = dates_of_series(series)
    make_registration(sessions[1])
    rule = weekly([1], every=2, count=2)
    since = local_of(sessions[0].starts_at, ZONE).date()
    change_rule(actor=animator_of(series.network), series=series, rule=rule, since=since)
    events = read_by_both(feed_of(series.network))
    assert [(event["uid"], event["sequence"]) for event in events] == [
        (str(sessions[1].uid), "0"),
        (str(series.uid), "1"),
    ]
    assert expanded(feed_of(series.network)) == planned(series.network)


def test_mails_and_ones_own_feed_know_each_date_by_its_own_uid(browser: Browser) -> None:
    series = make_series()
    sessions = dates_of_series(series)
    user = make_registration(sessions[1]).user
    content = browser.get(reverse("sessions:feed", args=[open_feed(user=user)])).content
    assert [event["uid"] for event in read_by_both(content)] == [str(sessions[1].uid)]


def test_the_addresses_of_a_network_and_of_a_series_answer_so(browser: Browser) -> None:
    network = make_network(slug="ouvert", is_public=True)
    series = public_series(network)
    alone = make_session(network, circle=public_circle(), title="Toute seule")
    content = browser.get(reverse("sessions:network-calendar", args=["ouvert"])).content
    assert {event["uid"] for event in read_by_both(content)} == {str(series.uid), str(alone.uid)}
    response = browser.get(reverse("sessions:series-ics", args=[series.pk]))
    assert (response.status_code, response["Content-Disposition"]) == (
        200,
        f'attachment; filename="serie-{series.pk}.ics"',
    )
    assert expanded(response.content) == {one for one in planned(network) if one[2] != "Toute seule"}
    again = browser.get(reverse("sessions:series-ics", args=[series.pk]), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_a_confidential_series_says_that_and_never_what(browser: Browser) -> None:
    network = make_network(name="Réseau des pairs")
    circle = confidential_circle(network)
    member = make_member(network, category="elected").user
    series = make_series(network, circle=circle, title="CANARI", description="CANARI", place="CANARI")
    PeerSession.objects.filter(pk=dates_of_series(series)[1].pk).update(title="CANARI autre")
    browser.as_user(member)
    content = browser.get(reverse("sessions:series-ics", args=[series.pk])).content
    (event,) = read_by_both(content)
    assert event["summary"] == "Séance confidentielle · Réseau des pairs"
    assert "canari" not in content.decode().lower().replace("\r\n ", "")
    assert b"CLASS:PRIVATE" in content


def test_the_same_revision_gives_the_same_bytes() -> None:
    series = public_series()
    assert feed_of(series.network) == feed_of(series.network)


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_queries_whatever_the_series(count: int) -> None:
    network = make_network()
    for number in range(count):
        public_series(network, first=next_tuesday(9 + 2 * number))
    assert queries_of(lambda: feed_of(network)) == 1


RULES = [
    weekly([1], count=7),
    weekly([1], every=2, count=6),
    weekly([1, 3], count=9),
    weekly([1, 3, 5], every=1, count=9),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    zone=st.sampled_from([ZONE, "America/Guadeloupe", "America/Miquelon", "Pacific/Noumea", "America/New_York"]),
    month=st.integers(1, 12),
    hour=st.integers(6, 21),
    rule=st.sampled_from([*RULES, None, "month"]),
    acts=st.lists(st.tuples(st.sampled_from(["move", "cancel", "delete", "rename"]), st.integers(0, 8)), max_size=4),
)
def test_what_calendars_show_is_what_is_planned(
    zone: str, month: int, hour: int, rule: "Rule | str | None", acts: list[tuple[str, int]]
) -> None:
    """Across the changes of the clocks, in the zones of France and others."""
    network = make_network()
    first = datetime(timezone.localdate().year + 1, month, 12, hour)  # noqa: DTZ001
    if not isinstance(rule, Rule):
        rule = monthly_on_day(first, count=5) if rule else monthly_on_weekday(first, count=5)
    series = public_series(network, first=first, rule=rule, time_zone=zone)
    assert series.starts_at >= instant(first, zone)
    sessions = dates_of_series(series)
    for act, place in acts:
        session = PeerSession.objects.filter(pk=sessions[place % len(sessions)].pk).first()
        if session is None or session.is_cancelled:
            continue
        if act == "move":
            moved_by(session, timedelta(hours=3 + place))
        elif act == "cancel":
            cancel_session(actor=animator_of(network), session=session)
        elif act == "rename":
            PeerSession.objects.filter(pk=session.pk).update(title=f"Autre {place}")
        elif series.sessions.count() > 1:
            session.delete()
    assert expanded(feed_of(network)) == planned(network)
    read_by_both(feed_of(network))


def test_a_change_of_all_and_a_split_are_read_as_they_are_planned() -> None:
    series = public_series(rule=weekly([1], count=6))
    actor = animator_of(series.network)
    session = dates_of_series(series)[2]
    values = values_of(session, starts_at=session.starts_at + timedelta(hours=1), title="Deuxième partie")
    update_series(actor=actor, session=session, scope="following", values=values)
    make_registration(dates_of_series(series)[1])
    cancel_dates(actor=actor, session=dates_of_series(series)[1], scope="all")
    assert expanded(feed_of(series.network)) == planned(series.network)
    uids = re.findall(r"^UID:(.*)\r$", feed_of(series.network).decode(), re.MULTILINE)
    assert len(set(uids)) == SessionSeries.objects.count()
