"""Reads compiled once give what their querysets give, for whoever reads."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.signals import request_started
from django.db import NotSupportedError, OperationalError, connection, transaction
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from forums.models import Forum, Topic
from peerhub.people.models import Circle, Delegation, User
from peerhub.people.prepared import ForPerson, InstancesForPerson, Prepared, Shape
from peerhub.people.queries import memberships_of
from peerhub.people.services.circles import category_circle, delegation_circle
from tests.builders import make_animator, make_category, make_member, make_network, make_suspended, make_user
from tests.forums.builders import make_forum, make_public_forum, make_topic

pytestmark = pytest.mark.django_db


def test_each_call_has_its_own_parameters() -> None:
    network = make_network()
    author = make_member(network)
    topics = [make_topic(make_forum(network, slug=f"t{number}"), author.user) for number in range(2)]
    for is_planned_once in (True, False):
        read = Prepared(
            lambda marks: Topic.objects.filter(forum=marks.integer("forum")).values_list("pk"),
            is_planned_once=is_planned_once,
        )
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


def test_a_shape_refuses_a_field_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Shape([("", Forum, ("id", "nothing"))])


def test_the_memberships_of_every_page_are_whole(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    left = make_suspended(make_network(name="C"))
    user = left.user
    second = make_animator(make_network(name="B"), user)
    first = make_member(make_network(name="A"), user, category="elected")
    with django_assert_num_queries(1):
        found = memberships_of(user)
        shown = [
            (one.network.name, one.affiliation.category.slug, one.user.full_name, one.is_animator) for one in found
        ]
    assert shown == [("A", "elected", user.full_name, False), ("B", "agent", user.full_name, True)]
    assert [(one, one.joined_at) for one in found] == [(first, first.joined_at), (second, second.joined_at)]
    assert memberships_of(AnonymousUser()) == []


def test_instances_are_those_of_the_queryset_with_what_it_joins_and_annotates(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    network = make_network()
    members = [make_member(network) for _ in range(2)]
    read = InstancesForPerson(
        lambda marks, user: (
            Circle.objects.visible_to(user)
            .filter(network__slug=marks.text("slug"), member_count=marks.integer("count"))
            .select_related("network", "category")
            .annotate(title=F("network__name"))
            .order_by("pk")
        )
    )
    for _again in range(8):  # beyond the number of times after which PostgreSQL keeps the plan
        with django_assert_num_queries(1):
            (circle,) = read.all(members[0].user, slug=network.slug, count=2)
            assert (circle.network, circle.category, circle.title) == (network, None, network.name)
        assert read.first(members[1].user, slug=network.slug, count=2) == circle
        assert read.first(members[1].user, slug=network.slug, count=7) is None
        assert read.first(AnonymousUser(), slug=network.slug, count=2) is None


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_opened_anew_at_the_next_request() -> None:
    read = Prepared(lambda marks: User.objects.filter(pk=marks.integer("pk")).values_list("pk"))
    user = make_user()
    assert read.rows(pk=user.pk) == [(user.pk,)]
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    request_started.send(sender=None)
    assert read.rows(pk=user.pk) == [(user.pk,)]


def test_plans_outlive_an_act_that_was_refused() -> None:
    def plans() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            return int(cursor.fetchone()[0])

    read = Prepared(lambda marks: Topic.objects.filter(pk=marks.integer("pk")).values_list("pk", "slug", "title"))
    assert read.rows(pk=1) == []
    kept = plans()
    with pytest.raises(RuntimeError), transaction.atomic():
        raise RuntimeError
    assert read.rows(pk=1) == []
    assert plans() == kept > 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forums_topic ADD COLUMN extra int")
    assert read.rows(pk=1) == []
    assert plans() == 1


def test_a_table_that_somebody_else_altered_fails_one_read_and_no_more() -> None:
    read = Prepared(lambda marks: Topic.objects.filter(pk=marks.integer("pk")).values_list("pk", "slug"))
    assert read.rows(pk=1) == []
    with connection.cursor() as cursor:
        # psycopg does not see what a block alters, no more than what another connection does.
        cursor.execute("DO $$ BEGIN ALTER TABLE forums_topic ALTER COLUMN slug TYPE varchar(500); END $$")
    with pytest.raises(NotSupportedError), transaction.atomic():
        read.rows(pk=1)
    assert read.rows(pk=1) == []
