"""What the people of a mentorship are told. Each handler may run twice."""

from collections.abc import Iterable

from mentoring.events import (
    MentorshipAgreed,
    MentorshipDue,
    MentorshipEnded,
    MentorshipPaused,
    MentorshipProposed,
    MentorshipResumed,
    PeerLeft,
    TermsChanged,
)
from mentoring.models import Mentorship
from mentoring.policies.mentorships import has_agreed, present_peers
from mentoring.queries.mentorships import loaded_mentorship
from mentoring.services.mentorship_course import leave_network
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.events import NetworkLeft
from peerhub.people.queries import left_membership


@handles(MentorshipProposed)
def on_mentorship_proposed(event: MentorshipProposed) -> None:
    """Whoever was told before is not told again: the key is the mentorship's, people are added to a group."""
    _tell("mentorship_proposed", event.mentorship_id, str(event.mentorship_id), waiting=True)


@handles(TermsChanged)
def on_terms_changed(event: TermsChanged) -> None:
    key = f"{event.mentorship_id}.{event.number}"
    _tell("terms_changed", event.mentorship_id, key, actor_id=event.actor_id, waiting=True)


@handles(MentorshipAgreed)
def on_mentorship_agreed(event: MentorshipAgreed) -> None:
    _tell("mentorship_agreed", event.mentorship_id, str(event.mentorship_id), actor_id=event.actor_id)


@handles(MentorshipPaused)
def on_mentorship_paused(event: MentorshipPaused) -> None:
    _tell("mentorship_paused", event.mentorship_id, f"{event.mentorship_id}.{event.at}", actor_id=event.actor_id)


@handles(MentorshipResumed)
def on_mentorship_resumed(event: MentorshipResumed) -> None:
    _tell("mentorship_resumed", event.mentorship_id, f"{event.mentorship_id}.{event.at}", actor_id=event.actor_id)


@handles(MentorshipEnded)
def on_mentorship_ended(event: MentorshipEnded) -> None:
    _tell("mentorship_ended", event.mentorship_id, str(event.mentorship_id), actor_id=event.actor_id)


@handles(MentorshipDue)
def on_mentorship_due(event: MentorshipDue) -> None:
    mentorship = loaded_mentorship(event.mentorship_id)
    if mentorship is not None and mentorship.end_asked_for is not None:
        _tell("mentorship_due", mentorship.pk, f"{mentorship.pk}.{mentorship.end_asked_for.isoformat()}")


@handles(PeerLeft)
def on_peer_left(event: PeerLeft) -> None:
    """Its mentor alone is told: a place is free. Nobody is told why."""
    mentorship = loaded_mentorship(event.mentorship_id)
    if mentorship is not None:
        _notify("peer_left", mentorship, f"{mentorship.pk}.{event.user_id}", {mentorship.mentor_id}, event.user_id)


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    if membership := left_membership(event.membership_id):
        leave_network(user=membership.user, network_id=membership.network_id)


def _tell(kind: str, pk: int, key: str, *, actor_id: int = 0, waiting: bool = False) -> None:
    """Everyone but who did it; with `waiting`, those whose agreement is still missing."""
    mentorship = loaded_mentorship(pk)
    if mentorship is None:
        return
    people = [mentorship.mentor, *(one.user for one in present_peers(mentorship))]
    asked = {one.pk for one in people if not (waiting and has_agreed(mentorship, one))}
    _notify(kind, mentorship, key, asked, actor_id)


def _notify(kind: str, mentorship: Mentorship, key: str, people: Iterable[int], actor_id: int) -> None:
    """Without an actor's name: a mail tells that something happened, never with whom."""
    notify(
        kind=f"mentoring.{kind}",
        recipients=set(people) - {actor_id},
        target_id=mentorship.pk,
        dedupe_key=f"mentoring.{kind}.{key}",
        network_id=mentorship.network_id,
        streak=f"mentorship.{mentorship.pk}",
    )
