from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.core import mail
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from peerhub.notifications.delivery import deliver_due as send_mails
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.services.accounts import change_locale
from peerhub.people.services.memberships import deactivate_user, end_membership
from sessions.local_time import FRENCH_ZONES
from sessions.models import PeerSession, Registration, Reminder
from sessions.services import reminders
from sessions.services.registration import register, withdraw
from sessions.services.reminders import DAY_BEFORE, HOUR_BEFORE, deliver_due, due_at
from sessions.services.scheduling import cancel_session, move_session
from sessions.tasks import send_due_reminders
from tests.builders import make_member, make_network, make_user
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session

pytestmark = pytest.mark.django_db


def plan_of(registration: Registration) -> list[tuple[int, datetime, str]]:
    rows = Reminder.objects.filter(session=registration.session, user=registration.user).order_by("-offset_minutes")
    return list(rows.values_list("offset_minutes", "due_at", "skipped_reason"))


def states_of(registration: Registration) -> dict[int, str]:
    """Offset -> "sent", "pending" or why it was set aside."""
    rows = Reminder.objects.filter(session=registration.session, user=registration.user)
    return {row.offset_minutes: "sent" if row.sent_at else row.skipped_reason or "pending" for row in rows}


def move(session: PeerSession, starts_at: datetime, **fields: str) -> None:
    session.refresh_from_db()
    length = session.ends_at - session.starts_at
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=starts_at,
        ends_at=starts_at + length,
        time_zone=fields.get("time_zone", session.time_zone),
        place=fields.get("place", session.place),
        video_url=session.video_url,
    )


def bring_forward(session: PeerSession, starts_in: timedelta) -> None:
    """Time passes until the session begins in so long: its rows move back, since the clock cannot move on."""
    session.refresh_from_db()
    shift = session.starts_at - (timezone.now() + starts_in)
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at - shift, ends_at=session.ends_at - shift
    )
    for reminder in Reminder.objects.filter(session=session):
        Reminder.objects.filter(pk=reminder.pk).update(due_at=reminder.due_at - shift)
    session.refresh_from_db()


def sent() -> int:
    return Notification.objects.filter(kind="sessions.reminder").count()


@pytest.mark.parametrize(
    ("starts_at", "zone", "day_before", "hour_before"),
    [
        # The clocks go forward on 28 March 2027, back on 31 October 2027; never in La Réunion.
        ("2027-03-28T12:00Z", "Europe/Paris", "2027-03-27T13:00Z", "2027-03-28T11:00Z"),
        ("2027-10-31T13:00Z", "Europe/Paris", "2027-10-30T12:00Z", "2027-10-31T12:00Z"),
        ("2027-03-28T10:00Z", "Indian/Reunion", "2027-03-27T10:00Z", "2027-03-28T09:00Z"),
        ("2027-10-31T02:30Z", "Europe/Paris", "2027-10-30T01:30Z", "2027-10-31T01:30Z"),
    ],
)
def test_reminders_are_planned_for_the_local_hour(starts_at: str, zone: str, day_before: str, hour_before: str) -> None:
    session = make_session(starts_at=datetime.fromisoformat(starts_at), time_zone=zone)
    registration = make_registration(session)
    assert plan_of(registration) == [
        (1440, datetime.fromisoformat(day_before), ""),
        (60, datetime.fromisoformat(hour_before), ""),
    ]


def test_the_change_of_october_2026_shifts_the_day_before_by_an_hour() -> None:
    session = PeerSession(starts_at=datetime(2026, 10, 25, 13, tzinfo=UTC), time_zone="Europe/Paris")
    assert due_at(session, DAY_BEFORE) == datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert due_at(session, HOUR_BEFORE) == datetime(2026, 10, 25, 12, tzinfo=UTC)


@settings(max_examples=200)
@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from([*FRENCH_ZONES, "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe"]),
)
def test_the_day_before_always_comes_before_the_hour_before(moment: datetime, zone: str) -> None:
    session = PeerSession(starts_at=moment.replace(tzinfo=UTC), time_zone=zone)
    assert due_at(session, DAY_BEFORE) < due_at(session, HOUR_BEFORE) < session.starts_at


def test_who_registers_late_is_not_reminded_of_hours_that_have_passed() -> None:
    session = make_session(starts_at=timezone.now() + timedelta(hours=5))
    registration = make_registration(session)
    assert states_of(registration) == {1440: "too_late", 60: "pending"}
    assert deliver_due() == 0


