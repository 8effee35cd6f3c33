"""Seats: claiming, waiting, giving back, and never one too many.

The locks are taken in one order, the persons' rows (by key) and then the session's: the first serialises the claims of
one person (two sessions at one time are noticed even when they are claimed at once), the second those of one session.
What follows from an act is decided by `sessions.seating` and written by `services.seats_room`.
"""

from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, Network, User
from peerhub.people.prepared import InstancesForPerson, PreparedInstances
from sessions.enums import RegistrationState
from sessions.models import TEXTS, GuestSeat, PeerSession, Registration
from sessions.policies.seats import can_claim, can_leave
from sessions.policies.sessions import FULL
from sessions.queries.clashes import expected_elsewhere
from sessions.seating.engine import Block, Claimed, Left, blocks
from sessions.seating.holders import holder_of
from sessions.seating.state import Cell
from sessions.services.seats_room import blank_row, enter, keep, publish_seats

__all__ = ["Clash", "NoSeat", "publish_seats", "register", "release_seats", "repair_counts", "withdraw"]

# What a claim reads is compiled once: hundreds of people claim the seats of one session in one minute.
_member = PreparedInstances(
    lambda marks: (
        Membership.objects.active()
        .filter(user=marks.integer("user"), network=marks.integer("network"))
        .select_related("user", "affiliation")
        .select_for_update(of=("user",), no_key=True)
    )
)
_registration = PreparedInstances(
    lambda marks: Registration.objects.filter(user=marks.integer("user"), session=marks.integer("session"))
)
_session = InstancesForPerson(
    lambda marks, user: (
        PeerSession.objects.visible_to(user)
        .filter(pk=marks.integer("session"))
        .select_related("circle", "territory__parent__parent")
        .defer(*TEXTS)
    )
)


class Clash(DomainError):
    """The person holds a seat in another session at that time and has not said that it is meant."""

    def __init__(self, sessions: list[PeerSession]) -> None:
        super().__init__(_("Vous êtes déjà inscrit·e à une séance au même moment. Confirmez si vous voulez les deux."))
        self.sessions = sessions


class NoSeat(Refused):
    """No seat can be had now: the person may wait for one."""


def register(*, user: User, session: PeerSession, accept_clash: bool = False) -> Registration:
    """Claim a seat, or take the one that was offered. Claiming twice is claiming once.

    Raises `Refused` with a sentence (cancelled, begun, not a member), `NoSeat` when there is none for the person, and
    `Clash` for another seat at the same time unless `accept_clash`.
    """
    return claim_seat(user=user, session=session, accept_clash=accept_clash)


def wait_for_seat(*, user: User, session: PeerSession) -> Registration:
    """Claim a seat, and join the waiting list when none can be had. A clash is asked about when a seat is offered."""
    return claim_seat(user=user, session=session, accept_clash=True, may_wait=True)


@transaction.atomic
def claim_seat(
    *,
    user: User,
    session: PeerSession,
    accept_clash: bool = False,
    may_wait: bool = False,
    entered_by: User | None = None,
    is_invited: bool = False,
) -> Registration:
    """What `register` and `wait_for_seat` do; `entered_by` answers for the person, `is_invited` stands for an
    invitation."""
    membership: Membership | None = _member.first(user=user.pk, network=session.network_id)
    registration: Registration | None = _registration.first(user=user.pk, session=session.pk)
    if registration and (registration.is_registered or (may_wait and _waits(registration))):
        return registration
    # Judged twice: without the lock, so that those who come too late do not queue for it; and again with it.
    seen = _seen(user, session.pk)
    known = registration is not None or is_invited
    require(can_claim(membership, seen, is_known=known))
    has_offer = registration is not None and registration.state == RegistrationState.OFFERED
    if seen.is_full and not has_offer and not may_wait:
        raise NoSeat(FULL)
    _judge_clashes(user, seen, accept_clash=accept_clash)
    room = enter(session.pk, is_whole=may_wait)
    if has_offer:
        # A delay may have ended, or been decided upon, while the lock was awaited.
        registration = Registration.objects.get(session=session.pk, user=user)
    if room.session.circle_id != seen.circle_id:
        _seen(user, session.pk)
    require(can_claim(membership, room.session, is_known=known))
    if membership is None:  # can_claim refuses it; this tells the type checker
        raise AssertionError
    row = registration or blank_row(room.session, membership)
    if row.state not in {RegistrationState.WAITING, RegistrationState.OFFERED}:
        row.affiliation_id, row.delegation_id = membership.affiliation_id, membership.delegation_id
    row.entered_by, row.note = entered_by, ""
    room.knows(row)
    cell = Cell(membership.affiliation.category_id, row.delegation_id)
    actor = entered_by or user
    decisions = keep(room, Claimed(holder_of(user.pk), cell, may_wait), actor_id=actor.pk)
    if not decisions and not _waits(row):
        raise NoSeat(sentence_of(blocks(room.state, cell)))
    return row


