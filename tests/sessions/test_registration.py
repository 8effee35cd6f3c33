from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from peerhub.outbox.models import OutboxEvent
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import User
from peerhub.people.services.memberships import end_membership
from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration, Reminder
from sessions.policies.sessions import FULL
from sessions.queries.clashes import clashes_of
from sessions.services.registration import Clash, register, repair_counts, wait_for_seat, withdraw
from sessions.services.scheduling import cancel_session, change_capacity
from tests.builders import make_member, make_network, make_user
from tests.concurrency import at_once
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db


def count_of(session: PeerSession) -> int:
    return PeerSession.objects.values_list("registered_count", flat=True).get(pk=session.pk)


def test_register_takes_a_seat_with_the_hat_of_the_network() -> None:
    session = make_session(capacity=2)
    membership = make_member(session.network, category="elected")
    registration = register(user=membership.user, session=session)
    assert (registration.state, registration.affiliation_id, registration.version) == (
        "registered",
        membership.affiliation_id,
        1,
    )
    assert count_of(session) == 1
    assert OutboxEvent.objects.filter(name="sessions.registered").values_list("payload", flat=True).get() == {
        "registration_id": registration.pk,
        "version": 1,
    }


def test_register_twice_is_registering_once() -> None:
    session = make_session(capacity=2)
    first = make_registration(session)
    again = register(user=first.user, session=session)
    assert again.pk == first.pk
    assert count_of(session) == 1
    assert OutboxEvent.objects.filter(name="sessions.registered").count() == 1


def test_a_full_session_is_full_and_says_so() -> None:
    session = make_session(capacity=1)
    make_registration(session)
    with pytest.raises(Refused) as caught:
        make_registration(session)
    assert str(caught.value) == str(FULL)
    assert str(FULL).startswith("La séance est complète")
    assert Registration.objects.filter(session=session).count() == 1


def test_the_database_refuses_one_seat_too_many() -> None:
    session = make_session(capacity=1)
    make_registration(session)
    with pytest.raises(IntegrityError, match="session_never_over_full"), transaction.atomic():
        PeerSession.objects.filter(pk=session.pk).update(registered_count=2)


def test_withdrawing_frees_the_seat_and_coming_back_takes_it_again() -> None:
    session = make_session(capacity=1)
    registration = make_registration(session)
    assert withdraw(user=registration.user, session=session) is True
    assert withdraw(user=registration.user, session=session) is False
    assert count_of(session) == 0
    other = make_registration(session)
    with pytest.raises(Refused, match="complète"):
        register(user=registration.user, session=session)
    withdraw(user=other.user, session=session)
    back = register(user=registration.user, session=session)
    assert (back.pk, back.state, back.version, back.withdrawn_at) == (registration.pk, "registered", 3, None)
    assert count_of(session) == 1


def test_register_refuses_whoever_is_not_a_member_even_in_an_open_session() -> None:
    session = make_session()
    with pytest.raises(DomainError):
        register(user=make_user(), session=session)


def test_register_refuses_a_circle_that_is_not_the_persons() -> None:
    network = make_network()
    session = make_session(network, circle=confidential_circle(network))
    agent = make_member(network, category="agent").user
    with pytest.raises(Refused, match="ne vous est pas ouverte"):
        register(user=agent, session=session)
    elected = make_member(network, category="elected").user
    assert register(user=elected, session=session).is_registered


def test_register_refuses_a_suspended_member() -> None:
    session = make_session()
    membership = make_member(session.network)
    end_membership(membership=membership, status=MembershipStatus.SUSPENDED)
    with pytest.raises(Refused):
        register(user=membership.user, session=session)


