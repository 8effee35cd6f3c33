"""Places under concurrency: real threads, real transactions."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from mentoring.enums import MentorshipState
from mentoring.models import MentoringProfile, Mentorship
from mentoring.services.mentorships import invite_peer
from mentoring.services.terms import agree_terms
from peerhub.people.errors import DomainError
from peerhub.people.models import Membership
from tests.builders import make_member, make_network
from tests.mentoring.mentorship_builders import make_mentorship

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run these at one time, on a connection each; what each gave, or raised, by its name."""
    barrier, results = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int) -> None:
        barrier.wait(timeout=30)
        try:
            results[number] = type(acts[number]()).__name__
        except DomainError as error:
            results[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(results)


def test_the_last_place_of_a_mentor_and_that_of_a_group_are_taken_once() -> None:
    network = make_network()
    mentor = make_member(network).user
    MentoringProfile.objects.create(user=mentor, people_at_a_time=1)
    made = []
    for _number in range(3):
        peer = make_member(network).user
        one = make_mentorship(network, mentor, [peer], state="proposed", competence=None)
        agree_terms(actor=mentor, mentorship=one, number=1)
        made.append((peer, one))
    acts = [lambda peer=peer, one=one: agree_terms(actor=peer, mentorship=one, number=1) for peer, one in made]
    assert at_once(*acts) == ["DomainError", "DomainError", "Mentorship"]
    assert Mentorship.objects.filter(mentor=mentor, state=MentorshipState.ACTIVE).count() == 1

    host = make_member(network).user
    group = make_mentorship(network, host, [], state="proposed", competence=None, is_group=True, places=2)
    wanted = [member.user for member in Membership.objects.filter(network=network).exclude(user=host)][:4]
    asks = [lambda peer=peer: invite_peer(mentor=host, mentorship=group, peer=peer) for peer in wanted]
    assert at_once(*asks) == ["MentorshipPeer", "MentorshipPeer", "Refused", "Refused"]
    assert (group.peers.count(), group.circle.memberships.count()) == (2, 3)
