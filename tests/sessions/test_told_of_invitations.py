"""Who looks after the invited is told: the lead of a delegation, who answers for an elected official, and the guests of
the date poll that made a session."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Delegation, Network, User
from sessions import delegation_handlers as handlers
from sessions import poll_handlers
from sessions.enums import DayPattern
from sessions.events import PeerDayInvited, PeopleInvited, PollGuestToTell
from sessions.models import DatePoll, Delegate, Enrolment, PeerDay, PeerSession, PollGuest, Registration
from sessions.services.peer_days import create_peer_day, send_invitations
from sessions.services.poll_closing import close_on
from sessions.services.poll_guests import leave_as_guest, link_token
from sessions.services.programmes import About, create_programme
from sessions.services.scheduling import cancel_session, move_session
from sessions.services.seats import decline
from sessions.told_delegations import load_leads, load_principals
from tests.builders import make_category, make_member, make_network
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle
from tests.sessions.poll_builders import make_guest, make_poll, slots_of

pytestmark = pytest.mark.django_db


class Course:
    """A delegation of two elected officials and its lead, an agent; a second delegation without a lead."""

    def __init__(self) -> None:
        self.network: Network = make_network()
        self.animator = animator_of(self.network)
        self.delegation, self.other = (
            Delegation.objects.create(network=self.network, name=name) for name in ("Val d’Orsenne", "Haut-Pays")
        )
        self.elected = [self.member("elected", self.delegation) for _ in range(2)]
        self.lead = self.member("agent", self.delegation)
        self.away = self.member("elected", self.other)
        today = timezone.localdate()
        about = About(title="Parcours", starts_on=today, ends_on=today + timedelta(days=90), description="")
        self.programme = create_programme(
            author=self.animator,
            network=self.network,
            about=about,
            delegations=[self.delegation.pk, self.other.pk],
        )
        self.enrolment = Enrolment.objects.get(programme=self.programme, delegation=self.delegation)
        Enrolment.objects.filter(pk=self.enrolment.pk).update(lead=self.lead)

    def member(self, category: str, delegation: Delegation) -> User:
        return make_member(self.network, category=category, delegation=delegation).user

    def invite(self) -> PeerDay:
        """One session of elected officials, in confidence, and an agora."""
        day = create_peer_day(
            author=self.animator,
            programme=self.programme,
            on=timezone.localdate() + timedelta(days=20),
            pattern=DayPattern.PARALLEL,
            categories=[make_category("elected")],
            title="Journée",
        )
        day.sessions.exclude(format="agora").update(title="Le secret")
        send_invitations(actor=self.animator, peer_day=day)
        return day


def told(kind: str) -> list[int]:
    rows = Notification.objects.filter(kind=f"sessions.{kind}")
    return sorted(rows.values_list("recipient_id", flat=True))


def mails_to(address: str) -> list[Any]:
    return [one for one in mail.outbox if one.to == [address]]


def words(message: Any) -> str:
    return f"{message.message().as_string()}{message.body}{message.alternatives}"


# --- Leads and delegates ------------------------------------------------------------------------------------------


def test_the_lead_is_told_once_how_many_of_the_delegation_are_invited_and_of_nothing_else() -> None:
    course = Course()
    day = course.invite()
    dispatch_all()
    event = OutboxEvent.objects.get(name="sessions.peer_day_invited")
    handlers.on_peer_day_invited(PeerDayInvited(**event.payload))
    assert told("delegation_invited") == [course.lead.pk]
    deliver_due()
    (message,) = [one for one in mails_to(course.lead.email) if "Val" in one.subject]
    assert message.subject == "Les invitations sont parties : Val d’Orsenne"
    page = reverse("sessions:delegation", args=[course.programme.pk, course.delegation.pk])
    assert page in message.body
    # The two officials and the lead, invited to the agora: nobody is counted twice.
    assert "3 personnes de « Val d’Orsenne » sont invitées" in message.body
    assert "Le secret" not in words(message)
    pages = [reverse("sessions:seat-answers", args=[one.pk]) for one in day.sessions.order_by("starts_at")]
    assert [message.body.count(page) for page in pages] == [1, 1]
    browser = Browser().as_user(course.lead)
    assert [browser.get(page).status_code for page in pages] == [200, 200]
    assert send_invitations(actor=course.animator, peer_day=day) == 0
    dispatch_all()
    assert told("delegation_invited") == [course.lead.pk]


def test_who_leads_no_more_is_not_written_to() -> None:
    course = Course()
    course.invite()
    dispatch_all()
    Enrolment.objects.filter(pk=course.enrolment.pk).update(lead=None)
    deliver_due()
    assert [one for one in mails_to(course.lead.email) if "Val" in one.subject] == []


def test_a_newcomer_invited_later_is_told_to_the_lead_again() -> None:
    course = Course()
    day = course.invite()
    course.member("elected", course.delegation)
    send_invitations(actor=course.animator, peer_day=day)
    dispatch_all()
    assert told("delegation_invited") == [course.lead.pk] * 2


def test_who_answers_for_an_official_is_told_under_a_neutral_title() -> None:
    course = Course()
    secretary = make_member(course.network).user
    Delegate.objects.create(network=course.network, principal=course.elected[0], user=secretary)
    course.invite()
    dispatch_all()
    event = OutboxEvent.objects.filter(name="sessions.people_invited").order_by("pk")[0]
    handlers.on_principals_invited(PeopleInvited(**event.payload))
    # To the session of the officials, and to the agora.
    assert told("principal_invited") == [secretary.pk] * 2
    deliver_due()
    messages = mails_to(secretary.email)
    assert {one.subject for one in messages} == {f"Une invitation pour {course.elected[0].full_name}"}
    seats = Registration.objects.filter(user=course.elected[0])
    for seat in seats:
        page = reverse("sessions:seat-answer-for", args=[seat.session_id, seat.user_id])
        assert [page in one.body for one in messages].count(True) == 1
    assert [one for one in messages if "Le secret" in words(one)] == []
    browser = Browser().as_user(secretary)
    assert (
        browser.get(reverse("sessions:seat-answer-for", args=[seats[0].session_id, seats[0].user_id])).status_code
        == 200
    )


def test_nobody_is_written_to_once_the_official_has_answered_or_the_right_is_revoked() -> None:
    course = Course()
    secretary, other = (make_member(course.network).user for _ in range(2))
    for principal, user in zip(course.elected, (secretary, other), strict=True):
        Delegate.objects.create(network=course.network, principal=principal, user=user)
    day = course.invite()
    dispatch_all()
    for session in day.sessions.all():
        decline(user=course.elected[0], session=session)
    Delegate.objects.filter(user=other).update(revoked_at=timezone.now())
    deliver_due()
    assert mails_to(secretary.email) == []
    assert mails_to(other.email) == []


@pytest.mark.parametrize("count", [1, 3])
def test_each_kind_is_read_in_the_same_queries_for_one_and_for_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    course = Course()
    secretary = make_member(course.network).user
    Delegate.objects.create(network=course.network, principal=course.elected[0], user=secretary)
    course.invite()
    dispatch_all()
    for kind, load, user, cost in (
        ("delegation_invited", load_leads, course.lead, 3),
        ("principal_invited", load_principals, secretary, 2),
    ):
        rows = list(Notification.objects.filter(kind=f"sessions.{kind}"))
        with django_assert_num_queries(cost):
            assert len(load(user, (rows * 3)[:count])) == len({row.pk for row in (rows * 3)[:count]})


# --- Guests of a date poll ----------------------------------------------------------------------------------------


def closed_poll(**fields: Any) -> PeerSession:
    poll = make_poll(**fields)
    make_guest(poll, email="zoe@example.org")
    session = close_on(actor=animator_of(poll.network), poll=poll, slot_id=slots_of(poll)[0].pk)
    dispatch_all()
    return session


def move(session: PeerSession, days: int = 1) -> None:
    session.refresh_from_db()
    shift = timedelta(days=days)
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=session.starts_at + shift,
        ends_at=session.ends_at + shift,
        time_zone=session.time_zone,
        place="",
        video_url="",
    )


def calendar_of(message: Any) -> Calendar:
    ((_name, content, _mimetype),) = message.attachments
    return Calendar.from_ical(content)


def test_a_guest_is_told_of_the_date_of_a_move_and_of_a_cancellation_by_one_invitation() -> None:
    session = closed_poll(title="Habiter")
    move(session)
    dispatch_all()
    cancel_session(actor=animator_of(session.network), session=session)
    dispatch_all()
    messages = [one for one in mails_to("zoe@example.org") if one.attachments]
    assert [one.subject for one in messages] == ["Date choisie : Habiter", "Changement : Habiter", "Annulée : Habiter"]
    calendars = [calendar_of(one) for one in messages]
    assert [str(one["method"]) for one in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [one.walk("VEVENT")[0] for one in calendars]
    assert {str(one["uid"]) for one in events} == {str(session.uid)}
    assert [one["sequence"] for one in events] == [0, 1, 2]
    assert {str(one["attendee"]) for one in events} == {"mailto:zoe@example.org"}
    assert str(events[-1]["status"]) == "CANCELLED"
    identifiers = [one.extra_headers["Message-ID"] for one in messages]
    assert len(set(identifiers)) == 3
    token = link_token(session_guest(session))
    assert [token in one.body for one in messages] == [True] * 3


def session_guest(session: PeerSession):  # type: ignore[no-untyped-def]

    return PollGuest.objects.select_related("poll__network", "poll__circle", "poll__session").get(poll__session=session)


def test_of_several_moves_the_last_is_told_and_a_mail_sent_again_is_the_same_one() -> None:
    session = closed_poll()
    move(session)
    move(session)
    dispatch_all()
    moved = [one for one in mails_to("zoe@example.org") if one.subject.startswith("Changement")]
    assert len(moved) == 1
    guest = session_guest(session)
    poll_handlers.on_poll_guest_to_tell(PollGuestToTell(guest_id=guest.pk, what="moved", wave="2"))
    again = [one for one in mails_to("zoe@example.org") if one.subject.startswith("Changement")]
    assert {one.extra_headers["Message-ID"] for one in again} == {moved[0].extra_headers["Message-ID"]}


def test_a_guest_who_left_hears_no_more_and_of_a_confidence_never_what(browser: Browser) -> None:
    network = make_network()
    circle = confidential_circle(network, "association")
    make_member(network, category="association")
    poll = make_poll(network, circle=circle, author=_inside(network), title="Le secret")
    session = closed_by(poll)
    move(session)
    dispatch_all()
    messages = mails_to("zoe@example.org")
    assert len(messages) == 2
    assert [one.subject for one in messages if "Le secret" in words(one)] == []
    guest = session_guest(session)
    url = reverse("sessions:poll-guest", args=[link_token(guest)])
    assert "La date est choisie" in browser.get(url).content.decode()
    leave_as_guest(guest=guest)
    cancel_session(actor=animator_of(network), session=session)
    dispatch_all()
    assert len(mails_to("zoe@example.org")) == 2


def _inside(network: Network) -> User:
    """The animator, in the circle of associations."""
    animator = make_member(network, category="association", role="animator")
    return animator.user


def closed_by(poll: DatePoll) -> PeerSession:
    make_guest(poll, email="zoe@example.org")
    session = close_on(
        actor=animator_of(poll.network),
        poll=poll,
        slot_id=slots_of(poll)[0].pk,
    )
    dispatch_all()
    return session


def test_the_page_of_a_guest_says_that_the_session_is_called_off(browser: Browser) -> None:
    session = closed_poll()
    cancel_session(actor=animator_of(session.network), session=session)
    page = browser.get(reverse("sessions:poll-guest", args=[link_token(session_guest(session))])).content.decode()
    assert "La séance est annulée" in page
    assert "La date est choisie" not in page
