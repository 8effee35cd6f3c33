"""The seats of a session as its animators see them: who is invited, and by what rules the seats are given.

The locks are those of `services.registration`, in its order. Every act appends to the log of the session's seats.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from peerhub.people.errors import require
from peerhub.people.models import CircleMember, Membership, User
from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration, SeatRule
from sessions.policies.sessions import can_change_session


@dataclass(frozen=True)
class RuleWish:
    """A floor (seats kept) and a ceiling (seats at most; None: no limit) for a part of those who come: a category,
    a delegation, each delegation (`is_each_delegation`), or a category within these."""

    category_id: int | None = None
    delegation_id: int | None = None
    is_each_delegation: bool = False
    floor: int = 0
    ceiling: int | None = None


@transaction.atomic
def invite_people(*, actor: User, session: PeerSession, user_ids: Iterable[int]) -> int:
    """Invite these members of its network to a session that is open to them; returns how many are newly invited.
    Who was invited, holds a seat or declined already is left as is. Refuses whoever may not change the session."""
    current = PeerSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    membership = Membership.objects.active().filter(user=actor, network=current.network_id).first()
    require(can_change_session(membership, current))
    now = timezone.now()
    members = Membership.objects.active().filter(network=current.network_id, user__in=set(user_ids))
    inside = CircleMember.objects.filter(circle=current.circle_id).values("user")
    known = Registration.objects.filter(session=current).values("user")
    rows = [
        Registration(
            session=current,
            user_id=one.user_id,
            affiliation_id=one.affiliation_id,
            delegation_id=one.delegation_id,
            state=RegistrationState.INVITED,
            invited_at=now,
        )
        for one in members.filter(user__in=inside).exclude(user__in=known).order_by("pk")
    ]
    return len(Registration.objects.bulk_create(rows))


@transaction.atomic
def set_rules(
    *,
    actor: User,
    session: PeerSession,
    capacity: int | None,
    rules: Sequence[RuleWish],
    offer_minutes: int | None = None,
    floors_until: datetime | None = None,
) -> PeerSession:
    """Set how many seats there are and how they are given; `rules` replace those there were. Without `offer_minutes`
    the delay of offers stays. Raises `DomainError` with a sentence for what cannot hold."""
    current = PeerSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    membership = Membership.objects.active().filter(user=actor, network=current.network_id).first()
    require(can_change_session(membership, current))
    current.capacity, current.floors_until = capacity, floors_until
    current.offer_minutes = offer_minutes or current.offer_minutes
    current.save(update_fields=["capacity", "floors_until", "offer_minutes"])
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
    )
    return current
