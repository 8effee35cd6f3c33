"""The answer that is kept: by whom, why, and what the open pages are told of it."""

import json

import pytest
import redis
from django.conf import settings

from forums.models import ForumAnimator, Post, Topic, TopicRead
from forums.services.answers import accept_answer, revoke_answer
from peerhub.live.frames import channel
from peerhub.moderation.models import TrailEntry
from peerhub.outbox.models import OutboxEvent
from peerhub.people.errors import Refused
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_post, make_topic
from tests.pages import html

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(topic: Topic) -> Post:
    return make_post(topic, make_member(topic.network, category="agent").user)


def test_the_reason_stands_on_the_answer_and_at_the_top(browser: Browser, topic: Topic, answer: Post) -> None:
    animator = make_animator(topic.network)
    browser.as_user(animator.user)
    form = html(browser.get(f"/messages/{answer.pk}/retenir/"))
    assert 'name="reason"' in form
    response = browser.post(f"/messages/{answer.pk}/retenir/", {"reason": " trois leviers\nchiffrés \u202e"})
    assert (response.status_code, response.headers["Location"]) == (303, f"{topic.get_absolute_url()}#message-2")
    topic.refresh_from_db()
    assert (topic.accepted_post, topic.accepted_by, topic.accepted_reason.split()[:2]) == (
        answer,
        animator.user,
        ["trois", "leviers"],
    )
    page = html(browser.get(topic.get_absolute_url()))
    name = animator.user.full_name
    assert f"Réponse retenue par {name} : celle de {answer.author.full_name}" in page
    assert page.count("trois leviers chiffrés") == 2
    assert page.count(f'<a class="kept" href="/messages/{answer.pk}/">') == 1
    assert f"Retenue par {name} : « trois leviers chiffrés" in page


def test_the_person_who_asked_needs_no_word(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(topic.author)
    assert browser.post(f"/messages/{answer.pk}/retenir/").status_code == 303
    page = html(browser.get(topic.get_absolute_url()))
    assert ("post__accepted" in page, "post__why" in page) == (True, False)


def test_a_reason_too_long_comes_back(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(topic.author)
    response = browser.post(f"/messages/{answer.pk}/retenir/", {"reason": "x" * 301})
    assert (response.status_code, Topic.objects.get().accepted_post) == (422, None)


def test_the_kept_answer_does_not_move_the_topic(topic: Topic, answer: Post) -> None:
    topic.refresh_from_db()
    accept_answer(user=topic.author, post=answer)
    after = Topic.objects.get()
    assert (after.last_post_at, after.last_author_id, after.last_number) == (
        topic.last_post_at,
        topic.last_author_id,
        topic.last_number,
    )


def test_what_an_animator_does_is_in_the_trail_and_what_the_asker_does_is_not(topic: Topic, answer: Post) -> None:
    animator = make_animator(topic.network)
    accept_answer(user=animator.user, post=answer, reason="La plus complète")
    accept_answer(user=animator.user, post=answer)
    revoke_answer(user=animator.user, post=answer, reason="Dépassée")
    revoke_answer(user=animator.user, post=answer)
    accept_answer(user=topic.author, post=answer)
    rows = TrailEntry.objects.order_by("pk").values_list("verb", "reason", "target_id", "circle_id", "about_id")
    assert list(rows) == [
        ("forums.answer_accepted", "La plus complète", answer.pk, topic.circle_id, topic.author_id),
        ("forums.answer_revoked", "Dépassée", answer.pk, topic.circle_id, topic.author_id),
    ]
    kinds = [kind for kind in OutboxEvent.objects.order_by("pk").values_list("name", flat=True) if "answer" in kind]
    assert kinds == ["forums.answer_accepted", "forums.answer_revoked", "forums.answer_accepted"]


def test_who_animates_the_theme_may_keep_an_answer(browser: Browser, member: Membership) -> None:
    forum = make_forum(member.network)
    topic = make_topic(forum, member.user)
    answer = make_post(topic, member.user)
    named = make_member(member.network)
    with pytest.raises(Refused):
        accept_answer(user=named.user, post=answer)
    ForumAnimator.objects.create(forum=forum, user=named.user)
    menu = html(browser.as_user(named.user).get(f"/messages/{answer.pk}/actions/", headers={"HX-Request": "true"}))
    assert f'href="/messages/{answer.pk}/retenir/"' in menu
    assert browser.post(f"/messages/{answer.pk}/retenir/").status_code == 303
    assert Topic.objects.get().accepted_by == named.user


def test_keeping_an_answer_right_after_it_came_live_shows_no_line(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(topic.author)
    browser.get(topic.get_absolute_url())
    late = make_post(topic, answer.author, "Arrivé sous les yeux")
    make_post(topic, answer.author, "Arrivé aussi")
    browser.post(f"/messages/{late.pk}/retenir/", {"lu": "4"})
    assert TopicRead.objects.get(user=topic.author).last_number == 4
    assert 'id="nouveau"' not in html(browser.get(topic.get_absolute_url()))
    make_post(topic, answer.author, "Arrivé ailleurs")
    browser.post(f"/messages/{late.pk}/ne-plus-retenir/", {"lu": "99"})
    assert TopicRead.objects.get(user=topic.author).last_number == 5


@pytest.mark.django_db(transaction=True)
def test_the_open_pages_are_told_of_the_answer_and_of_the_head(topic: Topic, answer: Post) -> None:
    other = make_post(topic, answer.author, "Une autre")
    accept_answer(user=topic.author, post=answer)
    with redis.Redis.from_url(settings.REDIS_URL, protocol=2).pubsub() as listening:  # type: ignore[no-untyped-call]
        listening.subscribe(channel(f"topic.{topic.pk}", "fr"))
        listening.get_message(timeout=1)
        accept_answer(user=topic.author, post=other, reason="plus récente")
        frames = []
        while message := listening.get_message(timeout=0.5):
            frames.append(json.loads(message["data"]))
    assert [(frame["kind"], "post--accepted" in frame["html"]) for frame in frames] == [
        ("post.changed", False),
        ("post.changed", True),
        ("topic.changed", False),
    ]
    assert 'id="topic-state"' in frames[-1]["html"]
    assert "« plus récente »" in frames[-1]["html"]
    stamps = [(frame["data"]["before"], frame["data"]["changed"]) for frame in frames]
    assert [before for before, _changed in stamps[1:]] == [changed for _before, changed in stamps[:-1]]
    assert not any("acts-form" in frame["html"] for frame in frames)


@pytest.mark.django_db(transaction=True)
def test_the_lens_of_the_open_pages_follows_the_first_answer_of_a_category(topic: Topic) -> None:
    helper = make_member(topic.network, category="agent")
    with redis.Redis.from_url(settings.REDIS_URL, protocol=2).pubsub() as listening:  # type: ignore[no-untyped-call]
        listening.subscribe(channel(f"topic.{topic.pk}", "fr"))
        listening.get_message(timeout=1)
        make_post(topic, helper.user)
        make_post(topic, helper.user)
        kinds = []
        while message := listening.get_message(timeout=0.5):
            kinds.append(json.loads(message["data"])["kind"])
    assert kinds == ["post.created", "topic.changed", "post.created"]
