"""A question goes to peers who offer help with what it is about: a few, who can see it, told once."""

from typing import Any

import pytest

from forums.enums import SubscriptionLevel
from forums.events import TopicCreated
from forums.models import ForumSubscription, Topic
from mentoring.handlers import on_topic_created
from mentoring.suggestions import ASKED
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Membership, Network, User
from tests.builders import make_animator, make_member, make_network
from tests.forums.builders import make_confidential_forum, make_forum, make_topic
from tests.mentoring.builders import declare, make_listed

pytestmark = pytest.mark.django_db
PAT = "projet-alimentaire-territorial"
TITLE = "Comment monter un projet alimentaire territorial ?"


@pytest.fixture
def author(network: Network) -> User:
    return make_member(network).user


def helper(network: Network, name: str = "Ève", *, can_help: bool = True) -> User:
    user = make_listed(network, name).user
    declare(user, PAT, can_help=can_help)
    dispatch_all()
    return user


def ask(topic: Topic) -> list[User]:
    """The event, handled twice."""
    Notification.objects.all().delete()
    for _time in range(2):
        on_topic_created(TopicCreated(topic_id=topic.pk))
    told = Notification.objects.filter(kind="mentoring.question").select_related("recipient").order_by("recipient")
    return [one.recipient for one in told]


def test_who_offers_help_is_told_once(network: Network, author: User) -> None:
    eve = helper(network)
    helper(network, "Paul", can_help=False)
    assert ask(make_topic(make_forum(network), author, title=TITLE)) == [eve]


@pytest.mark.parametrize("more", [{"title": "Qui a un bon traiteur ?"}, {"title": TITLE, "kind": "discussion"}])
def test_what_is_no_question_about_it_asks_nobody(network: Network, author: User, more: dict[str, Any]) -> None:
    helper(network)
    assert ask(make_topic(make_forum(network), author, **more)) == []


def test_only_those_of_the_circle_are_told(network: Network, author: User) -> None:
    inside = helper(network, "Dedans")
    helper(network, "Dehors")
    helper(make_network(), "Ailleurs")
    assert ask(make_topic(make_confidential_forum(network, [author, inside]), author, title=TITLE)) == [inside]


def test_who_asks_who_muted_and_who_is_told_of_it_anyway_are_not(network: Network, author: User) -> None:
    forum = make_forum(network)
    declare(author, PAT, can_help=True)
    for name, level in (("Muet", SubscriptionLevel.MUTED), ("Suit", SubscriptionLevel.ALL)):
        ForumSubscription.objects.create(user=helper(network, name), forum=forum, level=level)
    animator: Membership = make_animator(network)
    declare(animator.user, PAT, can_help=True)
    named = helper(network, "Nommée")
    dispatch_all()
    topic = make_topic(forum, author, title=TITLE, body=f"Demandez à @[elle](user:{named.pk}).")
    assert ask(topic) == []


def test_no_more_than_a_few_are_asked(network: Network, author: User) -> None:
    helpers = {helper(network, f"N{number}") for number in range(ASKED + 2)}
    told = ask(make_topic(make_forum(network), author, title=TITLE))
    assert (len(told), set(told) <= helpers) == (ASKED, True)
