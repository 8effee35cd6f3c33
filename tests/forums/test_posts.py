"""Replying: numbers, counters, tokens, refusals."""

import json
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import redis
from django.contrib.auth.models import AnonymousUser

from forums.events import PostCreated
from forums.models import Post, Topic, TopicRead, TopicSubscription
from forums.policies import can_reply
from forums.services.posts import create_post
from forums.services.writing import BadText, UsedToken
from peerhub.live.frames import channel
from peerhub.outbox.models import OutboxEvent
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import Refused
from peerhub.people.services.circles import remove_member
from peerhub.people.services.memberships import change_hat, end_membership
from tests.builders import make_category, make_member, make_network, make_user
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_public_forum, make_topic

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
    assert (topic.post_count, topic.last_number, topic.last_author) == (2, 2, helper.user)
    assert topic.last_post_at == post.created_at
    assert topic.answered_categories == [make_category("agent").pk]
    reads = dict(TopicRead.objects.filter(topic=topic).values_list("user", "last_number"))
    assert reads == {helper.user_id: 2, asker.user_id: 1}
    followers = set(TopicSubscription.objects.filter(topic=topic).values_list("user", flat=True))
    assert followers == {asker.user_id, helper.user_id}
    event = OutboxEvent.objects.get(name="forums.post_created")
    assert event.payload == {"post_id": post.pk, "topic_id": topic.pk}
    assert PostCreated(**event.payload) == PostCreated(post_id=post.pk, topic_id=topic.pk)


def test_the_lens_leaves_the_author_of_the_topic_out() -> None:
    network = make_network()
    asker, peer = make_member(network, category="elected"), make_member(network, category="elected")
    topic = make_topic(make_forum(network), asker.user)
    make_post(topic, asker.user, "Je précise.")
    topic.refresh_from_db()
    assert topic.answered_categories == []
    make_post(topic, peer.user)
    make_post(topic, peer.user)
    topic.refresh_from_db()
    assert topic.answered_categories == [make_category("elected").pk]


def test_a_post_keeps_the_hat_worn_when_it_was_written() -> None:
    member = make_member(make_network(), category="elected")
    topic = make_topic(make_forum(member.network), member.user)
    before = make_post(topic, member.user)
    other = make_member(make_network(), member.user, category="association")
    change_hat(membership=member, affiliation=other.affiliation)
    after = make_post(topic, member.user)
    before.refresh_from_db()
    assert before.affiliation is not None
    assert after.affiliation is not None
    assert (before.affiliation.category.slug, after.affiliation.category.slug) == ("elected", "association")


def test_the_same_token_is_the_same_post() -> None:
    member = make_member(make_network())
    topic, token = make_topic(make_forum(member.network), member.user), uuid4()
    first = create_post(author=member.user, topic=topic, body="Un", token=token)
    again = create_post(author=member.user, topic=topic, body="Un", token=token)
    topic.refresh_from_db()
    assert (first.pk, topic.last_number, topic.post_count) == (again.pk, 2, 2)
    assert OutboxEvent.objects.filter(name="forums.post_created").count() == 1


def test_the_token_of_somebody_else_is_refused() -> None:
    network = make_network()
    member, other = make_member(network), make_member(network)
    topic, token = make_topic(make_forum(network), member.user), uuid4()
    create_post(author=member.user, topic=topic, body="Un", token=token)
    with pytest.raises(UsedToken):
        create_post(author=other.user, topic=topic, body="Deux", token=token)
    assert Post.objects.filter(topic=topic).count() == 2


@pytest.mark.parametrize("body", ["", "   \n", "\x00"])
def test_an_empty_reply_is_refused(body: str) -> None:
    member = make_member(make_network())
    topic = make_topic(make_forum(member.network), member.user)
    with pytest.raises(BadText, match="Écrivez"):
        create_post(author=member.user, topic=topic, body=body, token=uuid4())


def test_a_text_too_long_is_refused_with_a_sentence() -> None:
    member = make_member(make_network())
    topic = make_topic(make_forum(member.network), member.user)
    with pytest.raises(BadText, match="trop long"):
        create_post(author=member.user, topic=topic, body="a" * 40_001, token=uuid4())


