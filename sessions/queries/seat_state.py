"""Who sits, who waits and by what rules: what the engine of seats decides from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Delegation
from peerhub.people.prepared import Prepared
from sessions.enums import RegistrationState, SeatEventKind
from sessions.models import Enrolment, GuestSeat, PeerSession, Registration, SeatEvent, SeatRule
from sessions.seating.holders import guest_holder, holder_of
from sessions.seating.state import Cell, Part, Rules, State, Waiting
from sessions.seating.state import rules_of as rules_from

HOLDING = (RegistrationState.REGISTERED, RegistrationState.OFFERED, RegistrationState.WAITING)
_rules = Prepared(
    lambda marks: (
        SeatRule.objects.filter(session=marks.integer("session"))
        .order_by("pk")
        .values_list("category", "delegation", "is_each_delegation", "floor", "ceiling")
    )
)
_holding = Prepared(
    lambda marks: (
        Registration.objects.filter(session=marks.integer("session"), state__in=HOLDING)
        .order_by("waiting_since", "pk")
        .values_list("user_id", "state", "affiliation__category", "delegation")
    )
)
_guests = Prepared(
    lambda marks: (
        GuestSeat.objects.filter(session=marks.integer("session"), removed_at__isnull=True)
        .order_by("pk")
        .values_list("pk", "category", "delegation")
    )
)


def rules_of(session: PeerSession, *, now: datetime, are_floors_released: bool | None = None) -> Rules:
    """The rules as they hold now; floors are released from their date."""
    parts = tuple(Part(*row) for row in _rules.rows(session=session.pk))
    if are_floors_released is None:
        are_floors_released = session.floors_until is not None and session.floors_until <= now
    delegations = delegations_of(session) if any(part.is_each for part in parts) else ()
    return Rules(session.capacity, parts, tuple(delegations), are_floors_released)


def delegations_of(session: PeerSession) -> list[int]:
    """The delegations that a session is for: those of its circle, of its programme, or of its network."""
    circle = Circle.objects.get(pk=session.opens_to_id or session.circle_id)
    if circle.delegations:
        return list(circle.delegations)
    if circle.kind == CircleKind.DELEGATION and circle.delegation_id:
        return [circle.delegation_id]
    if session.programme_id:
        enrolled = Enrolment.objects.filter(programme=session.programme_id).order_by("delegation")
        return list(enrolled.values_list("delegation_id", flat=True))
    return list(Delegation.objects.filter(network=session.network_id).order_by("pk").values_list("pk", flat=True))


def state_of(session: PeerSession, *, now: datetime, are_floors_released: bool | None = None) -> State:
    """The seats by the rows. The log gives the same: a test of laws holds the two together."""
    seats: dict[str, Cell] = {}
    offers: dict[str, Cell] = {}
    queue: list[Waiting] = []
    for user_id, state, *cell in _holding.rows(session=session.pk):
        holder = holder_of(user_id)
        if state == RegistrationState.REGISTERED:
            seats[holder] = Cell(*cell)
        elif state == RegistrationState.OFFERED:
            offers[holder] = Cell(*cell)
        else:
            queue.append(Waiting(holder, Cell(*cell)))
    for pk, *cell in _guests.rows(session=session.pk):
        seats[guest_holder(pk)] = Cell(*cell)
    return State(rules_of(session, now=now, are_floors_released=are_floors_released), seats, offers, tuple(queue))


def last_rules(session: PeerSession) -> Rules | None:
    """The rules as the log has them."""
    log = SeatEvent.objects.filter(session=session, kind__in=[SeatEventKind.RULES, SeatEventKind.RELEASED])
    rules: Rules | None = None
    for kind, facts in log.order_by("number").values_list("kind", "facts"):
        if kind == SeatEventKind.RULES:
            rules = rules_from(facts)
        elif rules is not None:
            rules = replace(rules, are_floors_released=True)
    return rules
