"""The meetings of a mentorship: sessions in its circle, that its people alone see."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from mentoring.models import Mentorship, MentorshipMeeting
from mentoring.policies.mentorships import can_meet, inner_peers
from mentoring.queries.mentorships import meetings_ahead
from mentoring.services.mentorships import hold_mentorship
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User
from sessions.models import PeerSession
from sessions.services.between import plan_between
from sessions.services.registration import withdraw
from sessions.services.scheduling import cancel_session


@transaction.atomic
def plan_meeting(
    *,
    actor: User,
    mentorship: Mentorship,
    starts_at: datetime,
    minutes: int,
    token: UUID,
    timezone_name: str,
    meeting_url: str = "",
    place: str = "",
) -> PeerSession:
    """A session in the agendas of everyone of the mentorship; the same token is the same session. Raises `Refused`,
    `DomainError` for an hour that cannot be."""
    current = hold_mentorship(mentorship.pk, actor)
    require(can_meet(actor, current))
    session = plan_between(
        actor=actor,
        circle=current.circle,
        people=[current.mentor, *(one.user for one in inner_peers(current))],
        starts_at=starts_at,
        minutes=minutes,
        token=token,
        timezone_name=timezone_name,
        meeting_url=meeting_url,
        place=place,
    )
    MentorshipMeeting.objects.get_or_create(session=session, defaults={"mentorship": current})
    return session


def call_off_meetings(*, actor: User, mentorship: Mentorship) -> int:
    """Cancel what is still to come, in the caller's transaction; how many. What has begun stays."""
    # Who left the network may not: somebody who stays does it for them.
    people = [actor, mentorship.mentor, *(one.user for one in inner_peers(mentorship))]
    return sum(_cancelled(people, session) for session in meetings_ahead(mentorship))


def give_back_seats(*, user: User, mentorship: Mentorship) -> int:
    """Who leaves a group comes no more to its meetings; how many they had a seat in."""
    return sum(withdraw(user=user, session=session) for session in meetings_ahead(mentorship))


def _cancelled(people: list[User], session: PeerSession) -> bool:
    for person in people:
        try:
            with transaction.atomic():
                return cancel_session(actor=person, session=session)
        except DomainError:
            continue
    return False
