"""The hot reads of the forums give what their querysets give."""

import pytest

from forums import queries
from forums.models import Topic
from forums.queries.feeds import unread_topics
from peerhub.people.services.circles import category_circle
from peerhub.portal.queries import unread_for
from tests.builders import make_category, make_member, make_network, make_user
from tests.forums.builders import make_forum, make_posts, make_topic

pytestmark = pytest.mark.django_db


def test_the_head_of_a_topic_is_the_topic() -> None:
    network = make_network()
    member = make_member(network, category="elected")
    circle = category_circle(network=network, category=make_category("elected"))
    topic = make_topic(make_forum(network, circle=circle), member.user)
    make_posts(topic, member.user, 2)
    head = queries.topic_for(member.user, topic.pk)
    row = Topic.objects.get(pk=topic.pk)
    for field in ("title", "slug", "kind", "last_number", "post_count", "last_post_at", "answered_categories"):
        assert getattr(head.topic, field) == getattr(row, field)
    assert (head.topic.network, head.topic.forum, head.topic.circle) == (network, topic.forum, circle)
    assert head.topic.circle.category == make_category("elected")
    assert (head.membership, head.read_number) == (member, 3)
    assert head.membership is not None
    assert head.membership.affiliation.category.slug == "elected"
    with pytest.raises(Topic.DoesNotExist):
        queries.topic_for(make_user(), topic.pk)


def test_the_count_of_unread_topics_is_that_of_their_list() -> None:
    network = make_network()
    author, reader = make_member(network), make_member(network)
    reader.joined_at = author.joined_at.replace(year=2020)
    for number in range(3):
        make_topic(make_forum(network, slug=f"t{number}"), author.user)
    assert unread_topics(reader.user, network, reader).count() == 3
    assert unread_for(reader.user, reader).topics == 3
