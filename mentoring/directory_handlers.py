"""The directory follows who accompanies whom: a mentor whose places are taken is not available. Each handler may run
twice."""

from mentoring.events import MentorshipAgreed, MentorshipEnded, MentorshipPaused, MentorshipResumed
from mentoring.models import Mentorship
from mentoring.services.directory import refresh_entries
from peerhub.outbox.registry import handles


@handles(MentorshipAgreed)
def on_mentorship_agreed(event: MentorshipAgreed) -> None:
    _refresh_mentor(event.mentorship_id)


@handles(MentorshipPaused)
def on_mentorship_paused(event: MentorshipPaused) -> None:
    _refresh_mentor(event.mentorship_id)


@handles(MentorshipResumed)
def on_mentorship_resumed(event: MentorshipResumed) -> None:
    _refresh_mentor(event.mentorship_id)


@handles(MentorshipEnded)
def on_mentorship_ended(event: MentorshipEnded) -> None:
    _refresh_mentor(event.mentorship_id)


def _refresh_mentor(mentorship_id: int) -> None:
    for mentor in Mentorship.objects.filter(pk=mentorship_id).values_list("mentor", flat=True):
        refresh_entries("user", mentor)
