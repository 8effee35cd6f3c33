"""Mentorships: proposed, agreed upon, changed, gone on with, left, ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from mentoring.enums import MentorshipState
from mentoring.models import Evidence, Mentorship
from mentoring.services import mentorship_course as course
from mentoring.services.mentorships import invite_peer, propose_mentorship
from mentoring.services.terms import agree_terms, change_terms, extend
from peerhub.people.errors import DomainError, Refused
from tests.builders import make_animator, make_network
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group, make_mentorship
from tests.mentoring.need_builders import make_need

pytestmark = pytest.mark.django_db


def test_it_runs_once_both_agreed_to_the_same_terms() -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network).user
    made = make_mentorship(network, mentor, [peer], state="proposed", ends_on=None)
    assert agree_terms(actor=peer, mentorship=made, number=1).state == MentorshipState.PROPOSED
    assert agree_terms(actor=peer, mentorship=made, number=1).state == MentorshipState.PROPOSED
    running = agree_terms(actor=mentor, mentorship=made, number=1)
    assert (running.state, running.starts_on) == (MentorshipState.ACTIVE, timezone.localdate())
    assert [*Mentorship.objects.visible_to(mentor)] == [*Mentorship.objects.visible_to(peer)] == [made]
    assert not Mentorship.objects.visible_to(make_animator(network).user).exists()
