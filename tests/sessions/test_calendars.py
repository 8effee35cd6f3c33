from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from sessions.calendars import Method, feed_calendar, session_calendar
from sessions.local_time import FRENCH_ZONES
from sessions.models import PeerSession
from sessions.services.scheduling import cancel_session, move_session
from sessions.vtimezones import vtimezone
from tests.builders import make_network
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session

ZONES = [
    *FRENCH_ZONES,
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Europe/Dublin",
]


def loaded(session: PeerSession) -> PeerSession:
    return PeerSession.objects.for_cards().get(pk=session.pk)


def read(content: bytes) -> vobject.base.Component:
    """With a parser that shares nothing with the writer."""
    return vobject.readOne(content.decode())


@pytest.mark.parametrize("name", ZONES)
def test_vtimezone_agrees_with_the_system_all_along(name: str) -> None:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "test")
    calendar.add_component(vtimezone(name, 2026))
    theirs = tzical(StringIO(calendar.to_ical().decode())).get(name)
    ours = ZoneInfo(name)
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    while moment.year < 2032:
        local = moment.astimezone(ours)
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            naive = local.replace(tzinfo=None)
            assert naive.replace(tzinfo=theirs).utcoffset() == local.utcoffset(), local
        moment += timedelta(hours=31)


def test_vtimezone_of_paris_is_the_standard_one() -> None:
    text = vtimezone("Europe/Paris", 2026).to_ical().decode()
    assert "TZID:Europe/Paris" in text
    assert "DTSTART:20260329T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in text
    assert "DTSTART:20261025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in text


@pytest.mark.django_db
def test_a_session_is_read_by_an_independent_parser() -> None:
    starts_at = datetime(2027, 3, 28, 12, tzinfo=UTC)
    session = loaded(
        make_session(
            title="Ce que coopérer change ; « vraiment », ici",
            description="Venez **nombreux**,\n\navec une question.",
            place="Salle des fêtes, Bourg-les-Tests",
            video_url="https://visio.example.org/secret",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
        )
    )
    make_registration(session, family_name="Inscrite")
    content = session_calendar(session)
    event = read(content).vevent
    assert event.uid.value == str(session.uid)
    assert event.sequence.value == "0"
    assert event.dtstart.value == starts_at
    assert "DTSTART;TZID=Europe/Paris:20270328T140000\r\n" in content.decode()
    assert event.dtend.value == starts_at + timedelta(hours=3)
    assert event.summary.value == "Ce que coopérer change ; « vraiment », ici"
    assert event.location.value == "Salle des fêtes, Bourg-les-Tests"
    assert event.status.value == "CONFIRMED"
    assert event.description.value.startswith("Venez nombreux,")
    assert event.url.value.endswith(f"/seances/{session.pk}/")
    assert not hasattr(event, "attendee")
    assert read(content).method.value == "PUBLISH"
    for absent in ("visio.example.org", "Inscrite"):
        assert absent not in content.decode()


@pytest.mark.django_db
def test_the_uid_stays_and_the_sequence_grows_with_each_move_and_the_cancellation() -> None:
    session = make_session()
    animator = animator_of(session.network)
    seen = [read(session_calendar(loaded(session))).vevent]
    for days in (1, 2):
        move_session(
            actor=animator,
            session=session,
            starts_at=session.starts_at + timedelta(days=days),
            ends_at=session.ends_at + timedelta(days=days),
            time_zone="Indian/Reunion",
            place="Ailleurs",
            video_url="",
        )
        seen.append(read(session_calendar(loaded(session), method=Method.REQUEST)).vevent)
    cancel_session(actor=animator, session=session, reason="Grève")
    cancelled = read(session_calendar(loaded(session), method=Method.CANCEL, attendee=animator))
    seen.append(cancelled.vevent)
    assert len({event.uid.value for event in seen}) == 1
    assert [event.sequence.value for event in seen] == ["0", "1", "2", "3"]
    assert (cancelled.method.value, cancelled.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert cancelled.vevent.attendee.value == f"mailto:{animator.email}"
    assert seen[1].dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Indian/Reunion"]


@pytest.mark.django_db
def test_a_confidential_session_says_that_and_never_what() -> None:
    network = make_network(name="Territoires en chemin")
    session = make_session(
        network,
        circle=confidential_circle(network),
        title="CANARI titre",
        description="CANARI texte",
        place="CANARI lieu",
        video_url="https://canari.example.org/",
    )
    for content in (session_calendar(loaded(session)), feed_calendar([loaded(session)], name="Mon agenda")):
        event = read(content).vevent
        assert event.summary.value == "Séance confidentielle · Territoires en chemin"
        assert not hasattr(event, "location")
        assert "canari" not in content.decode().lower().replace("\r\n ", "")


@pytest.mark.django_db
def test_the_same_revision_gives_the_same_bytes() -> None:
    session = make_session()
    assert session_calendar(loaded(session)) == session_calendar(loaded(session))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(title=st.text(min_size=1, max_size=160), text=st.text(max_size=300))
def test_any_text_survives_the_trip_or_is_cleaned(title: str, text: str) -> None:
    network = make_network()
    session = PeerSession(
        pk=1,
        network=network,
        circle=confidential_circle(network, "agent"),
        title=title,
        description_text=text,
        starts_at=datetime(2027, 3, 1, 8, tzinfo=UTC),
        ends_at=datetime(2027, 3, 1, 9, tzinfo=UTC),
    )
    session.circle.is_confidential = False
    event = read(session_calendar(session)).vevent
    assert event.dtstart.value == session.starts_at
    components = [line for line in session_calendar(session).decode().split("\r\n") if line.startswith("BEGIN:")]
    assert components.count("BEGIN:VEVENT") == 1
