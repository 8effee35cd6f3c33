"""What a person is to a session, for what the session leaves."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists

from forums.policies.writing import can_participate
from peerhub.people.models import Membership, User
from peerhub.people.policies import can_animate
from sessions.models import Attendance, PeerSession, Registration
from sessions.policies.standing import Standing


def standing_for(user: User | AnonymousUser, session: PeerSession) -> Standing:
    """One query, or none for a visitor."""
    if not user.is_authenticated:
        return Standing(False, False, False, can_participate(user, None))
    named = PeerSession.objects.filter(pk=session.pk, facilitators=user.pk)
    seats = Registration.objects.registered().filter(session=session, user=user.pk)
    there = Attendance.objects.filter(session=session, user=user.pk, is_present=True)
    own = Membership.objects.active().filter(user=user, network=session.network_id)
    membership = own.annotate(is_named=Exists(named), sits=Exists(seats), came=Exists(there)).first()
    is_named, sits, came = (getattr(membership, fact, False) for fact in ("is_named", "sits", "came"))
    return Standing(
        is_member=membership is not None,
        has_seat=sits or came,
        facilitates=is_named or (membership is not None and bool(can_animate(membership))),
        may_speak=can_participate(user, membership),
    )
