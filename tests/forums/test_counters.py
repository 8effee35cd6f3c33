"""The counters, broken and repaired."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from forums.models import Forum, Post, Topic
from forums.services.counters import find_drifts, repair
from forums.services.pinning import unpin_expired
from tests.builders import make_category, make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


def test_what_the_services_write_has_no_drift() -> None:
    network = make_network()
    asker, helper = make_member(network, category="elected"), make_member(network, category="agent")
    topic = make_topic(make_forum(network), asker.user)
    make_topic(topic.forum, helper.user)
    for member in (helper, asker, helper):
        make_post(topic, member.user)
    assert list(find_drifts()) == []


def test_broken_counters_are_reported_then_repaired() -> None:
    network = make_network()
    asker, helper = make_member(network, category="elected"), make_member(network, category="agent")
    topic = make_topic(make_forum(network), asker.user)
    post = make_post(topic, helper.user)
    Topic.objects.filter(pk=topic.pk).update(
        post_count=7, last_number=9, last_author=asker.user, last_post_at="2020-01-01T00:00Z", answered_categories=[]
    )
    Forum.objects.filter(pk=topic.forum_id).update(topic_count=5)
    report = StringIO()
    call_command("repair_forums", stdout=report)
    assert report.getvalue().splitlines() == [
        f"topic {topic.pk}: answered_categories, last_author_id, last_number, last_post_at, post_count",
        f"forum {topic.forum_id}: topic_count",
        "2 wrong, 0 repaired.",
    ]
    call_command("repair_forums", write=True, stdout=StringIO())
    topic.refresh_from_db()
    assert (topic.post_count, topic.last_number, topic.last_author_id) == (2, 2, helper.user_id)
    assert (topic.last_post_at, topic.answered_categories) == (post.created_at, [make_category("agent").pk])
    assert Forum.objects.get(pk=topic.forum_id).topic_count == 1
    assert list(find_drifts()) == []


def test_removed_posts_count_no_more_but_keep_their_number() -> None:
    member = make_member(make_network(), category="elected")
    helper = make_member(member.network, category="agent")
    topic = make_topic(make_forum(member.network), member.user)
    post = make_post(topic, helper.user)
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="moderation")
    (drift,) = find_drifts()
    assert repair(drift)
    assert not repair(drift)
    topic.refresh_from_db()
    assert (topic.post_count, topic.last_number, topic.answered_categories) == (1, 2, [])


def test_what_moved_away_counts_no_more_and_its_category_has_not_answered() -> None:
    member = make_member(make_network(), category="elected")
    helper = make_member(member.network, category="agent")
    topic, other = (make_topic(make_forum(member.network, slug=slug), member.user) for slug in ("un", "deux"))
    post = make_post(topic, helper.user)
    landed = make_post(other, helper.user)
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="moved", moved_to=landed.pk)
    Topic.objects.filter(pk=other.pk).update(answered_categories=[])
    assert [repair(drift) for drift in find_drifts()] == [True, True]
    counts = Topic.objects.order_by("pk").values_list("post_count", "answered_categories")
    assert list(counts) == [(1, []), (2, [make_category("agent").pk])]


def test_a_theme_counts_what_may_be_read() -> None:
    member = make_member(make_network())
    forum = make_forum(member.network)
    states = [make_topic(forum, member.user) for _number in range(3)]
    Topic.objects.filter(pk=states[0].pk).update(state="archived")
    Topic.objects.filter(pk=states[1].pk).update(state="removed")
    (drift,) = find_drifts()
    assert (drift.was, drift.truth) == ({"topic_count": 3}, {"topic_count": 2})


def test_pins_end_after_their_last_day() -> None:
    member = make_member(make_network())
    forum, today = make_forum(member.network), timezone.localdate()
    days = [today - timedelta(days=1), today, None]
    topics = [make_topic(forum, member.user) for _day in days]
    for topic, day in zip(topics, days, strict=True):
        Topic.objects.filter(pk=topic.pk).update(is_pinned=True, pinned_until=day)
    assert [unpin_expired(), unpin_expired()] == [1, 0]
    pinned = Topic.objects.order_by("pk").values_list("is_pinned", "pinned_until")
    assert list(pinned) == [(False, None), (True, today), (True, None)]
