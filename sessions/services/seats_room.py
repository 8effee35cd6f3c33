"""The seats of one session while an act changes them: its row held, its state read, what is decided kept.

Whoever comes here holds the persons' rows first (`services.registration` says why); the session's row is taken by
`enter`, and nothing else is locked after it. `keep` writes the decisions of the engine to the log, to the rows of the
people concerned and to the counts, and tells whoever looks at the page: all in the transaction of the act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Subquery
from django.utils import timezone

from peerhub.live.publish import publish_on_commit
from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.models import ActorCategory, Circle, Membership
from peerhub.people.prepared import Prepared, Shape
from sessions.enums import RegistrationState, SeatEventKind, SkippedReason
from sessions.events import OfferEnded, Registered, SeatOffered, Substituted, Withdrawn
from sessions.fragments import seats_in_each_language
from sessions.models import TEXTS, PeerSession, Registration, SeatEvent, SeatRule
from sessions.queries.seat_state import last_rules, rules_of, state_of
from sessions.seating.engine import Decision, Happening, Ruled, decide
from sessions.seating.holders import user_of
from sessions.seating.state import Cell, Rules, State
from sessions.services.closed_circles import keep_in_step
from sessions.services.holding import hold_row
from sessions.services.reminders import plan_reminders, skip_reminders
from sessions.services.seats_writing import write_seat


def _whole(model: type[Model], *left: str) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in left)


_SESSION = Shape(
    [
        ("", PeerSession, _whole(PeerSession, *TEXTS)),
        ("circle", Circle, _whole(Circle)),
        ("circle__category", ActorCategory, _whole(ActorCategory)),
    ]
)
# The row is held by the statement before: what is read with a lock is as old as the wait for it.
_held = Prepared(
    lambda marks: PeerSession.objects.filter(pk=marks.integer("session")).values_list(
        *_SESSION.columns,
        Subquery(SeatEvent.objects.filter(session=OuterRef("pk")).order_by("-number").values("number")[:1]),
        Subquery(
            Registration.objects.filter(session=OuterRef("pk"), state=RegistrationState.WAITING)
            .order_by("-waiting_since")
            .values("waiting_since")[:1]
        ),
        Exists(SeatRule.objects.filter(session=OuterRef("pk"))),
    )
)


@dataclass
class Room:
    """A session whose row is held, the state of its seats, and the number of the last entry of its log."""

    session: PeerSession
    state: State
    number: int
    now: datetime
    last_waiting: datetime | None = None
    rows: dict[int, Registration] = field(default_factory=dict)

    def knows(self, registration: Registration) -> None:
        """This row (new, or read in this transaction under the lock) is the one to write for its person."""
        self.rows[registration.user_id] = registration


def enter(pk: int, *, is_whole: bool = True) -> Room:
    """Take the session's row until the end of the transaction and read its seats. Without `is_whole`, those who sit
    are only counted where nothing but their number can matter."""
    hold_row(pk)
    (row,) = _held.rows(session=pk)
    session: PeerSession = _SESSION.build(row)
    number, last_waiting, has_rules = row[-3:]
    now = timezone.now()
    is_plain = not (is_whole or has_rules or last_waiting or session.held_count)
    state = State(Rules(session.capacity), others=session.registered_count) if is_plain else state_of(session, now=now)
    room = Room(session, state, number or 0, now, last_waiting)
    if not number:
        _begin(room)
    return room


def _begin(room: Room) -> None:
    """The log of a session begins with its rules, and with those who sat before there was a log."""
    rules = rules_of(room.session, now=room.now)
    decisions = [Decision("rules", "", rules.facts())]
    if room.session.registered_count or room.state.queue or room.state.offers:
        state = state_of(room.session, now=room.now)
        facts = {holder: {"category": cell.category, "delegation": cell.delegation} for holder, cell in _cells(state)}
        decisions += [Decision("seated", holder, {**facts[holder], "why": "before"}) for holder in state.seats]
        decisions += [Decision("queued", one.holder, {**facts[one.holder], "blocks": []}) for one in state.queue]
        decisions += [Decision("offered", holder, {**facts[holder], "passed_over": []}) for holder in state.offers]
    append(room, decisions, actor_id=None)


def _cells(state: State) -> Iterable[tuple[str, Cell]]:
    yield from state.seats.items()
    yield from state.offers.items()
    yield from state.queue


def append(room: Room, decisions: list[Decision], *, actor_id: int | None) -> None:
    """Write entries of the log."""
    events = _entries(room, decisions, actor_id=actor_id)
    if len(events) == 1:
        events[0].save(force_insert=True)
    else:
        SeatEvent.objects.bulk_create(events)


def _entries(room: Room, decisions: list[Decision], *, actor_id: int | None) -> list[SeatEvent]:
    """The next entries, which are not written yet."""
    events = [
        SeatEvent(
            session=room.session,
            number=room.number + place,
            kind=SeatEventKind(decision.kind),
            holder=decision.holder,
            facts=dict(decision.facts),
            actor_id=actor_id,
            at=room.now,
        )
        for place, decision in enumerate(decisions, start=1)
    ]
    room.number += len(events)
    return events


def keep(room: Room, happening: Happening, *, actor_id: int | None, leaves_as: str = "") -> list[Decision]:
    """Decide what follows and write it: the log, the rows, the counts. `leaves_as` is the state of who leaves (default:
    withdrawn). Returns the entries; none when nothing follows."""
    before = room.state
    room.state, decisions = decide(before, happening)
    if not decisions:
        return []
    if _keep_plain_claim(room, decisions, actor_id=actor_id):
        return decisions
    _load_rows(room, decisions)
    append(room, decisions, actor_id=actor_id)
    for decision in decisions:
        _WRITERS.get(decision.kind, _nothing)(room, decision, leaves_as)
    session, state = room.session, room.state
    keep_in_step(session, _people_of(decisions))
    taken, held = state.others + len(state.seats), len(state.offers)
    if (taken, held) != (session.registered_count, session.held_count):
        PeerSession.objects.filter(pk=session.pk).update(registered_count=taken, held_count=held)
        session.registered_count, session.held_count = taken, held
    if (before.taken, len(before.queue)) != (state.taken, len(state.queue)):
        publish_seats(session, taken=taken)
    return decisions


def _keep_plain_claim(room: Room, decisions: list[Decision], *, actor_id: int | None) -> bool:
    """What nearly all claims come to, somebody new is seated and nothing else follows, in one statement."""
    session = room.session
    row = _row(room, decisions[0].holder)
    if (
        [decision.kind for decision in decisions] != ["seated"]
        or row is None
        or not row._state.adding
        or session.circle.kind == CircleKind.SESSION
    ):
        return False
    (entry,) = _entries(room, decisions, actor_id=actor_id)
    row.state, row.registered_at = RegistrationState.REGISTERED, room.now
    write_seat(row, entry, session, taken=room.state.others + len(room.state.seats), now=room.now)
    publish_seats(session, taken=session.registered_count)
    return True


def _people_of(decisions: list[Decision]) -> set[int]:
    """The people (user ids) whom the decisions are about."""
    holders = {decision.holder for decision in decisions} | {
        decision.facts["by"] for decision in decisions if decision.kind == "replaced"
    }
    return {user_id for holder in holders if (user_id := user_of(holder)) is not None}


def _load_rows(room: Room, decisions: list[Decision]) -> None:
    """The registrations of the people whom the decisions are about."""
    missing = _people_of(decisions) - set(room.rows)
    if missing:
        for row in Registration.objects.filter(session=room.session, user__in=missing):
            room.knows(row)


def _write(room: Room, row: Registration, state: RegistrationState, **fields: Any) -> None:
    """One change of mind of one registration. What belonged to the state before is put away."""
    clean: dict[str, Any] = {"withdrawn_at": None, "waiting_since": None, "offered_at": None, "offer_ends_at": None}
    clean |= {"offer_reminded_at": None, "state": state}
    for name, value in {**clean, **fields}.items():
        setattr(row, name, value)
    if row._state.adding:
        row.save(force_insert=True)
        return
    row.version += 1
    row.save()


def _row(room: Room, holder: str) -> Registration | None:
    user_id = user_of(holder)
    return None if user_id is None else room.rows.get(user_id)


def _seated(room: Room, decision: Decision, _leaves_as: str) -> None:
    if (row := _row(room, decision.holder)) is not None:
        _sit(room, row)


def _sit(room: Room, row: Registration, told: type[Registered] | type[Substituted] = Registered) -> None:
    is_new = row._state.adding
    _write(room, row, RegistrationState.REGISTERED, registered_at=room.now)
    plan_reminders(session=room.session, user_ids=[row.user_id], are_new=is_new)
    emit(told(registration_id=row.pk, version=row.version))


def _queued(room: Room, decision: Decision, _leaves_as: str) -> None:
    if (row := _row(room, decision.holder)) is not None:
        # The order of the list is that of these moments: none is before the last, whatever the clocks do.
        since = max(room.now, room.last_waiting + timedelta(microseconds=1)) if room.last_waiting else room.now
        room.last_waiting = since
        _write(room, row, RegistrationState.WAITING, waiting_since=since)


def _offered(room: Room, decision: Decision, _leaves_as: str) -> None:
    if (row := _row(room, decision.holder)) is not None:
        ends_at = min(room.now + timedelta(minutes=room.session.offer_minutes), room.session.starts_at)
        _write(room, row, RegistrationState.OFFERED, offered_at=room.now, offer_ends_at=ends_at)
        emit(SeatOffered(registration_id=row.pk, version=row.version))


def _passed(room: Room, decision: Decision, leaves_as: str) -> None:
    if (row := _row(room, decision.holder)) is None:
        return
    if leaves_as == RegistrationState.DECLINED:
        _write(room, row, RegistrationState.DECLINED)
    else:
        _write(room, row, RegistrationState.WITHDRAWN, withdrawn_at=room.now)
    if decision.facts["lapsed"]:
        emit(OfferEnded(registration_id=row.pk, version=row.version))


def _left(room: Room, decision: Decision, leaves_as: str) -> None:
    if (row := _row(room, decision.holder)) is None:
        return
    had_seat = row.is_registered
    if leaves_as == RegistrationState.DECLINED:
        _write(room, row, RegistrationState.DECLINED)
    else:
        _write(room, row, RegistrationState.WITHDRAWN, withdrawn_at=room.now)
    if had_seat:
        skip_reminders(session=room.session, reason=SkippedReason.WITHDRAWN, user_id=row.user_id)
        emit(Withdrawn(registration_id=row.pk, version=row.version))


def _replaced(room: Room, decision: Decision, _leaves_as: str) -> None:
    _left(room, decision, "")
    if (row := _row(room, decision.facts["by"])) is not None:
        _sit(room, row, Substituted)


def _nothing(_room: Room, _decision: Decision, _leaves_as: str) -> None:
    """Rules and releases stand in the rows of the session already."""


_WRITERS = {"seated": _seated, "queued": _queued, "offered": _offered, "passed": _passed, "left": _left}
_WRITERS |= {"replaced": _replaced}


def blank_row(session: PeerSession, membership: Membership) -> Registration:
    """A registration that is not written yet: `keep` does it."""
    return Registration(
        session=session,
        user_id=membership.user_id,
        affiliation_id=membership.affiliation_id,
        delegation_id=membership.delegation_id,
    )


def publish_seats(session: PeerSession, *, taken: int) -> None:
    """Show everyone who looks at the session how many seats are taken, once this commits; needs the circle. Written
    after the commit: those who wait for the session's row do not wait for it."""
    transaction.on_commit(partial(_show_seats, session.pk, taken, session.capacity, session.category_slug), robust=True)


def _show_seats(pk: int, taken: int, capacity: int | None, category: str) -> None:
    publish_on_commit(
        f"session.{pk}",
        "seats.changed",
        html=seats_in_each_language(taken, capacity, category),
        data={"taken": taken, "capacity": capacity},
    )
    # How many wait is for those who run the session: not in this frame.


def apply_rules(session: PeerSession, *, actor_id: int | None) -> list[Decision]:
    """Put in force the capacity and the rules as the rows have them now, and write it to the log: seats that become
    free are offered. The session's row is held already."""
    room = enter(session.pk)
    # The state was read by the new rules: the engine is told what they were.
    rules, before = room.state.rules, last_rules(session)
    room.state = replace(room.state, rules=before or Rules())
    return keep(room, Ruled(rules), actor_id=actor_id)
