"""Reactions to what happened to sessions: who is told. Each may run twice: the keys make it once."""

from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.enums import CircleKind
from peerhub.people.events import NetworkLeft
from peerhub.people.models import Circle, CircleMember
from peerhub.people.queries import left_membership
from sessions import (  # found here: the reactions of other areas
    aftermath_handlers,  # noqa: F401
    conclusion_handlers,  # noqa: F401
    delegation_handlers,  # noqa: F401
    minutes_handlers,  # noqa: F401
    poll_handlers,  # noqa: F401
    seat_handlers,  # noqa: F401
)
from sessions.events import Registered, SessionCancelled, SessionCreated, SessionMoved
from sessions.models import DatePoll, PeerSession, Registration
from sessions.services.registration import release_seats


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    """The seats of who left, or is suspended, are free for others; none when the person came back meanwhile."""
    if membership := left_membership(event.membership_id):
        release_seats(user=membership.user, network=membership.network)


@handles(SessionCreated)
def on_session_created(event: SessionCreated) -> None:
    """Those it is open to; of a session open to everyone, the members of its network."""
    session = PeerSession.objects.select_related("circle").filter(pk=event.session_id).first()
    if session is None or session.is_cancelled or DatePoll.objects.filter(session=session).exists():
        return  # of the session that a poll made, the poll tells everyone
    if session.circle.kind == CircleKind.CONVERSATION:
        return  # its people have a seat, or are invited: that tells them
    if session.series_id and PeerSession.objects.filter(series=session.series_id, pk__lt=session.pk).exists():
        return  # of the dates of a series, the first tells of all
    circle_id = session.circle_id
    if session.circle.kind == CircleKind.PUBLIC:
        circle_id = Circle.objects.get(network=session.network_id, kind=CircleKind.NETWORK).pk
    members = CircleMember.objects.filter(circle=circle_id).values_list("user_id", flat=True)
    notify(
        kind="sessions.created",
        recipients=members,
        target_id=session.pk,
        dedupe_key=f"session:{session.pk}:created",
        actor_id=session.created_by_id,
        network_id=session.network_id,
        streak=f"session.{session.pk}",
    )


@handles(Registered)
def on_registered(event: Registered) -> None:
    """The person, with what their calendar needs, unless they changed their mind since."""
    registration = (
        Registration.objects.registered()
        .select_related("session")
        .filter(pk=event.registration_id, version=event.version)
        .first()
    )
    if registration is None:
        return
    notify(
        kind="sessions.confirmed",
        recipients=[registration.user_id],
        target_id=registration.session_id,
        dedupe_key=f"registration:{registration.pk}:confirmed:{event.version}",
        network_id=registration.session.network_id,
        streak=f"session.{registration.session_id}",
    )


@handles(SessionMoved)
def on_session_moved(event: SessionMoved) -> None:
    """Those registered, once for each revision; an overtaken revision is moot: the later one tells all."""
    session = PeerSession.objects.filter(pk=event.session_id, sequence=event.sequence).first()
    if session is not None:
        _tell_registered("sessions.moved", session)


@handles(SessionCancelled)
def on_session_cancelled(event: SessionCancelled) -> None:
    session = PeerSession.objects.filter(pk=event.session_id, sequence=event.sequence).first()
    if session is not None:
        _tell_registered("sessions.cancelled", session)


def _tell_registered(kind: str, session: PeerSession) -> None:
    registered = Registration.objects.registered().filter(session=session).values_list("user_id", flat=True)
    notify(
        kind=kind,
        recipients=registered,
        target_id=session.pk,
        dedupe_key=f"session:{session.pk}:{kind}:{session.sequence}",
        network_id=session.network_id,
        streak=f"session.{session.pk}",
    )
