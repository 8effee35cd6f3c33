"""The seats of a session as its animators see them: who is invited, by what rules the seats are given, who is chased;
and what those invited answer.

The locks are those of `services.registration`, in its order. Every act appends to the log of the session's seats.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.outbox.services import emit
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, require
from peerhub.people.models import CircleMember, Membership, User
from sessions.enums import RegistrationState
from sessions.events import AnsweredFor, PeopleInvited, SilentChased
from sessions.models import PeerSession, Registration, SeatRule
from sessions.policies.seats import can_answer
from sessions.policies.sessions import can_change_session
from sessions.queries.chasing import silent_of
from sessions.queries.seat_state import last_rules, rules_of, state_of
from sessions.seating.engine import Block, Released, refusal
from sessions.services.holding import hold_session
from sessions.services.registration import leave_seat, lock_people, wait_for_seat
from sessions.services.seats_room import (
    apply_rules,
    blank_row,
    enter,
    keep,
    publish_seats,
)


@dataclass(frozen=True)
class RuleWish:
    """A floor (seats kept) and a ceiling (seats at most; None: no limit) for a part of those who come: a category,
    a delegation, each delegation (`is_each_delegation`), or a category within these."""

    category_id: int | None = None
    delegation_id: int | None = None
    is_each_delegation: bool = False
    floor: int = 0
    ceiling: int | None = None

    @property
    def part(self) -> tuple[int | None, int | None, bool]:
        return self.category_id, self.delegation_id, self.is_each_delegation


@transaction.atomic
def invite_people(*, actor: User, session: PeerSession, user_ids: Iterable[int]) -> int:
    """Invite these members of its network to a session that is open to them; returns how many are newly invited.
    Who was invited, holds a seat or declined already is left as is. Refuses whoever may not change the session."""
    current = _lock_for(actor, session)
    now = timezone.now()
    members = Membership.objects.active().filter(network=current.network_id, user__in=set(user_ids))
    if current.circle.kind != CircleKind.PUBLIC:
        members = members.filter(user__in=CircleMember.objects.filter(circle=current.circle_id).values("user"))
    known = Registration.objects.filter(session=current).values("user")
    rows = [blank_row(current, one) for one in members.exclude(user__in=known).order_by("pk")]
    for row in rows:
        row.state, row.invited_at = RegistrationState.INVITED, now
    Registration.objects.bulk_create(rows)
    if rows:
        emit(PeopleInvited(session_id=current.pk, wave=now.isoformat()))
    return len(rows)


@transaction.atomic
def decline(*, user: User, session: PeerSession, note: str = "", entered_by: User | None = None) -> bool:
    """Say that one will not come, with a word; what was held goes to who waits. False when it was said already.
    Raises `Refused` once the session has begun or is cancelled."""
    lock_people([user.pk])
    note = " ".join(note.split())[:280]
    current = enter(session.pk).session
    registration = Registration.objects.filter(session=current, user=user).first()
    if registration is None:
        raise DomainError(_("Vous n’êtes pas invité·e à cette séance."))
    if registration.state == RegistrationState.DECLINED:
        return False
    require(can_answer(current))
    if registration.state in {RegistrationState.INVITED, RegistrationState.WITHDRAWN}:
        registration.state, registration.withdrawn_at = RegistrationState.DECLINED, None
        registration.note, registration.entered_by = note, entered_by
        registration.version += 1
        registration.save(update_fields=["state", "withdrawn_at", "note", "entered_by", "version"])
    else:
        leave_seat(user=user, session=session, leaves_as=RegistrationState.DECLINED, note=note, entered_by=entered_by)
    if entered_by is not None:
        registration.refresh_from_db(fields=["version"])
        emit(AnsweredFor(registration_id=registration.pk, version=registration.version))
    return True


@transaction.atomic
def set_rules(
    *,
    actor: User,
    session: PeerSession,
    capacity: int | None,
    rules: Sequence[RuleWish],
    offer_minutes: int | None = None,
    floors_until: datetime | None = None,
    is_invited_only: bool | None = None,
) -> PeerSession:
    """Set how many seats there are and how they are given; `rules` replace those there were. Without `offer_minutes`
    the delay of offers stays. Seats that become free are offered to who waits. Raises `DomainError` with a sentence for
    what cannot hold: too few seats for who has one, more seats kept than there are."""
    current = _lock_for(actor, session)
    _check(rules, capacity)
    current.capacity, current.floors_until = capacity, floors_until
    current.offer_minutes = offer_minutes or current.offer_minutes
    if is_invited_only is not None:
        current.is_invited_only = is_invited_only
    now = timezone.now()
    SeatRule.objects.filter(session=current).delete()
    SeatRule.objects.bulk_create(
        SeatRule(
            session=current,
            category_id=wish.category_id,
            delegation_id=wish.delegation_id,
            is_each_delegation=wish.is_each_delegation,
            floor=wish.floor,
            ceiling=wish.ceiling,
        )
        for wish in rules
        if wish.floor or wish.ceiling is not None
    )
    why = refusal(state_of(current, now=now), rules_of(current, now=now))
    if why is not None:
        raise DomainError(_sentence(why))
    current.updated_at = now
    current.save(update_fields=["capacity", "floors_until", "offer_minutes", "is_invited_only", "updated_at"])
    apply_rules(current, actor_id=actor.pk)
    publish_seats(current, taken=current.registered_count)
    return current


@transaction.atomic
def chase_silent(*, actor: User, session: PeerSession, delegation_id: int | None = None) -> int:
    """Ask again those who were invited and did not answer (of one delegation), once in 24 hours each; how many."""
    current = _lock_for(actor, session)
    require(can_answer(current))
    now = timezone.now()
    silent = silent_of(current, now)
    if delegation_id is not None:
        silent = silent.filter(delegation=delegation_id)
    chased: int = silent.update(chased_at=now)
    if chased:
        emit(SilentChased(session_id=current.pk, wave=now.isoformat()))
    return chased


@transaction.atomic
def release_floors(*, session: PeerSession) -> bool:
    """Release the seats that floors still keep, their date being past; they are offered to who waits. False when the
    log says that it was done, or when there is nothing to release."""
    room = enter(session.pk)
    until = room.session.floors_until
    if until is None or until > room.now or not can_answer(room.session, room.now):
        return False
    said = last_rules(room.session)
    if said is not None and said.are_floors_released:
        return False
    room.state = state_of(room.session, now=room.now, are_floors_released=False)
    return bool(keep(room, Released(), actor_id=None))


def _lock_for(actor: User, session: PeerSession) -> PeerSession:
    current = hold_session(session.pk)
    membership = Membership.objects.active().filter(user=actor, network=current.network_id).first()
    require(can_change_session(membership, current))
    return current


def _check(rules: Sequence[RuleWish], capacity: int | None) -> None:
    if capacity is not None and capacity < 1:
        raise DomainError(_("Il faut au moins une place."))
    if len({wish.part for wish in rules}) != len(rules):
        raise DomainError(_("Deux règles disent la même chose : gardez-en une."))
    for wish in rules:
        if wish.part == (None, None, False):
            raise DomainError(_("Dites pour qui : une catégorie, une délégation, ou chacune."))
        if wish.ceiling is not None and wish.ceiling < wish.floor:
            raise DomainError(_("Une règle garde plus de places qu’elle n’en permet."))


def _sentence(why: Block) -> str:
    numbers = {"count": why.number, "limit": why.limit}
    if why.code == "full":
        text = ngettext(
            "%(count)d place est déjà prise ou proposée : leur nombre ne peut pas descendre à %(limit)d.",
            "%(count)d places sont déjà prises ou proposées : leur nombre ne peut pas descendre à %(limit)d.",
            why.number,
        )
    elif why.code == "reserved":
        text = ngettext(
            "Les règles gardent %(count)d place, et il n’en reste que %(limit)d.",
            "Les règles gardent %(count)d places, et il n’en reste que %(limit)d.",
            why.number,
        )
    else:
        text = ngettext(
            "%(count)d place est déjà prise là où la règle en permet %(limit)d.",
            "%(count)d places sont déjà prises là où la règle en permet %(limit)d.",
            why.number,
        )
    return text % numbers


__all__ = [
    "RuleWish",
    "chase_silent",
    "decline",
    "invite_people",
    "release_floors",
    "set_rules",
    "wait_for_seat",
]
