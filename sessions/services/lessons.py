"""Sessions of a training: for the chosen list of those who follow it, planned by who leads that list."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, User
from sessions.models import PeerSession
from sessions.services.meetings import hold_circle, made_before, settle
from sessions.services.scheduling import create_session

SHORTEST, LONGEST = 15, 480  # minutes


@transaction.atomic
def plan_lesson(
    *,
    actor: User,
    circle: Circle,
    people: Iterable[User],
    title: str,
    starts_at: datetime,
    minutes: int,
    token: UUID,
    timezone_name: str,
    place: str = "",
    meeting_url: str = "",
) -> PeerSession:
    """A session of the list, with a seat for each of these people, facilitated by the actor, who leads the list (no
    animator's right is needed). The same token is the same session. Raises `Refused` for anybody else, `DomainError`
    with a sentence for an hour that cannot be."""
    held, network = hold_circle(circle)
    if held.kind != CircleKind.CUSTOM:
        raise ValueError("A lesson is for a chosen list.")
    made = made_before(token=token, circle=held, refusal=_("Cette séance ne vous est pas ouverte."))
    if made is not None:
        return made
    if not SHORTEST <= minutes <= LONGEST:
        raise DomainError(_("Une séance de formation dure d’un quart d’heure à huit heures."))
    session = create_session(
        author=actor,
        network=network,
        circle=held,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        time_zone=timezone_name,
        place=place,
        video_url=meeting_url,
    )
    settle(actor=actor, session=session, people=people, token=token)
    return session
