"""Random histories of one session: whatever happens in whatever order, the seats stay lawful."""

from collections import Counter
from typing import cast

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from peerhub.people.errors import DomainError
from peerhub.people.models import Delegation, User
from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration, Reminder, SeatEvent
from sessions.queries.seat_state import state_of
from sessions.seating.engine import Decision, Kind, blocks, replay
from sessions.seating.state import count_in
from sessions.services.registration import register, repair_counts, wait_for_seat, withdraw
from sessions.services.scheduling import cancel_session, change_capacity
from sessions.services.seats import RuleWish, decline, set_rules
from tests.builders import make_category, make_member, make_network
from tests.sessions.builders import animator_of, make_session

PEOPLE = 6
persons = st.integers(0, PEOPLE - 1)


class Seats(RuleBasedStateMachine):
    """Two delegations, two categories, six people, a few seats."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        network = make_network()
        delegations = [Delegation.objects.create(network=network, name=f"Délégation {n}") for n in range(2)]
        self.people: list[User] = [
            make_member(network, category=("agent", "elected")[n % 2], delegation=delegations[n // 3]).user
            for n in range(PEOPLE)
        ]
        self.elected = make_category("elected").pk
        self.session: PeerSession = make_session(network, capacity=2)
        self.animator = animator_of(network)
        self.is_cancelled = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def state_of(self, who: int) -> str:
        row = Registration.objects.filter(session=self.session, user=self.people[who]).first()
        return row.state if row else ""

    @rule(who=persons)
    def claim(self, who: int) -> None:
        before = self.state_of(who)
        try:
            row = register(user=self.people[who], session=self.session)
        except DomainError:
            assert self.state_of(who) == before
            assert before not in {"offered", "registered"} or self.is_cancelled
        else:
            assert row.is_registered
            assert register(user=self.people[who], session=self.session).version == row.version

    @rule(who=persons)
    def wait(self, who: int) -> None:
        try:
            row = wait_for_seat(user=self.people[who], session=self.session)
        except DomainError:
            assert self.is_cancelled
        else:
            assert row.state in {"registered", "waiting", "offered"}

    @rule(who=persons)
    def leave(self, who: int) -> None:
        before = self.state_of(who)
        try:
            had_something = withdraw(user=self.people[who], session=self.session)
        except DomainError:
            assert self.is_cancelled
        else:
            assert had_something == (before in {"registered", "waiting", "offered"})

    @rule(who=persons)
    def say_no(self, who: int) -> None:
        before = self.state_of(who)
        try:
            decline(user=self.people[who], session=self.session)
        except DomainError:
            assert self.is_cancelled or before == ""
        else:
            assert self.state_of(who) == "declined"

    @rule(capacity=st.none() | st.integers(0, 6))
    def resize(self, capacity: int | None) -> None:
        taken = Counter(Registration.objects.filter(session=self.session).values_list("state", flat=True))
        held = taken["registered"] + taken["offered"]
        try:
            change_capacity(actor=self.animator, session=self.session, capacity=capacity)
        except DomainError:
            assert self.is_cancelled or capacity is not None
        else:
            assert capacity is None or held <= capacity

    @rule(capacity=st.none() | st.integers(1, 6), floor=st.integers(0, 2), ceiling=st.none() | st.integers(1, 3))
    def change_rules(self, capacity: int | None, floor: int, ceiling: int | None) -> None:
        rules = [RuleWish(category_id=self.elected, floor=floor), RuleWish(is_each_delegation=True, ceiling=ceiling)]
        try:
            with transaction.atomic():
                set_rules(actor=self.animator, session=self.session, capacity=capacity, rules=rules)
        except DomainError:
            self.session.refresh_from_db()

    @precondition(lambda self: not self.is_cancelled)
    @rule(chance=st.integers(0, 9))
    def call_off(self, chance: int) -> None:
        if chance == 9:
            self.is_cancelled = cancel_session(actor=self.animator, session=self.session)

    @invariant()
    def seats_are_lawful(self) -> None:
        row = PeerSession.objects.get(pk=self.session.pk)
        state = state_of(row, now=timezone.now())
        assert row.capacity is None or row.registered_count + row.held_count <= row.capacity
        assert (row.registered_count, row.held_count) == (len(state.seats), len(state.offers))
        for cell in state.tally:
            for part in state.rules.of(cell):
                assert part.ceiling is None or count_in(state.tally, part) <= part.ceiling
        if not self.is_cancelled:
            assert [one.holder for one in state.queue if not blocks(state, one.cell)] == []
        assert repair_counts(write=False) == []
        events = SeatEvent.objects.filter(session=row).order_by("number")
        found = replay(Decision(cast(Kind, event.kind), event.holder, event.facts) for event in events)
        assert (found.seats, found.offers, found.queue) == (state.seats, state.offers, state.queue)
        pending = set(Reminder.objects.pending().filter(session=row).values_list("user_id", flat=True))
        seated = Registration.objects.filter(session=row, state=RegistrationState.REGISTERED)
        assert pending == (set() if self.is_cancelled else set(seated.values_list("user_id", flat=True)))


@pytest.mark.django_db
def test_seats_obey_their_laws_in_any_history() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Seats, settings=settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=checks)
    )
