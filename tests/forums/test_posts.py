"""Replying: counters, numbers, tokens, refusals."""

from uuid import uuid4

import pytest

from forums.events import PostCreated
from forums.models import Post, Topic, TopicRead, TopicSubscription
from forums.services.posts import create_post
from peerhub.outbox.models import OutboxEvent
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.services.memberships import end_membership
from tests.builders import make_category, make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


def test_reply_numbers_counts_and_marks() -> None:
    network = make_network()
    asker, helper = make_member(network, category="elected"), make_member(network, category="agent")
    topic = make_topic(make_forum(network), asker.user)
    post = make_post(topic, helper.user, "Voici **comment**.")
    topic.refresh_from_db()
    assert (post.number, post.body_html, post.body_text) == (
        2,
        "<p>Voici <strong>comment</strong>.</p>",
        "Voici comment.",
    )
    assert post.affiliation == helper.affiliation
    assert (topic.post_count, topic.last_number, topic.last_author, topic.last_post_at) == (
        2,
        2,
        helper.user,
        post.created_at,
    )
    assert topic.answered_categories == [make_category("agent").pk]
    assert TopicRead.objects.get(user=helper.user, topic=topic).last_number == 2
    assert TopicRead.objects.get(user=asker.user, topic=topic).last_number == 1
    assert set(TopicSubscription.objects.filter(topic=topic).values_list("user", flat=True)) == {
        asker.user_id,
        helper.user_id,
    }
    event = OutboxEvent.objects.filter(name="forums.post_created").get()
    assert PostCreated(**event.payload) == PostCreated(post_id=post.pk, topic_id=topic.pk)
