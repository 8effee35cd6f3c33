"""Each `can_see_x` and its twin `visible_to` agree, for every kind of person and state of object."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from forums.live import can_watch, last_post_number
from forums.models import Forum, Post, Topic
from forums.policies import can_see_forum, can_see_post, can_see_topic
from forums.services.topics import create_session_thread, move_thread
from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.models import Network, User
from peerhub.people.services.circles import category_circle, create_circle, remove_member
from peerhub.people.services.memberships import deactivate_user, end_membership
from tests.builders import make_animator, make_category, make_member, make_network, make_suspended, make_user
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_public_forum, make_topic

pytestmark = pytest.mark.django_db

Person = Callable[[Network], User | AnonymousUser]


def former(network: Network) -> User:
    membership = make_member(network)
    end_membership(membership=membership, status=MembershipStatus.LEFT)
    return membership.user


def closed_account(network: Network) -> User:
    user = make_member(network).user
    deactivate_user(user=user)
    return user


def administrator(network: Network) -> User:
    user = make_user()
    user.is_staff = user.is_superuser = True
    user.save()
    return user


PEOPLE: dict[str, Person] = {
    "anonymous": lambda network: AnonymousUser(),
    "stranger": lambda network: make_user(),
    "other network": lambda network: make_animator(make_network()).user,
    "elected": lambda network: make_member(network, category="elected").user,
    "agent": lambda network: make_member(network, category="agent").user,
    "animator": lambda network: make_animator(network).user,
    "suspended": lambda network: make_suspended(network).user,
    "former": former,
    "closed account": closed_account,
    "administrator": administrator,
}
SEEN = {
    "anonymous": {"public"},
    "stranger": {"public"},
    "other network": {"public"},
    "elected": {"public", "reseau", "elus"},
    "agent": {"public", "reseau"},
    "animator": {"public", "reseau"},
    "suspended": {"public"},
    "former": {"public"},
    "closed account": {"public"},
    "administrator": {"public"},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_policy_and_queryset_agree(who: str) -> None:
    network = make_network(is_public=False)
    author = make_member(network, category="elected")
    elected = category_circle(network=network, category=make_category("elected"), confidential=True)
    forums = {
        "public": make_public_forum(network),
        "reseau": make_forum(network),
        "elus": make_forum(network, circle=elected, slug="elus"),
        "entre-nous": make_confidential_forum(network, [author.user]),
    }
    topics = {name: make_topic(forum, author.user) for name, forum in forums.items()}
    kept = {name: make_post(topic, author.user) for name, topic in topics.items()}
    removed = {name: make_post(topic, author.user) for name, topic in topics.items()}
    Post.objects.filter(pk__in=[post.pk for post in removed.values()]).update(
        is_removed=True, removal_kind="moderation"
    )
    user = PEOPLE[who](network)
    user_id = user.pk if user.is_authenticated else None
    for name, made in forums.items():
        forum, topic = Forum.objects.get(pk=made.pk), Topic.objects.get(pk=topics[name].pk)
        expected = name in SEEN[who]
        assert bool(can_see_forum(user, forum)) is expected
        assert Forum.objects.visible_to(user).filter(pk=forum.pk).exists() is expected
        assert bool(can_see_topic(user, topic)) is expected
        assert Topic.objects.visible_to(user).filter(pk=topic.pk).exists() is expected
        assert can_watch(user_id, topic.pk) is expected
        for post, is_removed in ((kept[name], False), (removed[name], True)):
            row = Post.objects.get(pk=post.pk)
            assert bool(can_see_post(user, row)) is (expected and not is_removed)
            assert Post.objects.visible_to(user).filter(pk=post.pk).exists() is (expected and not is_removed)


def test_the_live_group_knows_the_last_number() -> None:
    member = make_member(make_network())
    topic = make_topic(make_forum(member.network), member.user)
    make_post(topic, member.user)
    assert (last_post_number(topic.pk), last_post_number(topic.pk + 1)) == (2, None)


def test_the_thread_of_a_session_is_seen_by_its_circle_alone_and_listed_nowhere() -> None:
    network = make_network()
    animator, registered, other = make_animator(network), make_member(network), make_member(network)
    circle = create_circle(network=network, kind=CircleKind.SESSION, name="Séance", members=[registered.user])
    topic = create_session_thread(network=network, circle=circle, title="Préparer la séance", author=animator.user)
    assert can_see_topic(registered.user, topic)
    assert not can_see_topic(other.user, topic)
    make_post(topic, registered.user, "Bonjour")
    topic.refresh_from_db()
    assert (topic.last_number, topic.forum.kind, topic.forum.topic_count) == (1, "sessions", 1)
    assert not Forum.objects.themed().filter(pk=topic.forum_id).exists()
    remove_member(circle=circle, user=registered.user)
    assert not can_see_topic(registered.user, topic)
    moved = create_circle(network=network, kind=CircleKind.SESSION, name="Autre", members=[other.user])
    move_thread(topic=topic, circle=moved)
    assert can_see_topic(other.user, Topic.objects.get(pk=topic.pk))
