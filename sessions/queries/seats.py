"""Reads of seats: one's own, with its reasons; those of a session for who runs it; and the log that says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from peerhub.people.models import ActorCategory, Delegation, Membership, User
from sessions.enums import RegistrationState, SeatEventKind
from sessions.models import GuestSeat, PeerSession, Registration, SeatEvent
from sessions.policies.seats import SeatAbilities, seat_abilities
from sessions.queries.answering import answerable_by
from sessions.queries.chasing import silent_of
from sessions.queries.seat_state import state_of
from sessions.seat_words import Names, block_words, entry_words, opening_words
from sessions.seating.engine import blocks, openings
from sessions.seating.holders import guest_holder, guest_of, holder_of, user_of
from sessions.seating.state import Cell

LOG_SHOWN = 200
# What is said to a person of their own seat names nobody else: no names are read for it.
NOBODY = Names({}, {}, {})


@dataclass(frozen=True)
class OwnSeat:
    """What the person's block of a session says and allows."""

    state: str
    can: SeatAbilities
    rank: int = 0
    waiting: int = 0
    reasons: list[str] = field(default_factory=list)
    change: str = ""
    offer_ends_at: datetime | None = None
    entered_by: User | None = None


def own_seat(
    user: User | AnonymousUser,
    session: PeerSession,
    membership: Membership | None,
    registration: Registration | None,
    *,
    has_rules: bool,
) -> OwnSeat:
    """The state is read where it matters: for who waits, and for who could not have a seat. `has_rules`: whether the
    session has rules of seats."""
    status = registration.state if registration else ""
    open_to_all = membership is None or session.is_cancelled or session.has_begun()
    if open_to_all or status == RegistrationState.REGISTERED or (not session.is_full and not has_rules):
        can = seat_abilities(membership, session, registration, has_seat=not session.is_full)
        if status != RegistrationState.WAITING or open_to_all or membership is None:
            return OwnSeat(status, can, **_details(registration))
    if membership is None:
        raise AssertionError  # said above; this tells the type checker
    now = timezone.now()
    state = state_of(session, now=now)
    cell = state.cell_of(holder_of(user.pk or 0)) or Cell(membership.affiliation.category_id, membership.delegation_id)
    why = blocks(state, cell)
    can = seat_abilities(membership, session, registration, has_seat=not why)
    return OwnSeat(
        status,
        can,
        rank=state.rank(holder_of(user.pk or 0)),
        waiting=sum(one.cell.category == cell.category for one in state.queue),
        reasons=[block_words(block, NOBODY, own=cell) for block in why],
        change=opening_words(openings(state, cell), why, session.floors_until) if why else "",
        **_details(registration),
    )


def _details(registration: Registration | None) -> dict[str, Any]:
    if registration is None:
        return {}
    entered_by = registration.entered_by if registration.entered_by_id else None
    return {"offer_ends_at": registration.offer_ends_at, "entered_by": entered_by}


def names_of(session: PeerSession, holders: Iterable[str] = ()) -> Names:
    """The words for the ids of decisions."""
    wanted = set(holders)
    users = {pk for one in wanted if (pk := user_of(one))}
    guests = {pk for one in wanted if (pk := guest_of(one))}
    people = {holder_of(user.pk): user.full_name for user in User.objects.filter(pk__in=users)} if users else {}
    if guests:
        rows = GuestSeat.objects.filter(pk__in=guests, session=session)
        people |= {guest_holder(guest.pk): guest.name for guest in rows}
    categories = {one.pk: one.plural for one in ActorCategory.objects.all()}
    delegations = dict(Delegation.objects.filter(network=session.network_id).values_list("pk", "name"))
    return Names(people, categories, delegations)


# --- For who runs the session -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """One line: a registration or a guest."""

    name: str
    state: str
    category: ActorCategory | None
    registration: Registration | None = None
    guest: GuestSeat | None = None


@dataclass(frozen=True)
class Presence:
    """The people of one category in a delegation: how many come, and how many did not answer."""

    category: ActorCategory
    coming: int
    silent: int


@dataclass(frozen=True)
class Group:
    """The people of one delegation (None: of none)."""

    delegation: Delegation | None
    people: list[Person]

    @property
    def counts(self) -> Counter[str]:
        return Counter(person.state for person in self.people)

    @property
    def is_complete(self) -> bool:
        """Everyone answered, and somebody comes."""
        return bool(self.counts["registered"]) and not self.counts["invited"]

    @property
    def silent(self) -> int:
        return self.counts["invited"]

    @property
    def presences(self) -> list[Presence]:
        categories = {person.category.pk: person.category for person in self.people if person.category}
        found = []
        for category in sorted(categories.values(), key=lambda one: (one.position, one.slug)):
            states = Counter(one.state for one in self.people if one.category and one.category.pk == category.pk)
            found.append(Presence(category, states["registered"], states["invited"]))
        return found


@dataclass(frozen=True)
class Waiter:
    person: Registration
    rank: int
    reasons: list[str]
    change: str


@dataclass(frozen=True)
class WaitingList:
    category: ActorCategory
    people: list[Waiter]