@transaction.atomic
def withdraw(*, user: User, session: PeerSession) -> bool:
    """Give back the seat, the place in the waiting list, or the offer; False when the person held none (withdrawing
    twice is withdrawing once). Who waits is offered the seat.

    Raises `Refused` once the session has begun or is cancelled.
    """
    return leave_seat(user=user, session=session)


def leave_seat(
    *,
    user: User,
    session: PeerSession,
    leaves_as: str = RegistrationState.WITHDRAWN,
    note: str = "",
    entered_by: User | None = None,
) -> bool:
    """What `withdraw` does; must run in a transaction."""
    with transaction.atomic():
        lock_people([user.pk])
        room = enter(session.pk)
        registration = Registration.objects.filter(session=session.pk, user=user).first()
        if registration is None or not (registration.is_registered or _waits(registration)):
            return False
        require(can_leave(room.session, registration, room.now))
        registration.note, registration.entered_by = note, entered_by
        room.knows(registration)
        actor = entered_by or user
        keep(room, Left(holder_of(user.pk)), actor_id=actor.pk, leaves_as=leaves_as)
        return True


def release_seats(*, user: User, network: Network) -> int:
    """Who is no longer in a network gives back the seats of its sessions to come; returns how many."""
    held = Registration.objects.filter(
        user=user,
        state__in=[RegistrationState.REGISTERED, RegistrationState.WAITING, RegistrationState.OFFERED],
        session__network=network,
        session__in=PeerSession.objects.scheduled().filter(starts_at__gt=timezone.now()),
    )
    sessions = PeerSession.objects.filter(pk__in=held.values("session")).order_by("pk")
    return sum(withdraw(user=user, session=session) for session in sessions)


def lock_people(ids: list[int]) -> None:
    """Hold these persons' rows, in the order of their keys: before the session's row, always."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def sentence_of(why: tuple[Block, ...]) -> str:
    """Why no seat can be had now, in a sentence."""
    if not why or why[0].code == "full":
        return str(FULL)
    if why[0].code == "reserved":
        return _("Les places libres sont gardées pour d’autres. Vous pouvez vous mettre en attente.")
    block = why[0]
    numbers = {"count": block.number, "limit": block.limit}
    if block.delegation is not None:
        text = ngettext(
            "Votre délégation a déjà %(count)d place sur %(limit)d. Vous pouvez vous mettre en attente.",
            "Votre délégation a déjà %(count)d places sur %(limit)d. Vous pouvez vous mettre en attente.",
            block.number,
        )
        return text % numbers
    text = ngettext(
        "Votre catégorie a déjà %(count)d place sur %(limit)d. Vous pouvez vous mettre en attente.",
        "Votre catégorie a déjà %(count)d places sur %(limit)d. Vous pouvez vous mettre en attente.",
        block.number,
    )
    return text % numbers


def repair_counts(*, write: bool) -> list[tuple[int, int, int]]:
    """Compare every `registered_count` and every `held_count` with the rows: (session id, count, truth) for each count
    that differs."""
    seats, offers = Registration.objects.registered(), Registration.objects.open_offers()
    guests = GuestSeat.objects.filter(removed_at__isnull=True)
    counted = PeerSession.objects.annotate(taken=_number_of(seats) + _number_of(guests), offered=_number_of(offers))
    wrong = counted.filter(~Q(registered_count=F("taken")) | ~Q(held_count=F("offered"))).order_by("pk")
    differences = [
        (pk, count, truth)
        for pk, *pairs in wrong.values_list("pk", "registered_count", "taken", "held_count", "offered")
        for count, truth in (pairs[:2], pairs[2:])
        if count != truth
    ]
    if write:
        for pk in dict.fromkeys(pk for pk, _count, _truth in differences):
            with transaction.atomic():
                state = enter(pk).state
                held = len(state.offers)
                PeerSession.objects.filter(pk=pk).update(registered_count=len(state.seats), held_count=held)
    return differences


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows a session has, in a query of sessions."""
    own = rows.filter(session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), Value(0))


def _waits(registration: Registration) -> bool:
    return registration.state in {RegistrationState.WAITING, RegistrationState.OFFERED}


def _seen(user: User, pk: int) -> PeerSession:
    session: PeerSession | None = _session.first(user, session=pk)
    if session is None:
        raise Refused(_("Cette séance ne vous est pas ouverte."))
    return session


def _judge_clashes(user: User, session: PeerSession, *, accept_clash: bool) -> None:
    expected = expected_elsewhere(user, session)
    if expected.facilitated:
        raise DomainError(_("Vous facilitez une autre séance au même moment : personne d’autre n’y tient votre place."))
    if expected.seats and not accept_clash:
        raise Clash(expected.seats)
