"""Sessions that members plan among themselves: everyone has a seat from the beginning, and nobody waits for a report.

Whose circle it may be is for who calls: a conversation (`between`), the list of a training (`lessons`).
"""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Network, User
from sessions.models import PeerSession
from sessions.services.registration import claim_seat, lock_people
from sessions.services.seats import invite_people


def hold_circle(circle: Circle) -> tuple[Circle, Network]:
    """The row of the circle, held to the end of the transaction, and its network: two sendings of one form follow each
    other."""
    held = Circle.objects.select_for_update(of=("self",), no_key=True).select_related("network").get(pk=circle.pk)
    if held.network is None:
        raise ValueError("Only the people of a network plan among themselves.")
    return held, held.network


def made_before(*, token: UUID, circle: Circle, refusal: str) -> PeerSession | None:
    """The session that this token made. Raises `Refused` with the sentence for the token of another circle."""
    made = PeerSession.objects.select_related("network", "circle").filter(uid=token).first()
    if made is not None and made.circle_id != circle.pk:
        raise Refused(refusal)
    return made


def settle(*, actor: User, session: PeerSession, people: Iterable[User], token: UUID | None = None) -> None:
    """Seat these people in a session that was just made, by this token if any; the actor facilitates it. Who cannot be
    seated (expected elsewhere, with a task) is invited, and answers. In the caller's transaction."""
    seated = sorted(people, key=lambda one: one.pk)
    lock_people([one.pk for one in seated])
    now = timezone.now()
    # Neither minutes nor opinions are asked for: two people have told each other what they had to.
    session.report_waived_at = session.evaluation_asked_at = now
    session.uid = token or session.uid
    session.save(update_fields=["report_waived_at", "evaluation_asked_at", "uid"])
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