@dataclass(frozen=True)
class Roster:
    groups: list[Group]
    waiting: list[WaitingList]
    offered: list[Registration]
    counts: Counter[str]
    to_chase: int

    @property
    def has_delegations(self) -> bool:
        """Whether those who come are of delegations at all."""
        return any(group.delegation for group in self.groups)


def roster_of(session: PeerSession) -> Roster:
    """All whom a session knows, by delegation. For whoever facilitates: the caller has judged."""
    now = timezone.now()
    rows = list(
        Registration.objects.filter(session=session)
        .with_hat()
        .select_related("delegation", "entered_by")
        .order_by("delegation__name", "user__family_name", "user__given_name", "pk")
    )
    guests = GuestSeat.objects.filter(session=session, removed_at__isnull=True)
    people = [
        (row.delegation, Person(row.user.full_name, row.state, row.affiliation.category, registration=row))
        for row in rows
    ]
    people += [
        (guest.delegation, Person(guest.name, RegistrationState.REGISTERED, guest.category, guest=guest))
        for guest in guests.select_related("category", "delegation").order_by("name", "pk")
    ]
    people.sort(key=lambda one: (one[0] is None, one[0].name if one[0] else ""))
    groups = [
        Group(delegation, [person for _delegation, person in found])
        for delegation, found in groupby(people, key=lambda one: one[0])
    ]
    counts = Counter(person.state for _delegation, person in people)
    waiting = _waiting_lists(session, rows) if counts["waiting"] else []
    offered = [row for row in rows if row.state == RegistrationState.OFFERED]
    return Roster(groups, waiting, offered, counts, silent_of(session, now).count() if counts["invited"] else 0)


def _waiting_lists(session: PeerSession, rows: list[Registration]) -> list[WaitingList]:
    state = state_of(session, now=timezone.now())
    names = names_of(session)
    by_holder = {holder_of(row.user_id): row for row in rows}
    lists: dict[int, WaitingList] = {}
    for holder, cell in state.queue:
        row = by_holder[holder]
        why = blocks(state, cell)
        waiter = Waiter(
            row,
            state.rank(holder),
            [block_words(block, names) for block in why],
            opening_words(openings(state, cell), why, session.floors_until),
        )
        category = row.affiliation.category
        lists.setdefault(category.pk, WaitingList(category, [])).people.append(waiter)
    return sorted(lists.values(), key=lambda one: (one.category.position, one.category.slug))


@dataclass(frozen=True)
class Entry:
    number: int
    at: datetime
    words: str
    actor: str


def log_of(session: PeerSession, before: int | None = None) -> list[Entry]:
    """The latest entries of the log in words, LOG_SHOWN at most; those before a number."""
    rows = SeatEvent.objects.filter(session=session).select_related("actor").order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    events = list(rows[:LOG_SHOWN])
    holders = {event.holder for event in events if event.holder}
    for event in events:
        holders |= {event.facts["by"]} if "by" in event.facts else set()
        holders |= {one[0] for one in event.facts.get("passed_over", ())}
    names = names_of(session, holders=holders)
    return [
        Entry(
            event.number,
            event.at,
            entry_words(event.kind, event.holder, event.facts, names),
            event.actor.full_name if event.actor and _is_act_of_another(event) else "",
        )
        for event in events
    ]


def _is_act_of_another(event: SeatEvent) -> bool:
    """An offer is nobody's act: it follows from one."""
    return event.kind != SeatEventKind.OFFERED and holder_of(event.actor_id or 0) != event.holder


# --- Answering for others ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answerable:
    membership: Membership
    registration: Registration | None

    @property
    def state(self) -> str:
        return self.registration.state if self.registration else ""


def answerables(actor: User, session: PeerSession, *, only_asked: bool) -> list[Answerable]:
    """Those for whom the person may answer, by family name; `only_asked`: those invited, or who asked for a seat."""
    rows = {row.user_id: row for row in Registration.objects.filter(session=session).select_related("entered_by")}
    members = answerable_by(actor, session).with_hat().order_by("user__family_name", "user__given_name", "pk")
    if only_asked:
        members = members.filter(user__in=rows)
    return [Answerable(one, rows.get(one.user_id)) for one in members]


def answerable_for(actor: User, session: PeerSession, user_id: int) -> Answerable:
    """Raises `Membership.DoesNotExist` for whom the person may not answer."""
    membership = answerable_by(actor, session).with_hat().get(user=user_id)
    row = Registration.objects.filter(session=session, user=user_id).select_related("entered_by", "affiliation").first()
    return Answerable(membership, row)


def substitutes_for(session: PeerSession, registration: Registration) -> QuerySet[Membership]:
    """Who may take the place of somebody: of the same category and delegation, in the session's circle, without a
    seat."""
    seated = Registration.objects.registered().filter(session=session).values("user")
    visible = User.objects.filter(circle_memberships__circle=session.circle_id).values("pk")
    members = Membership.objects.active().filter(
        network=session.network_id,
        delegation=registration.delegation_id,
        affiliation__category=registration.affiliation.category_id,
    )
    if session.circle.network_id is not None:
        members = members.filter(user__in=visible)
    return members.exclude(user__in=seated).with_hat().order_by("user__family_name", "user__given_name")
