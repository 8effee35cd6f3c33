"""The clock of the machine jumps, ahead and back: what is due by it is done once, and nothing is done for a time that
is over."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import User
from sessions.models import PeerSession, Registration, Reminder, SeatEvent
from sessions.services.registration import register, repair_counts, wait_for_seat, withdraw
from sessions.services.reminders import DAY_BEFORE, HOUR_BEFORE, WEEK_BEFORE, deliver_due
from sessions.services.scheduling import move_session
from sessions.services.seats import RuleWish, set_rules
from sessions.tasks import tend_seats
from tests.builders import make_category, make_member, make_network
from tests.sessions.builders import animator_of, make_session

pytestmark = pytest.mark.django_db
OFFSETS = [WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE]


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment):
        yield


def tend() -> int:
    """What beat asks of the workers, once."""
    return tend_seats() + deliver_due()


def states(user: User, session: PeerSession) -> dict[int, str]:
    rows = Reminder.objects.filter(user=user, session=session)
    return {one.offset_minutes: one.skipped_reason or ("sent" if one.sent_at else "pending") for one in rows}


def reminded(user: User) -> int:
    return Notification.objects.filter(recipient=user, kind="sessions.reminder").count()


def test_what_was_sent_by_a_clock_that_ran_ahead_is_not_sent_again_by_the_right_one() -> None:
    session = make_session(reminder_minutes=OFFSETS)
    user = make_member(session.network).user
    register(user=user, session=session)
    with clock_at(session.starts_at - timedelta(hours=23)):
        tend()
        assert (states(user, session)[DAY_BEFORE], reminded(user)) == ("sent", 1)
    # Set right, and the plan made again by a change of place.
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        time_zone=session.time_zone,
        place="Mairie",
        video_url="",
    )
    assert tend() == 0
    assert states(user, session) == {WEEK_BEFORE: "pending", DAY_BEFORE: "sent", HOUR_BEFORE: "pending"}
    for hours, expected in ((24 * 7 - 1, 2), (23, 2), (0.5, 3)):
        with clock_at(session.starts_at - timedelta(hours=hours)):
            tend()
            assert reminded(user) == expected


def test_what_is_due_in_the_past_is_not_armed_again() -> None:
    session = make_session(reminder_minutes=OFFSETS)
    user = make_member(session.network).user
    register(user=user, session=session)
    with clock_at(session.starts_at - timedelta(minutes=30)):
        move_session(
            actor=animator_of(session.network),
            session=session,
            starts_at=session.starts_at,
            ends_at=session.ends_at + timedelta(hours=1),
            time_zone=session.time_zone,
            place="",
            video_url="",
        )
        assert states(user, session) == dict.fromkeys(OFFSETS, "too_late")
        late = make_member(session.network).user
        register(user=late, session=session)
        assert states(late, session) == dict.fromkeys(OFFSETS, "too_late")
        assert (tend(), reminded(user), reminded(late)) == (0, 0, 0)
    with clock_at(session.starts_at + timedelta(minutes=1)):
        assert (tend(), reminded(user), reminded(late)) == (0, 0, 0)


def test_offers_lapse_one_after_the_other_and_never_back() -> None:
    session = make_session(capacity=1)
    seated, *waiting = (make_member(session.network).user for _ in range(4))
    register(user=seated, session=session)
    for user in waiting:
        wait_for_seat(user=user, session=session)
    withdraw(user=seated, session=session)

    def offered_to() -> list[int]:
        return list(Registration.objects.open_offers().filter(session=session).values_list("user_id", flat=True))

    begins = timezone.now()
    for number, days in enumerate((0.1, 1.1, 2.2)):
        with clock_at(begins + timedelta(days=days)):
            tend()
            assert offered_to() == [waiting[number].pk]
            assert tend() == 0
    # Two days back: who has the offer keeps it, and nobody gets another.
    tend()
    assert offered_to() == [waiting[2].pk]
    log = SeatEvent.objects.filter(session=session, kind="offered").order_by("number")
    assert list(log.values_list("holder", flat=True)) == [f"u{one.pk}" for one in waiting]
    with clock_at(session.starts_at + timedelta(minutes=1)):
        tend()
        assert offered_to() == []
    assert repair_counts(write=False) == []


def test_floors_are_released_at_their_date_and_stay_released() -> None:
    session = make_session(capacity=1)
    actor, until = animator_of(session.network), timezone.now() + timedelta(days=2)
    floor = [RuleWish(category_id=make_category("elected").pk, floor=1)]
    set_rules(actor=actor, session=session, capacity=1, rules=floor, floors_until=until)
    user = make_member(session.network, category="agent").user
    assert wait_for_seat(user=user, session=session).state == "waiting"
    for moment, expected in ((until - timedelta(minutes=1), "waiting"), (until + timedelta(minutes=1), "offered")):
        with clock_at(moment):
            tend()
            assert Registration.objects.get(session=session, user=user).state == expected
    assert tend() == 0
    assert register(user=user, session=session).is_registered
    released = SeatEvent.objects.filter(session=session, kind="released")
    assert released.count() == 1


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-60, 90), min_size=2, max_size=8))
def test_whatever_the_clock_does_each_is_told_once_and_of_what_is_to_come(jumps: list[int]) -> None:
    with transaction.atomic():
        network = make_network()
        session = make_session(network, capacity=2, reminder_minutes=OFFSETS)
        people = [make_member(network).user for _ in range(4)]
        for user in people:
            wait_for_seat(user=user, session=session)
        withdraw(user=people[0], session=session)
        moment, told = timezone.now(), Counter[tuple[int, str]]()
        for hours in jumps:
            moment = max(moment + timedelta(hours=hours), timezone.now())
            with clock_at(moment):
                before = set(Notification.objects.filter(target_id=session.pk).values_list("pk", flat=True))
                tend()
                dispatch_all()
                news = Notification.objects.exclude(pk__in=before).filter(kind__startswith="sessions.remind")
                told.update(news.values_list("recipient_id", "key"))
                assert session.starts_at > moment or not news.exists()
                row = PeerSession.objects.get(pk=session.pk)
                assert row.registered_count + row.held_count <= 2
                assert repair_counts(write=False) == []
        assert set(told.values()) <= {1}
        sent = Reminder.objects.filter(session=session, sent_at__isnull=False)
        assert sum(told.values()) == sent.count()
        # Only to those who sat at that hour.
        sitting = {people[1].pk} | set(
            Registration.objects.registered().filter(session=session).values_list("user_id", flat=True)
        )
        assert {recipient for recipient, _key in told} <= sitting
        transaction.set_rollback(True)
