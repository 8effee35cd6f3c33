"""Mentorships for tests, made by the services that production calls."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from mentoring.enums import MentorshipState
from mentoring.models import Mentorship
from mentoring.services import mentorship_course
from mentoring.services.mentorships import propose_mentorship
from mentoring.services.terms import agree_terms
from peerhub.people.models import Network, User
from tests.mentoring.builders import competence, make_listed
from tests.mentoring.need_builders import SLUG

GOALS = "Ouvrir l’ancienne gare au printemps."


def make_mentorship(
    network: Network,
    mentor: User | None = None,
    peers: Sequence[User] | None = None,
    *,
    state: str = MentorshipState.ACTIVE,
    days: int = 90,
    **fields: Any,
) -> Mentorship:
    """One that began today and ends in so many days, agreed by everyone when it is active; `competence=None` says that
    it is about none. `state`: proposed, active, paused or ended (which came to its end)."""
    mentor = mentor or make_listed(network, "Maya", "Mentor").user
    people = [make_listed(network, "Paul", "Pair").user] if peers is None else list(peers)
    wanted = {
        "goals": GOALS,
        "competence": competence(SLUG),
        "ends_on": timezone.localdate() + timedelta(days=days),
        "token": uuid4(),
        **fields,
    }
    mentorship = propose_mentorship(network=network, mentor=mentor, peers=people, **wanted)
    if state == MentorshipState.PROPOSED:
        return mentorship
    for actor in (mentor, *people):
        agree_terms(actor=actor, mentorship=mentorship, number=1)
    if state == MentorshipState.PAUSED:
        mentorship_course.pause(actor=mentor, mentorship=mentorship)
    if state == MentorshipState.ENDED:
        mentorship_course.end(actor=mentor, mentorship=mentorship)
    return Mentorship.objects.select_related("network", "circle", "mentor").get(pk=mentorship.pk)


def make_group(network: Network, mentor: User | None = None, *peers: User, **fields: Any) -> Mentorship:
    """A group of three places."""
    return make_mentorship(network, mentor, peers, is_group=True, places=3, **fields)
