"""Date polls under concurrency: real threads, real transactions."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from peerhub.outbox.models import OutboxEvent
from peerhub.people.errors import Refused
from peerhub.people.models import User
from sessions.models import DatePoll, PeerSession, PollAnswer, PollGuest
from sessions.services.poll_answers import answer, answer_as_guest
from sessions.services.poll_closing import close_on
from sessions.services.polls import chase, lock_poll
from tests.builders import make_member
from tests.concurrency import together
from tests.sessions.builders import animator_of
from tests.sessions.poll_builders import make_guest, make_poll, slots_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_closes_make_one_session_and_tell_once() -> None:
    poll = make_poll()
    make_guest(poll)
    actor, slot = animator_of(poll.network), slots_of(poll)[0]
    sessions = together(*[lambda: close_on(actor=actor, poll=poll, slot_id=slot.pk)] * 4)
    assert {session.pk for session in sessions if isinstance(session, PeerSession)} == {PeerSession.objects.get().pk}
    assert [isinstance(one, PeerSession) for one in sessions] == [True] * 4
    assert OutboxEvent.objects.filter(name="sessions.poll_closed").count() == 1
    assert OutboxEvent.objects.filter(name="sessions.poll_guest_to_tell", payload__what="closed").count() == 1


def test_two_closes_on_two_slots_choose_one() -> None:
    poll = make_poll()
    actor = animator_of(poll.network)
    first, second = slots_of(poll)
    results = together(
        lambda: close_on(actor=actor, poll=poll, slot_id=first.pk),
        lambda: close_on(actor=actor, poll=poll, slot_id=second.pk),
    )
    assert sorted(isinstance(one, PeerSession) for one in results) == [False, True]
    poll.refresh_from_db()
    assert poll.chosen_slot is not None
    assert PeerSession.objects.get().starts_at == poll.chosen_slot.starts_at


def test_an_answer_that_waits_past_the_deadline_is_refused() -> None:
    """It began in time and got its turn too late: the clock is read with the lock."""
    poll = make_poll()
    user = make_member(poll.network).user
    choices = {slot.pk: "yes" for slot in slots_of(poll)}
    caught: list[object] = []

    def late() -> None:
        try:
            caught.append(answer(user=user, poll=poll, choices=choices))
        except Refused as error:
            caught.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        lock_poll(poll.pk)
        thread = threading.Thread(target=late)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
        DatePoll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
    thread.join(timeout=30)
    assert [type(one) for one in caught] == [Refused]
    assert PollAnswer.objects.count() == 0


def test_answers_and_the_close_at_once_leave_whole_answers_or_none() -> None:
    poll = make_poll()
    actor, slots = animator_of(poll.network), slots_of(poll)
    users: list[User] = [make_member(poll.network).user for _ in range(4)]
    choices = {slot.pk: "yes" for slot in slots}

    def answering(user: User) -> Callable[[], object]:
        return lambda: answer(user=user, poll=poll, choices=choices)

    results = together(
        *[answering(user) for user in users], lambda: close_on(actor=actor, poll=poll, slot_id=slots[0].pk)
    )
    written = sum(one for one in results if isinstance(one, int))
    assert PollAnswer.objects.count() == written
    assert PeerSession.objects.count() == 1


def test_the_same_guest_link_used_twice_at_once_is_one_answer_a_slot() -> None:
    poll = make_poll()
    guest: PollGuest = make_guest(poll)
    slots = slots_of(poll)
    results = together(
        lambda: answer_as_guest(guest=guest, choices={slot.pk: "yes" for slot in slots}),
        lambda: answer_as_guest(guest=guest, choices={slot.pk: "no" for slot in slots}),
    )
    assert results == [2, 2]
    choices = set(PollAnswer.objects.values_list("choice", flat=True))
    assert (PollAnswer.objects.count(), len(choices)) == (2, 1)


def test_two_chases_at_once_are_one() -> None:
    poll = make_poll(closes_at=timezone.now() + timedelta(days=3))
    actor = animator_of(poll.network)
    results = together(*[lambda: chase(actor=actor, poll=poll)] * 3)
    assert sorted(str(type(one).__name__) for one in results) == ["DomainError", "DomainError", "NoneType"]
    assert OutboxEvent.objects.filter(name="sessions.poll_chased").count() == 1
