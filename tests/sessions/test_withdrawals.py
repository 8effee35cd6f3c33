"""Who comes no more has the session struck out of the calendar; and has it again by coming again."""

from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.enums import Channel, Frequency
from peerhub.notifications.kinds import get
from peerhub.notifications.models import Delivery, Notification, Preference
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Delegation, Membership, User
from peerhub.people.services.memberships import leave_network
from sessions import seat_handlers
from sessions.events import Withdrawn
from sessions.models import PeerSession, Registration
from sessions.services.registration import register, withdraw
from sessions.services.scheduling import cancel_session, move_session
from sessions.services.seats import decline
from sessions.services.seats_for_others import replace_person
from tests.builders import make_member, make_network
from tests.sessions.builders import animator_of, confidential_circle, make_session

pytestmark = pytest.mark.django_db


def work() -> None:
    dispatch_all()
    deliver_due()


def calendars_of(user: User) -> list[Any]:
    """The calendars of the mails that the person received, in order."""
    found = []
    for message in mail.outbox:
        parts: list[Message] = list(message.message().walk()) if message.to == [user.email] else []
        for part in parts:
            if part.get_content_type() == "text/calendar":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                found.append(Calendar.from_ical(content))
    return found


def methods_of(user: User) -> list[str]:
    return [str(one["method"]) for one in calendars_of(user)]


def seated(session: PeerSession, category: str = "agent", delegation: Delegation | None = None) -> User:
    """Somebody with a seat, and the mail that says so."""
    user = make_member(session.network, category=category, delegation=delegation).user
    register(user=user, session=session)
    work()
    assert methods_of(user) == ["REQUEST"]
    return user


def told(user: User) -> int:
    return Notification.objects.filter(kind="sessions.withdrawn", recipient=user).count()


def test_whoever_withdraws_has_the_session_struck_out_once() -> None:
    session = make_session(title="Cantines", place="Mairie")
    user, other = seated(session), seated(session)
    assert withdraw(user=user, session=session)
    work()
    row = Registration.objects.get(session=session, user=user)
    seat_handlers.on_withdrawn(Withdrawn(registration_id=row.pk, version=row.version))
    work()
    request, cancel = calendars_of(user)
    before, after = request.walk("VEVENT")[0], cancel.walk("VEVENT")[0]
    assert (cancel["method"], after["uid"], after["sequence"]) == ("CANCEL", before["uid"], before["sequence"])
    assert after["dtstamp"].dt >= before["dtstamp"].dt
    assert (str(after["attendee"]), after["dtstart"].dt) == (f"mailto:{user.email}", session.starts_at)
    # The session takes place: nothing says that it is cancelled, nor what it is about.
    assert {name for name in ("STATUS", "LOCATION", "DESCRIPTION") if name in after} == set()
    assert mail.outbox[-1].subject == "Vous n’y venez plus\N{NO-BREAK SPACE}: Cantines"
    assert (told(user), told(other), methods_of(other)) == (1, 0, ["REQUEST"])


def test_whoever_was_sent_no_request_is_sent_no_cancellation() -> None:
    session = make_session()
    hasty, digested = (make_member(session.network).user for _ in range(2))
    Preference.objects.create(
        user=digested, kind="sessions.confirmed", channel=Channel.EMAIL, frequency=Frequency.DAILY
    )
    for user in (hasty, digested):
        register(user=user, session=session)
    dispatch_all()
    withdraw(user=hasty, session=session)
    work()
    withdraw(user=digested, session=session)
    work()
    assert [(told(user), methods_of(user)) for user in (hasty, digested)] == [(0, []), (0, [])]


def test_who_comes_again_has_the_session_in_the_calendar_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    user = seated(session)
    for minutes, act in ((1, withdraw), (2, register)):
        moment = timezone.now() + timedelta(minutes=minutes)
        with monkeypatch.context() as patched:
            patched.setattr(timezone, "now", lambda moment=moment: moment)
            act(user=user, session=session)
            dispatch_all()
        Delivery.objects.update(due_at=timezone.now())
        deliver_due()
    events = [one.walk("VEVENT")[0] for one in calendars_of(user)]
    assert methods_of(user) == ["REQUEST", "CANCEL", "REQUEST"]
    stamps = [(event["sequence"], event["dtstamp"].dt) for event in events]
    assert stamps == sorted(set(stamps))


def test_who_came_back_before_the_mail_left_keeps_the_session() -> None:
    session = make_session()
    user = seated(session)
    withdraw(user=user, session=session)
    dispatch_all()
    register(user=user, session=session)
    work()
    assert (told(user), methods_of(user)) == (1, ["REQUEST", "REQUEST"])


def test_a_move_that_came_before_is_outbid_by_the_cancellation() -> None:
    session = make_session()
    user = seated(session)
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=session.starts_at + timedelta(hours=1),
        ends_at=session.ends_at + timedelta(hours=1),
        time_zone=session.time_zone,
        place="",
        video_url="",
    )
    work()
    decline(user=user, session=session, note="Empêchée")
    cancel_session(actor=animator_of(session.network), session=session, reason="Neige")
    work()
    assert methods_of(user) == ["REQUEST", "REQUEST", "CANCEL"]
    assert calendars_of(user)[-1].walk("VEVENT")[0]["sequence"] == 2


def test_whoever_is_replaced_has_it_struck_out_and_the_substitute_has_it() -> None:
    session = make_session(capacity=1)
    delegation = Delegation.objects.create(network=session.network, name="Val d’Orsenne")
    leaving = seated(session, delegation=delegation)
    coming = make_member(session.network, category="agent", delegation=delegation).user
    replace_person(actor=leaving, session=session, user=leaving, substitute=coming)
    work()
    assert (methods_of(leaving), methods_of(coming)) == (["REQUEST", "CANCEL"], ["REQUEST"])


def test_of_a_confidential_session_the_cancellation_says_nothing() -> None:
    network = make_network()
    session = make_session(network, circle=confidential_circle(network, "agent"), title="CANARI", place="CANARI")
    user = seated(session)
    withdraw(user=user, session=session)
    work()
    assert methods_of(user) == ["REQUEST", "CANCEL"]
    text = mail.outbox[-1].message().as_string() + calendars_of(user)[-1].to_ical().decode()
    assert ("canari" in text.lower(), "Séance confidentielle" in mail.outbox[-1].subject) == (False, True)


def test_who_left_the_network_has_it_struck_out_without_what_it_was_about() -> None:
    session = make_session(title="CANARI", description="CANARI", place="CANARI")
    user = seated(session)
    leave_network(membership=Membership.objects.get(user=user, network=session.network))
    work()
    assert not PeerSession.objects.visible_to(user).exists()
    assert methods_of(user) == ["REQUEST", "CANCEL"]
    message = mail.outbox[-1]
    text = message.message().as_string() + str(message.body) + calendars_of(user)[-1].to_ical().decode()
    assert ("canari" in text.lower(), session.get_absolute_url() in text) == (False, False)
    assert message.subject == f"Vous n’y venez plus\N{NO-BREAK SPACE}: Séance · {session.network.name}"


@pytest.mark.parametrize("count", [1, 3])
def test_withdrawals_are_read_in_two_queries(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    session = make_session()
    user = seated(session)
    for other in [session, *(make_session(session.network) for _ in range(count - 1))]:
        register(user=user, session=other, accept_clash=True)
        work()
        withdraw(user=user, session=other)
    work()
    notifications = list(Notification.objects.filter(kind="sessions.withdrawn", recipient=user))
    with django_assert_num_queries(2):
        assert len(get("sessions.withdrawn").load(user, notifications)) == count
