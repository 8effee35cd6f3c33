"""Random histories of one session: whatever happens in whatever order, the seats stay lawful."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from peerhub.people.errors import DomainError
from peerhub.people.models import User
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.registration import register, repair_counts, withdraw
from sessions.services.scheduling import cancel_session, change_capacity
from tests.builders import make_member, make_network
from tests.sessions.builders import animator_of, make_session

PEOPLE = 5
persons = st.integers(0, PEOPLE - 1)


class Seats(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        network = make_network()
        self.people: list[User] = [make_member(network).user for _ in range(PEOPLE)]
        self.session: PeerSession = make_session(network, capacity=2)
        self.animator = animator_of(network)
        self.seated: set[int] = set()
        self.capacity: int | None = 2
        self.is_cancelled = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(who=persons)
    def claim(self, who: int) -> None:
        is_free = self.capacity is None or len(self.seated) < self.capacity
        try:
            register(user=self.people[who], session=self.session)
        except DomainError:
            assert who not in self.seated
            assert self.is_cancelled or not is_free
        else:
            assert who in self.seated or (is_free and not self.is_cancelled)
            self.seated.add(who)

    @rule(who=persons)
    def leave(self, who: int) -> None:
        try:
            had_seat = withdraw(user=self.people[who], session=self.session)
        except DomainError:
            assert self.is_cancelled
        else:
            assert had_seat == (who in self.seated)
            self.seated.discard(who)

    @rule(capacity=st.none() | st.integers(0, 6))
    def resize(self, capacity: int | None) -> None:
        try:
            change_capacity(actor=self.animator, session=self.session, capacity=capacity)
        except DomainError:
            assert self.is_cancelled or (capacity is not None and capacity < max(1, len(self.seated)))
        else:
            self.capacity = capacity

    @precondition(lambda self: not self.is_cancelled and len(self.seated) > 2)
    @rule()
    def call_off(self) -> None:
        self.is_cancelled = cancel_session(actor=self.animator, session=self.session)

    @invariant()
    def seats_are_lawful(self) -> None:
        row = PeerSession.objects.get(pk=self.session.pk)
        rows = Registration.objects.registered().filter(session=row)
        assert set(rows.values_list("user_id", flat=True)) == {self.people[who].pk for who in self.seated}
        assert row.registered_count == len(self.seated)
        assert row.capacity == self.capacity
        assert row.capacity is None or row.registered_count <= row.capacity
        assert repair_counts(write=False) == []
        pending = set(Reminder.objects.pending().filter(session=row).values_list("user_id", flat=True))
        assert pending == (set() if self.is_cancelled else {self.people[who].pk for who in self.seated})


@pytest.mark.django_db
def test_seats_obey_their_laws_in_any_history() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Seats, settings=settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    )