def test_a_due_reminder_is_sent_once() -> None:
    session = make_session()
    registration = make_registration(session)
    assert deliver_due() == 0
    bring_forward(session, timedelta(hours=23))
    assert send_due_reminders() == 1
    assert send_due_reminders() == 0
    assert states_of(registration) == {1440: "sent", 60: "pending"}
    bring_forward(session, timedelta(minutes=59))
    assert deliver_due() == 1
    assert states_of(registration) == {1440: "sent", 60: "sent"}
    assert sent() == 2


def test_after_an_outage_one_mail_says_it() -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(minutes=30))
    assert deliver_due() == 2
    assert states_of(registration) == {1440: "merged", 60: "sent"}
    assert sent() == 1


@pytest.mark.parametrize("minutes", [0, -30])
def test_nothing_is_sent_of_what_has_begun(minutes: int) -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(minutes=minutes))
    deliver_due()
    assert states_of(registration) == {1440: "begun", 60: "begun"}
    assert sent() == 0


def test_a_move_plans_again_and_what_was_sent_is_due_again() -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    later = timezone.now().replace(microsecond=0) + timedelta(days=5)
    move(session, later)
    assert states_of(registration) == {1440: "pending", 60: "pending"}
    assert plan_of(registration)[1][1] == later - timedelta(hours=1)
    bring_forward(session, timedelta(hours=22))
    deliver_due()
    assert sent() == 2


def test_a_move_to_earlier_today_keeps_what_was_sent_and_plans_the_rest() -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    move(session, timezone.now() + timedelta(hours=6))
    assert states_of(registration) == {1440: "sent", 60: "pending"}
    move(session, timezone.now() + timedelta(minutes=20))
    assert states_of(registration) == {1440: "sent", 60: "too_late"}
    deliver_due()
    assert sent() == 1


def test_a_move_there_and_back_before_the_hour_sends_once() -> None:
    session = make_session()
    start = session.starts_at
    registration = make_registration(session)
    move(session, start + timedelta(days=2))
    move(session, start)
    bring_forward(session, timedelta(hours=20))
    deliver_due()
    assert states_of(registration) == {1440: "sent", 60: "pending"}
    assert sent() == 1


def test_a_change_of_place_alone_does_not_send_again() -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    move(session, session.starts_at, place="Mairie")
    assert states_of(registration) == {1440: "sent", 60: "pending"}


def test_a_cancelled_session_reminds_nobody() -> None:
    session = make_session()
    registration = make_registration(session)
    cancel_session(actor=animator_of(session.network), session=session)
    bring_forward(session, timedelta(hours=20))
    assert deliver_due() == 0
    assert states_of(registration) == {1440: "cancelled", 60: "cancelled"}


def test_who_withdraws_is_not_reminded_and_who_comes_back_is() -> None:
    session = make_session()
    registration = make_registration(session)
    withdraw(user=registration.user, session=session)
    assert states_of(registration) == {1440: "withdrawn", 60: "withdrawn"}
    register(user=registration.user, session=session)
    assert states_of(registration) == {1440: "pending", 60: "pending"}
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    assert sent() == 1


def test_coming_back_after_the_reminder_was_sent_does_not_send_it_again() -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    withdraw(user=registration.user, session=session)
    assert states_of(registration) == {1440: "sent", 60: "withdrawn"}
    register(user=registration.user, session=session)
    assert states_of(registration) == {1440: "sent", 60: "pending"}
    deliver_due()
    assert sent() == 1


def test_who_lost_the_right_to_see_it_is_not_reminded() -> None:
    network = make_network()
    session = make_session(network)
    gone, closed, there = (make_registration(session) for _ in range(3))
    end_membership(membership=network.memberships.get(user=gone.user), status=MembershipStatus.LEFT)
    deactivate_user(user=closed.user)
    bring_forward(session, timedelta(hours=23))
    assert deliver_due() == 3
    assert [states_of(one)[1440] for one in (gone, closed, there)] == ["not_visible", "inactive", "sent"]
    assert list(Notification.objects.values_list("recipient_id", flat=True)) == [there.user_id]


def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_sends_nothing() -> None:
    session = make_session()
    make_registration(session)
    bring_forward(session, timedelta(hours=23))
    slow = reminders._claim(10)
    assert reminders._claim(10).reminders == []
    Reminder.objects.filter(lease_token=slow.token).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver_due() == 1
    reminders._deliver(session.pk, DAY_BEFORE, [one.pk for one in slow.reminders], slow.token)
    assert sent() == 1