def test_register_and_withdraw_refuse_once_it_has_begun_or_is_cancelled() -> None:
    session = make_session()
    registration = make_registration(session)
    stranger = make_member(session.network).user
    cancel_session(actor=animator_of(session.network), session=session)
    for verb, user in ((register, stranger), (withdraw, registration.user)):
        with pytest.raises(Refused, match="annulée"):
            verb(user=user, session=session)
    past = make_past_session(session.network)
    with pytest.raises(Refused, match="a eu lieu"):
        register(user=stranger, session=past)
    PeerSession.objects.filter(pk=past.pk).update(ends_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(Refused, match="a commencé"):
        register(user=stranger, session=past)


def test_register_tells_of_another_session_at_that_time_before_booking_twice() -> None:
    network = make_network()
    start = timezone.now() + timedelta(days=3)
    first = make_session(network, starts_at=start, ends_at=start + timedelta(hours=2))
    overlapping = make_session(starts_at=start + timedelta(hours=1), ends_at=start + timedelta(hours=3))
    following = make_session(network, starts_at=start + timedelta(hours=2), ends_at=start + timedelta(hours=3))
    user = make_registration(first).user
    make_member(overlapping.network, user)
    assert clashes_of(user, following) == []
    with pytest.raises(Clash) as caught:
        register(user=user, session=overlapping)
    assert caught.value.sessions == [first]
    assert count_of(overlapping) == 0
    assert register(user=user, session=overlapping, accept_clash=True).is_registered


def test_a_cancelled_or_left_session_clashes_with_nothing() -> None:
    network = make_network()
    start = timezone.now() + timedelta(days=3)
    first, second, third = (make_session(network, starts_at=start) for _ in range(3))
    user = make_registration(first).user
    cancel_session(actor=animator_of(network), session=first)
    assert register(user=user, session=second).is_registered
    withdraw(user=user, session=second)
    assert register(user=user, session=third).is_registered


def test_capacity_is_never_set_below_the_seats_taken() -> None:
    session = make_session(capacity=3)
    make_registration(session)
    make_registration(session)
    animator = animator_of(session.network)
    with pytest.raises(DomainError, match="2 personnes sont déjà inscrites"):
        change_capacity(actor=animator, session=session, capacity=1)
    assert change_capacity(actor=animator, session=session, capacity=2).is_full
    assert change_capacity(actor=animator, session=session, capacity=None).capacity is None


def test_repair_finds_and_mends_a_wrong_count() -> None:
    session = make_session()
    make_registration(session)
    assert repair_counts(write=True) == []
    PeerSession.objects.filter(pk=session.pk).update(registered_count=7)
    assert repair_counts(write=False) == [(session.pk, 7, 1)]
    assert repair_counts(write=True) == [(session.pk, 7, 1)]
    assert count_of(session) == 1


def test_repair_finds_and_mends_a_wrong_count_of_offers_alone() -> None:
    session = make_session(capacity=1)
    seated, waiting = make_registration(session).user, make_member(session.network).user
    wait_for_seat(user=waiting, session=session)
    withdraw(user=seated, session=session)
    assert repair_counts(write=True) == []
    PeerSession.objects.filter(pk=session.pk).update(held_count=0)
    assert repair_counts(write=False) == [(session.pk, 0, 1)]
    assert repair_counts(write=True) == [(session.pk, 0, 1)]
    assert list(PeerSession.objects.filter(pk=session.pk).values_list("registered_count", "held_count")) == [(0, 1)]
    assert repair_counts(write=False) == []


def in_threads(jobs: list[tuple[User, PeerSession, str]], accept_clash: bool = False) -> Counter[str]:
    """Run each verb in a thread of its own, all started at once; counts what came of them."""

    def run(number: int) -> str:
        user, session, verb = jobs[number]
        try:
            if verb == "register":
                register(user=user, session=session, accept_clash=accept_clash)
            else:
                withdraw(user=user, session=session)
        except DomainError as error:
            return type(error).__name__ + ": " + str(error).partition("\u00a0:")[0]
        return verb

    return Counter(at_once(len(jobs), run))


@pytest.mark.django_db(transaction=True)
def test_a_hundred_people_at_once_for_twenty_seats() -> None:
    session = make_session(capacity=20)
    users = [make_member(session.network).user for _ in range(100)]
    outcomes = in_threads([(user, session, "register") for user in users])
    assert outcomes == {"register": 20, "NoSeat: La séance est complète": 80}
    assert Registration.objects.registered().filter(session=session).count() == 20
    assert count_of(session) == 20
    assert Reminder.objects.filter(session=session).count() == 40


@pytest.mark.django_db(transaction=True)
def test_one_person_clicking_ten_times_takes_one_seat() -> None:
    session = make_session(capacity=5)
    user = make_member(session.network).user
    assert in_threads([(user, session, "register")] * 10) == {"register": 10}
    assert count_of(session) == 1
    assert OutboxEvent.objects.filter(name="sessions.registered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sessions_at_one_time_claimed_at_once_are_noticed() -> None:
    network = make_network()
    start = timezone.now() + timedelta(days=3)
    sessions = [make_session(network, starts_at=start) for _ in range(4)]
    user = make_member(network).user
    outcomes = in_threads([(user, session, "register") for session in sessions])
    assert outcomes["register"] == 1
    assert sum(outcomes.values()) == 4
    assert Registration.objects.registered().filter(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_claims_and_withdrawals_at_once_keep_the_count_true() -> None:
    session = make_session(capacity=10)
    seated = [make_registration(session).user for _ in range(10)]
    claimants = [make_member(session.network).user for _ in range(20)]
    in_threads([(user, session, "withdraw") for user in seated] + [(user, session, "register") for user in claimants])
    rows = Registration.objects.filter(session=session, state=RegistrationState.REGISTERED).count()
    assert rows == count_of(session)
    assert rows <= 10
    assert repair_counts(write=False) == []
