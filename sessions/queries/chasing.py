"""Who was invited, has not answered, and may be asked again."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration

CHASED_EVERY = timedelta(hours=24)


def silent_of(session: PeerSession, now: datetime) -> QuerySet[Registration]:
    """Those invited who may be asked again now."""
    return Registration.objects.filter(may_be_chased(now), session=session)


def may_be_chased(now: datetime) -> Q:
    """Invited and silent, and not written to since a day."""
    asked = now - CHASED_EVERY
    rested = Q(chased_at__isnull=True) | Q(chased_at__lte=asked)
    return rested & Q(state=RegistrationState.INVITED, invited_at__lte=asked)