def test_a_move_takes_the_reminder_out_of_a_workers_hands() -> None:
    session = make_session()
    registration = make_registration(session)
    bring_forward(session, timedelta(hours=23))
    batch = reminders._claim(10)
    move(session, timezone.now() + timedelta(days=9))
    reminders._deliver(session.pk, DAY_BEFORE, [one.pk for one in batch.reminders], batch.token)
    assert states_of(registration) == {1440: "pending", 60: "pending"}
    assert sent() == 0


@pytest.mark.parametrize(
    ("language", "zone", "subject", "when", "there"),
    [
        ("fr", "Europe/Paris", "Demain à 12 h", "heure de Paris", ""),
        ("fr", "Indian/Reunion", "Demain à 12 h", "heure de La Réunion", "heure de Paris"),
        ("fr", "America/Cayenne", "Demain à 12 h", "heure de la Guyane", "heure de Paris"),
    ],
)
def test_the_mail_speaks_the_persons_language_in_the_persons_zone(
    language: str, zone: str, subject: str, when: str, there: str
) -> None:
    session = make_session(title="Les élu·es entre pairs", place="Salle & fêtes")
    user = make_user(language=language, time_zone=zone)
    make_registration(session, user)
    tomorrow = datetime.now(ZoneInfo(zone)).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    PeerSession.objects.filter(pk=session.pk).update(starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=2))
    Reminder.objects.filter(offset_minutes=1440).update(due_at=timezone.now())
    deliver_due()
    send_mails()
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert plain(message.subject) == f"{subject} : Les élu·es entre pairs"
    assert f"de 12 h à 14 h ({when})" in plain(message.body)
    assert "Salle & fêtes" in message.body
    assert ("Sur place :" in plain(message.body), there in message.body) == (bool(there), True)


def plain(text: object) -> str:
    """With common spaces."""
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_reminder_brings_a_calendar_that_another_parser_reads() -> None:
    session = make_session(title="Les élu·es entre pairs")
    registration = make_registration(session)
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    send_mails()
    (message,) = mail.outbox
    parts = {part.get_content_type(): part for part in message.message().walk()}
    calendar = parts["text/calendar"]
    assert calendar["Content-Type"] == 'text/calendar; method="PUBLISH"; charset="utf-8"'
    assert calendar.get_filename() == f"seance-{session.pk}.ics"
    payload = calendar.get_payload(decode=True)
    assert isinstance(payload, bytes)
    event = vobject.readOne(payload.decode()).vevent
    assert event.uid.value == str(session.uid)
    assert event.dtstart.value == session.starts_at.replace(microsecond=0)
    assert registration.user.email not in payload.decode()
    assert {"text/plain", "text/html"} <= set(parts)


def test_the_mail_of_a_confidential_session_says_that_and_never_what() -> None:
    network = make_network(name="Territoires en chemin")
    session = make_session(
        network,
        circle=confidential_circle(network, "agent"),
        title="CANARI",
        description="CANARI",
        place="CANARI",
        video_url="https://canari.example.org/",
    )
    registration = make_registration(session, category_user := make_member(network, category="agent").user)
    assert registration.user == category_user
    dispatch_all()
    bring_forward(session, timedelta(hours=23))
    deliver_due()
    move(session, timezone.now() + timedelta(days=3))
    dispatch_all()
    send_mails()
    cancel_session(actor=animator_of(network), session=session, reason="CANARI")
    dispatch_all()
    send_mails()
    kinds = sorted(Notification.objects.filter(recipient=category_user).values_list("kind", flat=True))
    assert kinds == [
        "sessions.cancelled",
        "sessions.confirmed",
        "sessions.created",
        "sessions.moved",
        "sessions.reminder",
    ]
    assert len(mail.outbox) >= 3
    for message in mail.outbox:
        everything = message.message().as_bytes().decode()
        parts = [part.get_payload(decode=True) for part in message.message().walk()]
        text = everything + "".join(part.decode() for part in parts if isinstance(part, bytes))
        assert "canari" not in text.lower().replace("\r\n ", "")
        assert "Séance confidentielle · Territoires en chemin" in message.subject


def test_changing_ones_zone_changes_nothing_of_when_it_is_due() -> None:
    session = make_session()
    registration = make_registration(session)
    before = plan_of(registration)
    change_locale(user=registration.user, language="en", time_zone="Pacific/Noumea")
    assert plan_of(registration) == before
