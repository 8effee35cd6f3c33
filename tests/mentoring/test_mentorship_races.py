"""Places under concurrency: real threads, real transactions."""

import pytest

from mentoring.enums import MentorshipState
from mentoring.models import MentoringProfile, Mentorship
from mentoring.services.mentorships import invite_peer, withdraw_invitation
from mentoring.services.open_groups import answer_ask, ask_to_join, set_open
from mentoring.services.terms import agree_terms
from peerhub.people.models import Membership
from tests.builders import make_member, make_network
from tests.concurrency import together
from tests.mentoring.mentorship_builders import make_mentorship

pytestmark = pytest.mark.django_db(transaction=True)


def names(results: list[object]) -> list[str]:
    """What each gave, or raised, by its name."""
    return sorted(type(one).__name__ for one in results)


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
    assert names(together(*acts)) == ["DomainError", "DomainError", "Mentorship"]
    assert Mentorship.objects.filter(mentor=mentor, state=MentorshipState.ACTIVE).count() == 1

    host = make_member(network).user
    group = make_mentorship(network, host, [], state="proposed", competence=None, is_group=True, places=2)
    wanted = [member.user for member in Membership.objects.filter(network=network).exclude(user=host)][:4]
    asks = [lambda peer=peer: invite_peer(mentor=host, mentorship=group, peer=peer) for peer in wanted]
    assert names(together(*asks)) == ["MentorshipPeer", "MentorshipPeer", "Refused", "Refused"]
    assert group.peers.count() == 2

    # Of an open group the same lock holds: two who asked, and one place.
    withdraw_invitation(mentor=host, mentorship=group, peer_id=group.peers.all()[0].user_id)
    set_open(mentor=host, mentorship=group, is_open=True)
    asking = [user for user in wanted if not group.peers.filter(user=user).exists()][:2]
    for user in asking:
        ask_to_join(user=user, mentorship_id=group.pk, number=1)
    answers = [
        lambda user=user: answer_ask(mentor=host, mentorship=group, user_id=user.pk, is_accepted=True)
        for user in asking
    ]
    assert names(together(*answers)) == ["Refused", "bool"]
    assert (group.peers.count(), group.circle.memberships.count()) == (2, 2)
