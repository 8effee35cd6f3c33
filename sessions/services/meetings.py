"""What a session in a conversation is from its beginning: everyone has a seat, and nobody waits for a report of it."""

from collections.abc import Iterable

from django.utils import timezone

from peerhub.people.errors import DomainError
from peerhub.people.models import User
from sessions.models import PeerSession
from sessions.services.registration import claim_seat, lock_people
from sessions.services.seats import invite_people


def settle(*, actor: User, session: PeerSession, people: Iterable[User]) -> None:
    """Seat these people in a session that was just made in their conversation; the actor facilitates it. Who cannot be
    seated (expected elsewhere, with a task) is invited, and answers. In the caller's transaction."""
    seated = sorted(people, key=lambda one: one.pk)
    lock_people([one.pk for one in seated])
    now = timezone.now()
    # Neither minutes nor opinions are asked for: two people have told each other what they had to.
    session.report_waived_at = session.evaluation_asked_at = now
    session.save(update_fields=["report_waived_at", "evaluation_asked_at"])
    invited = [one.pk for one in seated if not _has_seat(actor, session, one)]
    if invited:
        invite_people(actor=actor, session=session, user_ids=invited)
    # Last: whoever facilitates a session at an hour takes no seat elsewhere at that hour.
    session.facilitators.add(actor)


def _has_seat(actor: User, session: PeerSession, user: User) -> bool:
    try:
        claim_seat(user=user, session=session, accept_clash=True, entered_by=None if user.pk == actor.pk else actor)
    except DomainError:
        return False
    return True
