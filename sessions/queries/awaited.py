"""What sessions wait for from one person: querysets, for a read that spans the products."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from peerhub.people.models import User, circle_q
from sessions.enums import PollState, RegistrationState, SessionState
from sessions.models import DatePoll, Registration

Person = User | AnonymousUser


def invitations(user: Person, now: datetime) -> QuerySet[Registration]:
    """To sessions that have not begun, neither accepted nor declined."""
    return _to_come(user, now).filter(state=RegistrationState.INVITED)


def offers(user: Person, now: datetime) -> QuerySet[Registration]:
    """Seats that are kept for the person until `offer_ends_at`."""
    return _to_come(user, now).filter(state=RegistrationState.OFFERED, offer_ends_at__gt=now)


def polls(user: Person, now: datetime) -> QuerySet[DatePoll]:
    """Open polls, of which the person has not answered every slot."""
    still = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
    return DatePoll.objects.visible_to(user).filter(still, state=PollState.OPEN).unanswered_by(user_id=user.pk or 0)


def _to_come(user: Person, now: datetime) -> QuerySet[Registration]:
    return Registration.objects.filter(
        circle_q(user, "session__circle"),
        user=user.pk or 0,
        session__state=SessionState.SCHEDULED,
        session__starts_at__gt=now,
    )
