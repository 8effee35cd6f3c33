"""Reads compiled once give what their querysets give, for whoever reads."""

import pytest
from django.contrib.auth.models import AnonymousUser

from forums import queries
from forums.models import Forum, Topic
from forums.queries.feeds import unread_topics
from forums.queries.prepared import ForPerson, Prepared, Shape
from peerhub.people.models import Circle, Delegation, User
from peerhub.people.services.circles import category_circle, delegation_circle
from tests.builders import make_category, make_member, make_network, make_suspended, make_user
from tests.forums.builders import make_forum, make_posts, make_public_forum, make_topic

pytestmark = pytest.mark.django_db


def test_each_call_has_its_own_parameters() -> None:
    network = make_network()
    author = make_member(network)
    topics = [make_topic(make_forum(network, slug=f"t{number}"), author.user) for number in range(2)]
    read = Prepared(lambda marks: Topic.objects.filter(forum=marks.integer("forum")).values_list("pk"))
    assert [read.rows(forum=topic.forum_id) for topic in topics] == [[(topic.pk,)] for topic in topics]
    assert read.rows(forum=0) == []


def test_who_reads_decides_what_is_read() -> None:
    network = make_network()
    author, suspended = make_member(network), make_suspended(network)
    closed, public = make_topic(make_forum(network), author.user), make_topic(make_public_forum(network), author.user)
    read = ForPerson(lambda marks, user: Topic.objects.visible_to(user).order_by("pk").values_list("pk"))
    inactive = User.objects.get(pk=author.user_id)
    inactive.is_active = False
    everything, only_public = [(closed.pk,), (public.pk,)], [(public.pk,)]
    assert read.rows(author.user) == everything
    assert [read.rows(user) for user in (AnonymousUser(), make_user(), suspended.user, inactive)] == [only_public] * 4


def test_a_shape_makes_the_instances_of_a_row() -> None:
    network = make_network()
    circle = category_circle(network=network, category=make_category("agent"))
    forum = make_forum(network, circle=circle)
    shape = Shape(
        [
            ("", Forum, ("id", "title", "circle")),
            ("circle", Circle, ("id", "kind")),
            ("circle__delegation", Delegation, ("id", "name", "network")),
        ]
    )
    (row,) = Forum.objects.filter(pk=forum.pk).values_list(*shape.columns)
    made = shape.build(row)
    assert (made, made.title, made.circle, made.circle.kind) == (forum, forum.title, circle, "category")
    assert made.circle.delegation is None
    delegation = Delegation.objects.create(network=network, name="Pays des Tests")
    Forum.objects.filter(pk=forum.pk).update(circle=delegation_circle(delegation=delegation))
    (row,) = Forum.objects.filter(pk=forum.pk).values_list(*shape.columns)
    assert (shape.build(row).circle.delegation, str(shape.build(row).circle.delegation)) == (
        delegation,
        "Pays des Tests",
    )
    assert made.slug == forum.slug


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
    assert queries.unread_topic_count(reader.user, network, reader) == 3
    assert unread_topics(reader.user, network, reader).count() == 3


def test_a_shape_refuses_a_field_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Shape([("", Forum, ("id", "nothing"))])
