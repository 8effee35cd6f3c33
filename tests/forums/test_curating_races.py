"""Curating while others write: real threads, real transactions."""

from uuid import uuid4

import pytest

from forums.models import HeldText, Post, Topic
from forums.services.approving import publish_held
from forums.services.counters import find_drifts
from forums.services.curating import set_approval, set_lock
from forums.services.holding import Held
from forums.services.moving import merge_topic, split_topic
from peerhub.people.errors import DomainError
from tests.builders import make_animator, make_member, make_network
from tests.concurrency import at_once
from tests.forums.builders import make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


def refused(job: object) -> str:
    try:
        job()  # type: ignore[operator]
    except DomainError:
        return "refused"
    return "done"


def test_merging_each_into_the_other_at_once_is_one_merge() -> None:
    network = make_network()
    animator, forum = make_animator(network).user, make_forum(network)
    topics = [make_topic(forum, animator, title=f"Sujet numéro {one}") for one in range(2)]
    found = at_once(
        2, lambda one: refused(lambda: merge_topic(actor=animator, topic=topics[one], into=topics[1 - one]))
    )
    kept = Topic.objects.get(state="open")
    assert (sorted(found), kept.post_count, list(find_drifts())) == (["done", "refused"], 2, [])


def test_a_reply_during_a_merge_lands_there_or_is_refused() -> None:
    network = make_network()
    animator, writer, forum = make_animator(network).user, make_member(network).user, make_forum(network)
    gone, kept = (make_topic(forum, animator, title=f"Sujet numéro {one}") for one in range(2))

    def act(index: int) -> str:
        if index == 0:
            return refused(lambda: merge_topic(actor=animator, topic=gone, into=kept))
        return refused(lambda: make_post(gone, writer, f"Réponse {index}"))

    found = at_once(4, act)
    assert found[0] == "done"
    assert Post.objects.filter(topic=kept).count() == 2 + found[1:].count("done")
    assert (Post.objects.filter(topic=gone).count(), list(find_drifts())) == (0, [])


def test_a_reply_during_a_lock_is_there_or_refused() -> None:
    network = make_network()
    animator, writer = make_animator(network).user, make_member(network).user
    topic = make_topic(make_forum(network), animator)

    def act(index: int) -> str:
        if index == 0:
            return refused(lambda: set_lock(actor=animator, topic=topic, is_locked=True, reason="Clos"))
        return refused(lambda: make_post(topic, writer))

    found = at_once(3, act)
    assert found[0] == "done"
    assert (Post.objects.count(), list(find_drifts())) == (1 + found[1:].count("done"), [])


def test_a_held_text_published_twice_at_once_is_one_post() -> None:
    network = make_network()
    animator, writer = make_animator(network).user, make_member(network).user
    topic = make_topic(make_forum(network), animator)
    set_approval(actor=animator, topic=topic, is_held=True)
    with pytest.raises(Held):
        make_post(topic, writer)
    held = HeldText.objects.get()
    at_once(3, lambda _: publish_held(actor=animator, held_id=held.pk))
    assert (Post.objects.count(), list(find_drifts())) == (2, [])


def test_splitting_twice_at_once_is_one_topic() -> None:
    network = make_network()
    animator = make_animator(network).user
    topic, token = make_topic(make_forum(network), animator), uuid4()
    posts = [make_post(topic, animator).pk for _number in range(2)]
    made = at_once(
        3, lambda _: split_topic(actor=animator, topic=topic, post_ids=posts, title="À part", token=token).pk
    )
    assert (len(set(made)), Topic.objects.count(), list(find_drifts())) == (1, 2, [])
