"""What the people of an introduction answer, and what becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mentoring.enums import IntroductionState
from mentoring.models import (
    Introduction,
    IntroductionOptIn,
)
from mentoring.queries.introductions import moments_of
from mentoring.services import introduction_answers as answers
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, User
from peerhub.people.services.memberships import end_membership
from sessions.models import PeerSession, Registration
from sessions.services.scheduling import cancel_session
from tests.builders import make_network, make_user
from tests.mentoring.builders import told
from tests.mentoring.introduction_builders import draw, introduce, pair, people_of, wish

pytestmark = pytest.mark.django_db


# --- Answering ------------------------------------------------------------------------------------------------------


def accept(user: User, made: Introduction) -> Introduction:
    made.refresh_from_db()
    assert made.proposed_at is not None
    return answers.accept(user=user, introduction=made, moment=made.proposed_at)


def test_two_yeses_put_it_in_both_agendas() -> None:
    network = make_network()
    one, other, made = pair(network)
    for _again in range(2):
        waiting = accept(one, made)
    assert (waiting.state, waiting.session) == (IntroductionState.PROPOSED, None)
    assert waiting.topic is not None
    for _again in range(2):
        planned = accept(other, made)
    assert planned.state == IntroductionState.PLANNED
    session = PeerSession.objects.get()
    assert (planned.session, session.circle, session.starts_at) == (session, made.circle, made.proposed_at)
    assert session.ends_at - session.starts_at == timedelta(minutes=45)
    assert {*Registration.objects.registered().values_list("user", flat=True)} == {one.pk, other.pk}
    # Both learn of it from the session, with what their calendar needs.
    assert [told(user)[1:] for user in (one, other)] == [["confirmed"], ["confirmed"]]
    with pytest.raises(Refused):
        answers.decline(user=one, introduction=made)


def test_another_moment_asks_the_other_anew() -> None:
    network = make_network()
    one, other, made = pair(network)
    accept(one, made)
    read = made.proposed_at
    assert read is not None
    moment = moments_of(made, timezone.now())[0]
    moved = answers.propose_moment(user=other, introduction=made, moment=moment)
    assert (moved.state, moved.proposed_at) == (IntroductionState.PROPOSED, moment)
    assert told(one) == ["introduction_made", "introduction_moved"]
    with pytest.raises(DomainError):
        answers.accept(user=one, introduction=made, moment=read)
    assert accept(one, made).state == IntroductionState.PLANNED
    for user, moment in ((other, timezone.now() - timedelta(days=1)), (make_user(), timezone.now())):
        with pytest.raises(DomainError):
            answers.propose_moment(user=user, introduction=made, moment=moment)


def test_a_moment_that_is_past_is_not_accepted() -> None:
    network = make_network()
    one, _other, made = pair(network)
    Introduction.objects.update(proposed_at=timezone.now() + timedelta(minutes=30))
    with pytest.raises(DomainError):
        accept(one, made)


def test_of_two_a_no_ends_it_and_who_said_yes_is_first_next_month() -> None:
    network = make_network()
    one, other, made = pair(network)
    accept(one, made)
    ended = answers.decline(user=other, introduction=made)
    assert ended.state == IntroductionState.DECLINED
    assert told(one) == ["introduction_made", "introduction_declined"]
    assert told(other) == ["introduction_made"]
    with pytest.raises(Refused):
        answers.decline(user=one, introduction=made)
    third = wish(network)
    now = timezone.now() + timedelta(days=31)
    (following,) = draw(network, month=now.date().replace(day=1), now=now)
    # The one who declined may not meet the first again; the one who waited is drawn, the third with them.
    assert people_of(following) == sorted([one, third], key=lambda user: user.pk)


def test_of_three_two_go_on() -> None:
    network = make_network()
    three = [wish(network, size=3) for _number in range(3)]
    made = introduce(network, *three)
    accept(three[0], made)
    accept(three[1], made)
    planned = answers.decline(user=three[2], introduction=made)
    assert planned.state == IntroductionState.PLANNED
    assert {*Registration.objects.registered().values_list("user", flat=True)} == {one.pk for one in three[:2]}
    assert not Introduction.objects.visible_to(three[2]).exists()


def test_who_leaves_the_network_leaves_its_introductions() -> None:
    network = make_network()
    one, other, made = pair(network)
    for _again in range(2):
        end_membership(membership=Membership.objects.get(user=other), status=MembershipStatus.LEFT)
        dispatch_all()
    made.refresh_from_db()
    assert made.state == IntroductionState.DECLINED
    assert [*IntroductionOptIn.objects.values_list("user", flat=True)] == [one.pk]


def test_what_is_over_is_closed() -> None:
    """Met: done. Called off, or never answered: without consequence."""
    networks = [make_network() for _number in range(4)]
    met, called_off, unanswered, ahead = (pair(network) for network in networks)
    for one, other, made in (met, called_off, ahead):
        accept(one, made)
        accept(other, made)
    PeerSession.objects.filter(circle=met[2].circle).update(
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
    )
    cancel_session(actor=called_off[1], session=PeerSession.objects.get(circle=called_off[2].circle))
    Introduction.objects.filter(pk=unanswered[2].pk).update(created_at=timezone.now() - timedelta(days=31))
    assert [answers.close_over() for _again in range(2)] == [3, 0]
    states = dict(Introduction.objects.values_list("pk", "state"))
    assert [states[one[2].pk] for one in (met, called_off, unanswered, ahead)] == [
        "done",
        "lapsed",
        "lapsed",
        "planned",
    ]
