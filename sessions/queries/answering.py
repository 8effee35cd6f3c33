"""For whom a person may answer in a session."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, Membership, User
from peerhub.people.models.networks import MembershipQuerySet
from peerhub.people.policies import can_animate
from sessions.models import Delegate, Enrolment, PeerSession, Registration


def answerable_by(actor: User, session: PeerSession) -> MembershipQuerySet:
    """The memberships of those whose answer this person may enter: everyone whom the session is open to, for who runs
    or facilitates it; the people of the delegations that the person leads; the person's principals."""
    own = Membership.objects.active().filter(user=actor, network=session.network_id).first()
    members = Membership.objects.active().filter(network=session.network_id)
    if session.circle.kind != CircleKind.PUBLIC:
        members = members.filter(user__in=CircleMember.objects.filter(circle=session.circle_id).values("user"))
    if own is None:
        return members.none()
    runs = can_animate(own) or session.facilitators.filter(pk=actor.pk).exists()
    if runs and PeerSession.objects.visible_to(actor).filter(pk=session.pk).exists():
        return members
    led = Enrolment.objects.filter(lead=actor, delegation=own.delegation_id)
    if session.programme_id:
        led = led.filter(programme=session.programme_id)
    principals = Delegate.objects.in_force().filter(user=actor, network=session.network_id)
    return members.filter(
        Q(delegation__in=led.values("delegation")) | Q(user__in=principals.values("principal"))
    ).exclude(user=actor)


def session_to_answer(user: User | AnonymousUser, pk: int) -> PeerSession:
    """A session in which the person may answer for somebody who was invited or asked for a seat; raises
    `PeerSession.DoesNotExist` otherwise. The person may not be in its circle: then it is called by its public title."""
    if not isinstance(user, User):
        raise PeerSession.DoesNotExist
    session = PeerSession.objects.for_cards().get(pk=pk)
    people = answerable_by(user, session)
    asked = Registration.objects.filter(session=session).values("user")
    if session.is_draft or not people.filter(user__in=asked).exists():
        raise PeerSession.DoesNotExist
    return session
