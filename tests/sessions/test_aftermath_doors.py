"""Doors that what a session leaves, and its series, had left ajar."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from icalendar import Calendar

from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle
from sessions import live
from sessions.calendars import session_calendar
from sessions.enums import SeriesScope
from sessions.models import MinutesUpdate, PeerSession, VideoRoom
from sessions.queries.confidentiality import authors_of
from sessions.recurrence import local_of, weekly
from sessions.services import minutes as minutes_services
from sessions.services.confidentiality import ask_to_lower, raise_confidentiality
from sessions.services.scheduling import cancel_session
from sessions.services.series import change_rule, update_series
from sessions.told_delegations import load_leads
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session
from tests.sessions.series_builders import dates_of_series, make_series, values_of
from tests.sessions.test_evaluations import over, say
from tests.sessions.test_minutes import body, make_meeting, seated, updates_of, write
from tests.sessions.test_told_of_invitations import Course

pytestmark = pytest.mark.django_db


# --- Minutes -------------------------------------------------------------------------------------------------------


def test_published_minutes_do_not_show_the_world_what_was_taken_away(browser: Browser) -> None:
    """Nor who typed what: changes hold both. Once they are opened again, nobody from outside watches."""
    network = make_network(is_public=True)
    session = make_meeting(network=network, circle=Circle.objects.get(network=None, kind=CircleKind.PUBLIC))
    writer, reader, stranger = seated(session), make_member(network).user, make_user()
    write(writer, session, "Dit.")
    minutes_services.publish_minutes(actor=animator_of(network), session=session)
    codes = {one.pk: browser.as_user(one).get(updates_of(session)).status_code for one in (writer, reader, stranger)}
    assert codes == {writer.pk: 200, reader.pk: 403, stranger.pk: 403}
    watchers = [one for one in (writer.pk, reader.pk, stranger.pk, None) if live.can_watch_minutes(one, session.pk)]
    assert watchers == [writer.pk, reader.pk]


def test_a_form_that_is_sent_again_with_other_words_does_not_lose_them_in_silence() -> None:
    session = make_meeting()
    user, token = seated(session), uuid4()
    for _ in range(2):
        minutes_services.save_texts(author=user, session=session, texts={"s2": "Un."}, number=0, token=token)
    with pytest.raises(minutes_services.OutdatedMinutes):
        minutes_services.save_texts(author=user, session=session, texts={"s2": "Un. Deux."}, number=0, token=token)
    assert body(session) == "## Ce qui a été dit\n\nUn.\n"


def test_who_wrote_minutes_in_confidence_is_asked_before_it_opens() -> None:
    """When they are signed by nobody any more, all who could write are."""
    network = make_network()
    session = make_session(network, circle=confidential_circle(network))
    writer, reader = [make_member(network, category="elected").user for _ in range(2)]
    for user in (writer, reader):
        make_registration(session, user)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(hours=2))
    PeerSession.objects.filter(pk=session.pk).update(ends_at=timezone.now() - timedelta(hours=1))
    session.refresh_from_db()
    write(writer, session, "Le potiron du maire.")
    assert authors_of(session) == {writer.pk}
    asked = ask_to_lower(actor=reader, session=session, target="network", reason="Le partager.")
    asked.refresh_from_db()
    assert asked.closed_at is None
    MinutesUpdate.objects.update(author=None)
    assert authors_of(session) == {writer.pk, reader.pk}


def test_opinions_given_in_confidence_are_opened_by_those_who_could_give_them() -> None:
    """Who has given one is not told: all who were there are asked, once there is one."""
    network = make_network()
    session = make_session(network, circle=confidential_circle(network))
    people = [make_registration(session, make_member(network, category="elected").user).user for _ in range(3)]
    over(session)
    assert authors_of(session) == set()
    say(session, people[0], comment="Le maire n’écoutait pas.")
    assert authors_of(session) == {user.pk for user in people}
    ask_to_lower(actor=people[1], session=session, target="network", reason="Le partager.")
    session.refresh_from_db()
    assert session.is_confidential


def test_a_session_that_closes_before_it_begins_has_another_room() -> None:
    """Who was put out may know the address, and its provider the title."""
    session = make_session()
    PeerSession.objects.filter(pk=session.pk).update(video_provider="jitsi")
    room = VideoRoom.objects.create(session=session, provider="jitsi", name="a" * 32, made_at=timezone.now())
    raise_confidentiality(actor=animator_of(session.network), session=session, target="registered")
    room.refresh_from_db()
    assert (room.name == "a" * 32, room.made_at) == (False, None)


# --- Series --------------------------------------------------------------------------------------------------------


def _close(session: PeerSession, title: str) -> None:
    raise_confidentiality(actor=animator_of(session.network), session=session, target="registered")
    PeerSession.objects.filter(pk=session.pk).update(title=title, place="Chez Potiron")
    session.refresh_from_db()


def test_new_dates_of_a_series_take_nothing_from_those_in_confidence() -> None:
    series = make_series(rule=weekly([1], count=2))
    sessions = dates_of_series(series)
    for session in sessions:
        _close(session, "Le potiron du maire")
    since = local_of(sessions[-1].starts_at, series.time_zone).date() + timedelta(days=1)
    with pytest.raises(DomainError):
        change_rule(actor=animator_of(series.network), series=series, rule=weekly([3], count=2), since=since)
    assert {one.circle_id for one in PeerSession.objects.filter(title__contains="potiron")} == {
        one.circle_id for one in sessions
    }
    assert not PeerSession.objects.filter(circle=series.circle).exists()


def test_what_one_date_says_in_confidence_is_not_written_in_the_others() -> None:
    series = make_series(rule=weekly([1], count=3))
    first, closed, last = dates_of_series(series)
    _close(closed, "À huis clos")
    values = values_of(closed, title="Le potiron du maire", place="Chez le maire", reminder_minutes=[60])
    update_series(actor=animator_of(series.network), session=closed, scope=SeriesScope.ALL, values=values)
    said = {one.pk: (one.title, one.place, one.reminder_minutes) for one in dates_of_series(series)}
    assert said == {
        first.pk: (first.title, first.place, [60]),
        closed.pk: ("Le potiron du maire", "Chez le maire", [60]),
        last.pk: (last.title, last.place, [60]),
    }


# --- Mails ---------------------------------------------------------------------------------------------------------


def test_the_lead_is_not_sent_invitations_to_what_was_cancelled() -> None:
    course = Course()
    day = course.invite()
    agora, groups = day.sessions.get(format="agora"), day.sessions.exclude(format="agora")
    for session in groups:
        cancel_session(actor=course.animator, session=session)
    dispatch_all()
    (notification,) = Notification.objects.filter(kind="sessions.delegation_invited")
    (subject,) = load_leads(course.lead, [notification]).values()
    assert [one["url"].endswith(f"/{agora.pk}/repondre/") for one in subject.context["answers"]] == [True]
    cancel_session(actor=course.animator, session=agora)
    assert load_leads(course.lead, [notification]) == {}


# --- Calendars -----------------------------------------------------------------------------------------------------


def test_a_calendar_leads_to_the_page_once_and_a_place_is_one_line() -> None:
    """Programs that break lines where they like would read the rest as lines of the calendar."""
    session = make_session(title="Ici", place="Mairie\r\nURL:https://ailleurs.example\x0bEND:VEVENT\x1f")
    (event,) = Calendar.from_ical(session_calendar(session)).walk("VEVENT")
    assert str(event["location"]) == "Mairie URL:https://ailleurs.exampleEND:VEVENT"
    page = f"{settings.PUBLIC_URL}{session.get_absolute_url()}"
    assert str(event["description"]) == f"Tout ce qui concerne cette séance\u00a0: {page}"
