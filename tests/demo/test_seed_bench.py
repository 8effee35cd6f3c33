"""The world of the bench: its shapes, and counters that hold."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from forums.models import Forum, Post, Topic, TopicRead, TopicSubscription
from forums.services.counters import find_drifts
from mentoring.services.directory import wrong_entries
from peerhub.notifications.models import Delivery, Notification
from peerhub.outbox.models import OutboxEvent
from peerhub.people.models import Circle, Membership, Network
from peerhub.people.services.circles import repair_circle
from peerhub.text.markdown import render
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.registration import repair_counts

pytestmark = pytest.mark.django_db
SIZES = ("--members", "120", "--forums", "20", "--topics", "150", "--posts", "2000", "--sessions", "60")


def test_bench_world_has_its_shapes_and_right_counters() -> None:
    out = io.StringIO()
    call_command("seed_bench", *SIZES, stdout=out)
    network = Network.objects.get(slug="banc-d-essai")
    assert Membership.objects.filter(network=network).count() == 120
    assert Forum.objects.themed().filter(network=network).count() == 20
    assert Post.objects.filter(topic__network=network).count() == 2000
    assert Topic.objects.filter(network=network, forum__kind="themed").count() == 150
    assert Topic.objects.order_by("-post_count").values_list("post_count", flat=True)[0] == 200
    assert PeerSession.objects.filter(network=network, topic__isnull=False).count() == 60
    assert list(find_drifts()) == []
    assert repair_counts(write=False) == []
    assert wrong_entries() == []
    for circle in Circle.objects.all():
        assert repair_circle(circle, write=False) == (set(), set(), 0)
    assert OutboxEvent.objects.count() == Delivery.objects.count() == 0
    assert "rows/s" in out.getvalue()

    # Whoever wrote follows, and has read as far.
    authors = Post.objects.values("author", "topic").annotate(n=Count("pk")).count()
    assert TopicSubscription.objects.count() == authors
    assert TopicRead.objects.count() >= authors
    assert Notification.objects.count() > 0
    ahead = Registration.objects.filter(session__starts_at__gt=network.created_at)
    assert Reminder.objects.values("session", "user").distinct().count() < ahead.count()

    # Ids go on after those that were copied, and what was stored is what the renderer makes.
    post = Post.objects.order_by("?").first()
    assert post is not None
    rendered = render(post.body, names={})
    assert (post.body_html, post.body_text) == (rendered.html, rendered.plain)
    assert Circle.objects.create(kind="custom", network=network, name="Un cercle de plus").pk

    call_command("seed_bench", *SIZES, stdout=out)
    assert Post.objects.count() == 2000
    assert "already there" in out.getvalue()


def test_word_of_the_search_figures_is_in_17_percent() -> None:
    sizes = ("--members", "50", "--forums", "10", "--topics", "50", "--posts", "3000", "--sessions", "5")
    call_command("seed_bench", *sizes, stdout=io.StringIO())
    with_word = Post.objects.filter(body_text__contains="mutualisation").count()
    assert with_word == 510


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(CommandError, match="more topics"):
        call_command("seed_bench", "--posts", "10", "--topics", "100", stdout=io.StringIO())
