"""Invitations, rules, waiting lists, offers, substitutes, guests: what people and animators do with seats."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peerhub.notifications.models import Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.outbox.services import dispatch_due
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Delegation, Network, User
from sessions.models import Delegate, Enrolment, GuestSeat, PeerSession, Programme, Registration, Reminder, SeatEvent
from sessions.queries.clashes import travel_between
from sessions.queries.seat_state import state_of
from sessions.seating.engine import Decision, Kind, replay
from sessions.services import seats_offers
from sessions.services.clashes import require_free_facilitator
from sessions.services.registration import NoSeat, register, release_seats, repair_counts, wait_for_seat, withdraw
from sessions.services.seats import RuleWish, chase_silent, decline, invite_people, release_floors, set_rules
from sessions.services.seats_for_others import answer_for, remove_guest, replace_person, seat_guest
from sessions.services.seats_room import keep
from tests.builders import make_category, make_member, make_network, make_territory
from tests.sessions.builders import animator_of, make_registration, make_session, network_circle

pytestmark = pytest.mark.django_db


def delegation_of(network: Network, name: str = "Val d’Orsenne") -> Delegation:
    return Delegation.objects.get_or_create(network=network, name=name)[0]


def member(session: PeerSession, category: str = "agent", delegation: Delegation | None = None) -> User:
    return make_member(session.network, category=category, delegation=delegation).user


def state(session: PeerSession, user: User) -> str:
    return Registration.objects.values_list("state", flat=True).get(session=session, user=user)


def replays(session: PeerSession) -> None:
    """The log gives the seats that the rows say; the counts are true."""
    events = SeatEvent.objects.filter(session=session).order_by("number")
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    current = PeerSession.objects.get(pk=session.pk)
    found = replay(Decision(cast(Kind, event.kind), event.holder, event.facts) for event in events)
    truth = state_of(current, now=timezone.now())
    assert (found.seats, found.offers, found.queue) == (truth.seats, truth.offers, truth.queue)
    assert (current.registered_count, current.held_count) == (len(truth.seats), len(truth.offers))
    assert repair_counts(write=False) == []


def later(monkeypatch: pytest.MonkeyPatch, **shift: float) -> datetime:
    """Move the clock of the process forward."""
    moved = timezone.now() + timedelta(**shift)
    monkeypatch.setattr(timezone, "now", lambda: moved)
    return moved


def full_session(capacity: int = 1, waiting: int = 2) -> tuple[PeerSession, list[User], list[User]]:
    session = make_session(capacity=capacity)
    seated = [make_registration(session).user for _ in range(capacity)]
    queue = [member(session) for _ in range(waiting)]
    for user in queue:
        wait_for_seat(user=user, session=session)
    return session, seated, queue


def test_invited_people_are_told_once_and_answer() -> None:
    session = make_session(capacity=3)
    people = [member(session) for _ in range(3)]
    animator = animator_of(session.network)
    ids = [user.pk for user in people]
    assert invite_people(actor=animator, session=session, user_ids=ids) == 3
    assert invite_people(actor=animator, session=session, user_ids=ids) == 0
    with pytest.raises(Refused):
        invite_people(actor=people[0], session=session, user_ids=ids)
    dispatch_due()
    assert Notification.objects.filter(kind="sessions.invited").count() == 3
    assert register(user=people[0], session=session).is_registered
    assert decline(user=people[1], session=session, note="Conseil\nmunicipal") is True
    assert decline(user=people[1], session=session) is False
    row = Registration.objects.get(session=session, user=people[1])
    assert (row.state, row.note) == ("declined", "Conseil municipal")
    assert state(session, people[2]) == "invited"
    replays(session)


def test_the_silent_alone_are_chased_and_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    silent, answering = member(session), member(session)
    animator = animator_of(session.network)
    invite_people(actor=animator, session=session, user_ids=[silent.pk, answering.pk])
    register(user=answering, session=session)
    assert chase_silent(actor=animator, session=session) == 0  # invited a moment ago
    later(monkeypatch, hours=25)
    assert chase_silent(actor=animator, session=session) == 1
    assert chase_silent(actor=animator, session=session) == 0
    dispatch_due()
    told = Notification.objects.filter(kind="sessions.chased").values_list("recipient_id", flat=True)
    assert list(told) == [silent.pk]


def test_who_waits_is_offered_the_freed_seat_and_accepts() -> None:
    session, (seated,), (first, second) = full_session()
    assert (state(session, first), state(session, second)) == ("waiting", "waiting")
    withdraw(user=seated, session=session)
    assert (state(session, first), state(session, second)) == ("offered", "waiting")
    with pytest.raises(NoSeat):
        make_registration(session)
    assert register(user=first, session=session).is_registered
    assert register(user=first, session=session).version == 3
    assert Reminder.objects.pending().filter(user=first).count() > 0
    replays(session)


def test_an_offer_is_passed_on() -> None:
    session, (seated,), (first, second) = full_session()
    withdraw(user=seated, session=session)
    decline(user=first, session=session)
    assert (state(session, first), state(session, second)) == ("declined", "offered")
    replays(session)


def test_offers_are_reminded_of_at_half_their_delay_and_lapse(monkeypatch: pytest.MonkeyPatch) -> None:
    session, (seated,), (first, second) = full_session()
    withdraw(user=seated, session=session)
    assert (seats_offers.remind_of_offers(), seats_offers.lapse_offers()) == (0, 0)
    later(monkeypatch, hours=13)
    assert (seats_offers.remind_of_offers(), seats_offers.lapse_offers()) == (1, 0)
    assert seats_offers.remind_of_offers() == 0
    later(monkeypatch, hours=12)
    assert seats_offers.lapse_offers() == 1
    assert (state(session, first), state(session, second)) == ("withdrawn", "offered")
    assert seats_offers.lapse_offers() == 0
    dispatch_due()
    kinds = Notification.objects.filter(recipient=first).exclude(kind="sessions.created").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["sessions.offer_reminder", "sessions.offer_ended"]
    replays(session)


def test_no_seat_is_offered_once_the_session_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    session, (seated,), (first, second) = full_session()
    withdraw(user=seated, session=session)
    later(monkeypatch, days=11)
    assert seats_offers.lapse_offers() == 1
    assert (state(session, first), state(session, second)) == ("withdrawn", "waiting")


def test_more_seats_are_offered_at_once_to_who_waits() -> None:
    session, _seated, (first, second) = full_session()
    set_rules(actor=animator_of(session.network), session=session, capacity=3, rules=[])
    assert (state(session, first), state(session, second)) == ("offered", "offered")
    with pytest.raises(DomainError, match="déjà prises"):
        set_rules(actor=animator_of(session.network), session=session, capacity=2, rules=[])
    replays(session)


def test_a_ceiling_of_each_delegation_and_a_floor_of_a_category() -> None:
    session = make_session(capacity=3)
    orsenne, brandes = delegation_of(session.network), delegation_of(session.network, "Pays des Brandes")
    elected = make_category("elected")
    rules = [RuleWish(is_each_delegation=True, ceiling=1), RuleWish(category_id=elected.pk, floor=1)]
    until = session.starts_at - timedelta(days=3)
    set_rules(actor=animator_of(session.network), session=session, capacity=3, rules=rules, floors_until=until)
    register(user=member(session, "agent", orsenne), session=session)
    twin = member(session, "agent", orsenne)
    with pytest.raises(NoSeat, match="Votre délégation a déjà 1 place"):
        register(user=twin, session=session)
    wait_for_seat(user=twin, session=session)
    register(user=member(session, "agent", brandes), session=session)
    alone = member(session, "agent")
    with pytest.raises(NoSeat, match="gardées pour d’autres"):
        register(user=alone, session=session)
    assert register(user=member(session, "elected"), session=session).is_registered
    replays(session)


def test_unused_floors_are_released_at_their_date_and_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(capacity=1)
    rules = [RuleWish(category_id=make_category("elected").pk, floor=1)]
    until = session.starts_at - timedelta(days=3)
    set_rules(actor=animator_of(session.network), session=session, capacity=1, rules=rules, floors_until=until)
    agent = member(session, "agent")
    wait_for_seat(user=agent, session=session)
    assert seats_offers.release_due_floors() == 0
    later(monkeypatch, days=8)
    assert seats_offers.release_due_floors() == 1
    assert (state(session, agent), seats_offers.release_due_floors()) == ("offered", 0)
    assert release_floors(session=session) is False
    assert SeatEvent.objects.filter(session=session, kind="released").count() == 1


def test_rules_set_after_their_date_are_released_at_once_and_never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(capacity=1)
    until = session.starts_at - timedelta(days=3)
    later(monkeypatch, days=8)
    rules = [RuleWish(category_id=make_category("elected").pk, floor=1)]
    set_rules(actor=animator_of(session.network), session=session, capacity=1, rules=rules, floors_until=until)
    assert (seats_offers.release_due_floors(), release_floors(session=session)) == (0, False)
    assert SeatEvent.objects.filter(session=session, kind="released").count() == 0
    # A later date keeps the seats again, and they are released again when it comes.
    until = session.starts_at - timedelta(days=1)
    set_rules(actor=animator_of(session.network), session=session, capacity=1, rules=rules, floors_until=until)
    assert seats_offers.release_due_floors() == 0
    later(monkeypatch, days=1, hours=12)
    assert (seats_offers.release_due_floors(), seats_offers.release_due_floors()) == (1, 0)
    replays(session)


def test_a_run_reads_no_more_offers_than_it_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    session, (seated,), (first, _second) = full_session()
    withdraw(user=seated, session=session)

    def first_of(run: Callable[[], int]) -> tuple[int, bool]:
        with CaptureQueriesContext(connection) as captured:
            done = run()
        return done, captured[0]["sql"].endswith(" LIMIT 5")

    assert first_of(lambda: seats_offers.remind_of_offers(limit=5)) == (0, True)
    offer = Registration.objects.get(user=first)
    assert offer.offered_at
    assert offer.offer_ends_at
    half = offer.offered_at + (offer.offer_ends_at - offer.offered_at) / 2
    monkeypatch.setattr(timezone, "now", lambda: half - timedelta(microseconds=1))
    assert first_of(lambda: seats_offers.remind_of_offers(limit=5)) == (0, True)
    monkeypatch.setattr(timezone, "now", lambda: half + timedelta(microseconds=1))
    assert first_of(lambda: seats_offers.remind_of_offers(limit=5)) == (1, True)
    later(monkeypatch, hours=13)
    assert first_of(lambda: seats_offers.lapse_offers(limit=5)) == (1, True)


@pytest.mark.parametrize(
    ("capacity", "rules", "sentence"),
    [
        (0, [], "au moins une place"),
        (5, [RuleWish(ceiling=1)], "Dites pour qui"),
        (5, [RuleWish(is_each_delegation=True, floor=3, ceiling=2)], "plus de places"),
        (5, [RuleWish(is_each_delegation=True), RuleWish(is_each_delegation=True, ceiling=2)], "la même chose"),
    ],
)
def test_rules_that_mean_nothing_are_refused(capacity: int, rules: list[RuleWish], sentence: str) -> None:
    session = make_session()
    with pytest.raises(DomainError, match=sentence):
        set_rules(actor=animator_of(session.network), session=session, capacity=capacity, rules=rules)


def test_only_those_invited_may_claim_where_it_is_by_invitation() -> None:
    session = make_session()
    animator = animator_of(session.network)
    set_rules(actor=animator, session=session, capacity=None, rules=[], is_invited_only=True)
    invited, other = member(session), member(session)
    invite_people(actor=animator, session=session, user_ids=[invited.pk])
    assert register(user=invited, session=session).is_registered
    with pytest.raises(Refused, match="sur invitation"):
        register(user=other, session=session)
    assert answer_for(actor=animator, session=session, user=other, answer="vient").entered_by_id == animator.pk


def test_a_substitute_of_the_same_category_and_delegation_takes_the_seat() -> None:
    session = make_session(capacity=1)
    orsenne = delegation_of(session.network)
    leaving, coming = member(session, "agent", orsenne), member(session, "agent", orsenne)
    stranger = member(session, "elected", orsenne)
    register(user=leaving, session=session)
    with pytest.raises(DomainError, match="même catégorie"):
        replace_person(actor=leaving, session=session, user=leaving, substitute=stranger)
    with pytest.raises(Refused):
        replace_person(actor=stranger, session=session, user=leaving, substitute=coming)
    assert replace_person(actor=leaving, session=session, user=leaving, substitute=coming).is_registered
    again = replace_person(actor=leaving, session=session, user=leaving, substitute=coming)
    assert (again.version, state(session, leaving)) == (1, "withdrawn")
    dispatch_due()
    told = Notification.objects.filter(recipient=coming).exclude(kind="sessions.created").values_list("kind", flat=True)
    assert list(told) == ["sessions.substituted"]
    replays(session)


def test_a_lead_and_a_delegate_answer_for_their_own_people_alone() -> None:
    session = make_session()
    network, animator = session.network, animator_of(session.network)
    orsenne = delegation_of(network)
    principal, other = member(session, "elected", orsenne), member(session, "elected")
    lead, delegate = member(session, "agent", orsenne), member(session, "agent")
    programme = Programme.objects.create(
        network=network, circle=network_circle(network), title="Parcours", starts_on="2026-01-01", ends_on="2027-01-01"
    )
    Enrolment.objects.create(programme=programme, delegation=orsenne, lead=lead)
    named = Delegate.objects.create(network=network, principal=principal, user=delegate, named_by=animator)
    row = answer_for(actor=delegate, session=session, user=principal, answer="vient")
    assert (row.is_registered, row.entered_by_id) == (True, delegate.pk)
    answer_for(actor=lead, session=session, user=principal, answer="decline", note="Empêchée")
    row.refresh_from_db()
    assert (row.state, row.note, row.entered_by_id) == ("declined", "Empêchée", lead.pk)
    for actor in (lead, delegate):
        with pytest.raises(Refused):
            answer_for(actor=actor, session=session, user=other, answer="vient")
    Delegate.objects.filter(pk=named.pk).update(revoked_at=timezone.now())
    with pytest.raises(Refused):
        answer_for(actor=delegate, session=session, user=principal, answer="vient")
    dispatch_due()
    assert Notification.objects.filter(recipient=principal, kind="sessions.answered_for").count() == 1


def test_a_guest_takes_a_seat_that_counts_and_gives_it_to_who_waits() -> None:
    session = make_session(capacity=1)
    animator = animator_of(session.network)
    guest = seat_guest(actor=animator, session=session, name="Mme  Roux")
    assert seat_guest(actor=animator, session=session, name="Mme Roux") == guest
    with pytest.raises(NoSeat):
        seat_guest(actor=animator, session=session, name="M. Petit")
    assert GuestSeat.objects.filter(session=session).count() == 1
    waiting = member(session)
    wait_for_seat(user=waiting, session=session)
    assert remove_guest(actor=animator, session=session, guest_id=guest.pk) is True
    assert remove_guest(actor=animator, session=session, guest_id=guest.pk) is False
    assert state(session, waiting) == "offered"
    with pytest.raises(Refused):
        seat_guest(actor=waiting, session=session, name="Moi")
    replays(session)


def test_who_leaves_the_network_leaves_the_waiting_list() -> None:
    session, _seated, (first, _second) = full_session()
    assert release_seats(user=first, network=session.network) == 1
    assert state(session, first) == "withdrawn"
    replays(session)


def test_sessions_on_site_leave_time_to_travel() -> None:
    region = make_territory("Région", kind="region")
    here, there = make_territory("Ici", kind="departement"), make_territory("Là", kind="departement")
    for one in (here, there):
        one.parent = region
        one.save()
    towns = [make_territory(f"Bourg {n}") for n in range(3)]
    for town, parent in zip(towns, (here, here, there), strict=True):
        town.parent = parent
        town.save()
    network = make_network()
    far = make_territory("Loin")
    sites = {name: make_session(network) for name in ("a", "b", "c", "far", "video")}
    for name, territory in zip(("a", "b", "c", "far"), (*towns, far), strict=True):
        sites[name].territory, sites[name].place = territory, f"Salle {name}"
        sites[name].save()
    hours = {name: travel_between(sites["a"], sites[name]) // timedelta(hours=1) for name in sites}
    assert hours == {"a": 0, "b": 1, "c": 2, "far": 4, "video": 1}
    assert travel_between(sites["video"], make_session(network)) == timedelta(0)


def test_a_clash_is_firm_for_who_facilitates() -> None:
    network = make_network()
    start = timezone.now() + timedelta(days=5)
    first, second = make_session(network, starts_at=start), make_session(network, starts_at=start)
    facilitator = make_member(network).user
    first.facilitators.add(facilitator)
    with pytest.raises(DomainError, match="pris·e par une autre séance"):
        require_free_facilitator(facilitator, second)
    with pytest.raises(DomainError, match="Vous facilitez une autre séance"):
        register(user=facilitator, session=second, accept_clash=True)


def test_a_worker_killed_between_two_offers_leaves_both_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = [full_session() for _ in range(2)]
    for session, (seated,), _queue in sessions:
        withdraw(user=seated, session=session)
    later(monkeypatch, hours=25)
    calls = []

    def killed(*_arguments: Any, **_options: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sessions.services.seats_offers.keep", _dying_keep(killed))
        with pytest.raises(KeyboardInterrupt):
            seats_offers.lapse_offers()
    ended = [state(session, queue[0]) for session, _seated, queue in sessions]
    assert sorted(ended) == ["offered", "withdrawn"]
    assert seats_offers.lapse_offers() == 1
    for session, _seated, (first, second) in sessions:
        assert (state(session, first), state(session, second)) == ("withdrawn", "offered")
        replays(session)


def _dying_keep(killed: Any) -> Any:
    def dying(*arguments: Any, **options: Any) -> Any:
        found = keep(*arguments, **options)
        killed()
        return found

    return dying


@pytest.mark.django_db(transaction=True)
def test_a_hundred_claims_under_rules_never_pass_them() -> None:
    session = make_session(capacity=20)
    delegations = [delegation_of(session.network, f"Délégation {number}") for number in range(10)]
    elected = make_category("elected")
    rules = [RuleWish(is_each_delegation=True, ceiling=2), RuleWish(category_id=elected.pk, floor=5)]
    set_rules(actor=animator_of(session.network), session=session, capacity=20, rules=rules)
    people = [member(session, "agent", delegations[number % 10]) for number in range(40)]
    outcomes = []

    def claim(user: User) -> None:
        try:
            outcomes.append(wait_for_seat(user=user, session=session).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=[user]) for user in people for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 80
    rows = Registration.objects.filter(session=session)
    assert rows.filter(state="registered").count() == 15  # five are kept for elected officials
    assert rows.filter(state="waiting").count() == 25
    assert max(rows.registered().filter(delegation=one).count() for one in delegations) == 2
    replays(session)


def test_a_rolled_back_act_leaves_no_trace() -> None:
    session = make_session(capacity=2)
    make_registration(session)
    events = OutboxEvent.objects.count()
    with transaction.atomic():
        make_registration(session)
        transaction.set_rollback(True)
    assert (SeatEvent.objects.filter(session=session).count(), OutboxEvent.objects.count()) == (2, events)
    replays(session)