def test_a_locked_topic_takes_no_reply() -> None:
    member = make_member(make_network())
    topic = make_topic(make_forum(member.network), member.user)
    Topic.objects.filter(pk=topic.pk).update(is_locked=True)
    with pytest.raises(Refused, match="close"):
        make_post(topic, member.user)
    assert Post.objects.filter(topic=topic).count() == 1


@pytest.mark.parametrize("status", [MembershipStatus.LEFT, MembershipStatus.SUSPENDED])
def test_who_left_or_is_suspended_writes_no_more(status: MembershipStatus) -> None:
    network = make_network()
    author, gone = make_member(network), make_member(network)
    closed, public = make_forum(network), make_public_forum(network)
    topics = [make_topic(closed, author.user), make_topic(public, author.user)]
    end_membership(membership=gone, status=status)
    for topic in topics:
        with pytest.raises(Refused):
            make_post(topic, gone.user)
        assert topic.posts.count() == 1


def test_who_was_shown_out_of_the_circle_writes_no_more() -> None:
    network = make_network()
    author, gone = make_member(network), make_member(network)
    forum = make_confidential_forum(network, [author.user, gone.user])
    topic = make_topic(forum, author.user)
    make_post(topic, gone.user)
    remove_member(circle=forum.circle, user=gone.user)
    with pytest.raises(Refused, match="plus ouverte"):
        make_post(topic, gone.user)
    assert topic.posts.count() == 2


def test_only_people_of_the_circle_can_be_named() -> None:
    network = make_network()
    author, inside, outside = make_member(network), make_member(network), make_user(given_name="Dehors")
    topic = make_topic(make_forum(network), author.user)
    post = make_post(topic, author.user, f"@[X](user:{inside.user_id}) et @[Y](user:{outside.pk})")
    assert f'data-user="{inside.user_id}"' in post.body_html
    assert inside.user.full_name in post.body_html
    assert f'data-user="{outside.pk}"' not in post.body_html


def test_strangers_are_told_how_to_take_part() -> None:
    network = make_network()
    topic = make_topic(make_public_forum(network), make_member(network).user)
    reasons = [str(getattr(can_reply(user, topic, None), "reason", "")) for user in (AnonymousUser(), make_user())]
    assert reasons == [
        "Connectez-vous pour participer à cette discussion.",
        "Rejoignez ce réseau pour participer à ses discussions.",
    ]


def test_live_frames_are_told_in_each_language_and_hold_nothing_of_a_viewer(
    redis_client: redis.Redis, django_capture_on_commit_callbacks: Any
) -> None:
    author = make_user(language="en", time_zone="America/Cayenne")
    member = make_member(make_network(), author, category="agent")
    topic = make_topic(make_forum(member.network), author)
    watching = redis_client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    watching.subscribe(channel(f"topic.{topic.pk}", "fr"), channel(f"topic.{topic.pk}", "en"))
    with django_capture_on_commit_callbacks(execute=True):
        post = make_post(topic, author, "Bonjour <script>alert(1)</script>")
    frames = {}
    for _attempt in range(20):
        if message := watching.get_message(timeout=0.5):
            frames[message["channel"].decode().split(":")[-2]] = json.loads(message["data"])
        if len(frames) == 2:
            break
    watching.close()
    assert {name: (frame["kind"], frame["seq"]) for name, frame in frames.items()} == {
        "fr": ("post.created", 2),
        "en": ("post.created", 2),
    }
    assert '<span class="hat c-agent">Agent·e</span>' in frames["fr"]["html"]
    assert '<span class="hat c-agent">Agent</span>' in frames["en"]["html"]
    for frame in frames.values():
        assert "<script" not in frame["html"]
        assert "csrf" not in frame["html"]
        paris = post.created_at.astimezone(ZoneInfo("Europe/Paris"))
        assert (str(paris.hour) + "\u00a0h" in frame["html"]) or (f"{paris.hour}:{paris.minute:02}" in frame["html"])
