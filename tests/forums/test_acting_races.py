"""Acting on one post at one time: real threads, real transactions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums.enums import ReactionKind
from forums.models import Bookmark, Post, PostRevision, Reaction, Topic
from forums.services.bookmarks import keep_post, tell_due
from forums.services.counters import find_drifts
from forums.services.editing import EditConflict, edit_post, remove_post
from forums.services.reactions import find_reaction_drifts, react, take_back
from peerhub.notifications.models import Notification
from peerhub.people.errors import Refused
from tests.builders import make_member, make_network
from tests.concurrency import at_once
from tests.forums.builders import make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


def make_answer() -> Post:
    network = make_network()
    topic = make_topic(make_forum(network), make_member(network).user)
    return make_post(topic, make_member(network).user)


def test_one_person_presses_four_times_at_once() -> None:
    post = make_answer()
    at_once(4, lambda _: react(user=post.topic.author, post=post, kind=ReactionKind.THANKS))
    post.refresh_from_db()
    assert (Reaction.objects.count(), post.thanks_count) == (1, 1)


def test_many_people_press_and_take_back_at_once() -> None:
    post = make_answer()
    people = [make_member(post.topic.network).user for _number in range(8)]
    for user in people[:4]:
        react(user=user, post=post, kind=ReactionKind.USEFUL)

    def press(index: int) -> None:
        verb = take_back if index < 4 else react
        verb(user=people[index], post=post, kind=ReactionKind.USEFUL)

    at_once(8, press)
    post.refresh_from_db()
    assert (Reaction.objects.count(), post.useful_count, list(find_reaction_drifts())) == (4, 4, [])


def test_two_edits_of_one_text_are_one_edit_and_one_conflict() -> None:
    post = make_answer()

    def edit(index: int) -> str:
        try:
            edit_post(actor=post.author, post=post, body=f"Texte {index}", version=0)
        except EditConflict:
            return "conflict"
        return "edited"

    assert sorted(at_once(4, edit)) == ["conflict", "conflict", "conflict", "edited"]
    assert PostRevision.objects.count() == 1


def test_an_edit_and_a_removal_leave_one_state() -> None:
    post = make_answer()

    def act(index: int) -> str:
        try:
            if index:
                remove_post(actor=post.author, post=post)
            else:
                edit_post(actor=post.author, post=post, body="Autre", version=0)
        except Refused:
            return "refused"
        return "done"

    edited, removed = at_once(2, act)
    post.refresh_from_db()
    assert (removed, post.is_removed) == ("done", True)
    assert (edited, PostRevision.objects.count()) in {("done", 1), ("refused", 0)}
    assert list(find_drifts()) == []


def test_a_press_and_a_removal_leave_exact_counts() -> None:
    post = make_answer()

    def act(index: int) -> str:
        try:
            if index:
                remove_post(actor=post.author, post=post)
            else:
                react(user=post.topic.author, post=post, kind=ReactionKind.THANKS)
        except Refused:
            return "refused"
        return "done"

    pressed, removed = at_once(2, act)
    post.refresh_from_db()
    assert (removed, post.is_removed) == ("done", True)
    assert (pressed, post.thanks_count) in {("done", 1), ("refused", 0)}
    assert list(find_reaction_drifts()) == []


def test_two_sweeps_tell_of_a_bookmark_once() -> None:
    post = make_answer()
    people = [make_member(post.topic.network).user for _number in range(6)]
    for user in people:
        keep_post(user=user, post=post, remind_on=timezone.localdate() + timedelta(days=2))
    Bookmark.objects.update(due_at=timezone.now())
    told = at_once(3, lambda _: tell_due())
    assert (sum(told), Notification.objects.filter(kind="forums.bookmark").count()) == (6, 6)


def test_removals_of_one_topic_count_exactly() -> None:
    post = make_answer()
    posts = [make_post(post.topic, post.author) for _number in range(3)]
    at_once(3, lambda index: remove_post(actor=post.author, post=posts[index]))
    assert Topic.objects.get(pk=post.topic_id).post_count == 2
    assert list(find_drifts()) == []
