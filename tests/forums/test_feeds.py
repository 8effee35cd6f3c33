"""What the forums tell other pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums import queries
from forums.models import Topic
from forums.queries.feeds import unread_topics
from forums.services.answers import accept_answer
from forums.services.reading import mark_read
from peerhub.people.models import Membership
from tests.builders import make_member, make_network
from tests.forums.builders import (
    make_confidential_forum,
    make_forum,
    make_post,
    make_posts,
    make_public_forum,
    make_topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Membership:
    membership = make_member(make_network(), category="elected")
    membership.joined_at = timezone.now() - timedelta(days=90)
    membership.save()
    return membership


def test_unread_topics_are_those_that_moved_since_and_are_visible(reader: Membership) -> None:
    network, author = reader.network, make_member(reader.network)
    forum = make_forum(network)
    fresh, read, old = (make_topic(forum, author.user, title=f"Sujet {name}") for name in ("neuf", "lu", "ancien"))
    make_topic(make_confidential_forum(network, [author.user]), author.user)
    make_post(fresh, author.user)
    mark_read(user_id=reader.user_id, topic_id=read.pk, number=1)
    Topic.objects.filter(pk=old.pk).update(last_post_at=timezone.now() - timedelta(days=40))
    assert unread_topics(reader.user, network, reader).count() == 1
    (line,) = queries.unread_topics_for(reader.user, network, reader)
    assert (line.title, line.new_count, line.unread_url) == ("Sujet neuf", 2, f"{fresh.get_absolute_url()}?non-lu")
    make_post(read, author.user)
    assert [line.new_count for line in queries.unread_topics_for(reader.user, network, reader)] == [1, 2]


def test_nothing_is_unread_for_who_has_just_joined() -> None:
    network = make_network()
    author = make_member(network)
    make_topic(make_forum(network), author.user)
    newcomer = make_member(network)
    assert unread_topics(newcomer.user, network, newcomer).count() == 0


def test_questions_await_the_categories_that_have_not_answered(reader: Membership) -> None:
    network = reader.network
    agent, peer = make_member(network, category="agent"), make_member(network, category="elected")
    forum = make_forum(network)
    names = ("discutée", "muette", "par un pair", "réglée", "close", "la mienne")
    topics = {name: make_topic(forum, agent.user, title=f"Question {name}") for name in names[:-1]}
    make_topic(forum, reader.user, title="Question la mienne")
    make_topic(forum, agent.user, title="Une discussion", kind="discussion")
    make_topic(make_confidential_forum(network, [agent.user]), agent.user, title="Question cachée")
    make_posts(topics["discutée"], agent.user, 2)
    make_post(topics["par un pair"], peer.user)
    accept_answer(user=agent.user, post=make_post(topics["réglée"], agent.user))
    Topic.objects.filter(pk=topics["close"].pk).update(is_locked=True)
    lines = queries.questions_awaiting(reader.user, reader, limit=10)
    assert [line.title for line in lines] == ["Question muette", "Question discutée"]


def test_only_public_topics_are_told_to_the_web(reader: Membership) -> None:
    network = reader.network
    public = make_topic(make_public_forum(network), reader.user, title="Pour tous")
    make_topic(make_forum(network), reader.user, title="Entre nous")
    assert [line.title for line in queries.latest_public_topics(network)] == ["Pour tous"]
    assert public.get_absolute_url() == queries.latest_public_topics(network)[0].url
