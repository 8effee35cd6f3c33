"""Real threads, real transactions: once only, and numbers without gaps."""

from uuid import uuid4

import pytest

from forums.models import Forum, Post, Topic
from forums.services.posts import create_post
from forums.services.topics import create_topic
from tests.builders import make_category, make_member, make_network
from tests.concurrency import at_once
from tests.forums.builders import make_forum, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_token_sent_twice_at_once_is_one_post() -> None:
    member = make_member(make_network())
    topic, token = make_topic(make_forum(member.network), member.user), uuid4()
    posts = at_once(4, lambda _: create_post(author=member.user, topic=topic, body="Une fois", token=token))
    topic.refresh_from_db()
    assert {post.pk for post in posts} == {posts[0].pk}
    assert list(topic.posts.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert (topic.post_count, topic.last_number) == (2, 2)


def test_one_token_sent_twice_at_once_is_one_topic() -> None:
    member = make_member(make_network())
    forum, token = make_forum(member.network), uuid4()

    def create(_index: int) -> Topic:
        return create_topic(
            author=member.user, forum=forum, kind="question", title="Une fois", body="Une fois", token=token
        )

    topics = at_once(4, create)
    assert {topic.pk for topic in topics} == set(Topic.objects.values_list("pk", flat=True))
    assert Post.objects.count() == 1
    assert Forum.objects.get(pk=forum.pk).topic_count == 1


def test_twenty_replies_at_once_are_numbered_without_a_gap() -> None:
    network = make_network()
    slugs = ("elected", "agent", "association", "business")
    members = [make_member(network, category=slugs[number % 4]) for number in range(20)]
    topic = make_topic(make_forum(network), members[0].user)
    at_once(
        20,
        lambda index: create_post(author=members[index].user, topic=topic, body=f"Réponse {index}", token=uuid4()),
    )
    topic.refresh_from_db()
    assert list(topic.posts.order_by("number").values_list("number", flat=True)) == list(range(1, 22))
    last = topic.posts.get(number=21)
    assert (topic.post_count, topic.last_number, topic.last_post_at) == (21, 21, last.created_at)
    assert topic.last_author_id == last.author_id
    assert topic.answered_categories == sorted(make_category(slug).pk for slug in slugs)
