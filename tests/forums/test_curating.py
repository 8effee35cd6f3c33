"""What those who look after a discussion make of it, each act under the eyes of the trail."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.enums import RemovalKind, TopicKind, TopicState
from forums.events import PostEntered, TopicRemoved
from forums.handlers import on_post_entered, on_topic_removed
from forums.models import Forum, Post, Topic, TopicRead, TopicSubscription
from forums.services.answers import accept_answer
from forums.services.counters import find_drifts
from forums.services.curating import (
    reclassify,
    remove_topic,
    restore_topic,
    set_archived,
    set_lock,
    set_pace,
    set_pin,
)
from forums.services.following import set_subscription
from forums.services.holding import TooSoon
from forums.services.moving import OtherReaders, merge_topic, move_topic, split_topic
from forums.services.posts import enter_post
from forums.services.reading import mark_read
from forums.services.writing import OtherText
from peerhub.moderation.models import TrailEntry
from peerhub.notifications.models import Notification
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_posts, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def animator(topic: Topic) -> Membership:
    return make_animator(topic.network)


def acts() -> list[tuple[str, str]]:
    return list(TrailEntry.objects.order_by("pk").values_list("verb", "reason"))


def fresh(topic: Topic) -> Topic:
    return Topic.objects.get(pk=topic.pk)


def test_locking_says_why_and_keeps_replies_out(topic: Topic, animator: Membership, member: Membership) -> None:
    set_lock(actor=animator.user, topic=topic, is_locked=True, reason=" Le sujet\nest clos ")
    set_lock(actor=animator.user, topic=topic, is_locked=True, reason="Le sujet est clos")
    assert (fresh(topic).is_locked, fresh(topic).lock_reason) == (True, "Le sujet est clos")
    with pytest.raises(Refused):
        make_post(topic, member.user)
    set_lock(actor=animator.user, topic=topic, is_locked=False)
    assert (fresh(topic).is_locked, fresh(topic).lock_reason) == (False, "")
    assert make_post(topic, member.user).number == 2
    assert acts() == [("forums.topic_locked", "Le sujet est clos"), ("forums.topic_unlocked", "")]


def test_locking_needs_a_reason_and_someone_who_looks_after(topic: Topic, animator: Membership) -> None:
    with pytest.raises(DomainError):
        set_lock(actor=animator.user, topic=topic, is_locked=True)
    with pytest.raises(Refused):
        set_lock(actor=topic.author, topic=topic, is_locked=True, reason="Parce que")
    assert (fresh(topic).is_locked, acts()) == (False, [])


def test_archiving_and_pinning(topic: Topic, animator: Membership) -> None:
    day = timezone.localdate() + timedelta(days=3)
    set_pin(actor=animator.user, topic=topic, is_pinned=True, until=day)
    set_archived(actor=animator.user, topic=topic, is_archived=True)
    assert (fresh(topic).is_pinned, fresh(topic).pinned_until, fresh(topic).state) == (True, day, TopicState.ARCHIVED)
    set_archived(actor=animator.user, topic=topic, is_archived=False)
    set_pin(actor=animator.user, topic=topic, is_pinned=False)
    assert (fresh(topic).is_pinned, fresh(topic).pinned_until, fresh(topic).state) == (False, None, TopicState.OPEN)
    assert list(find_drifts()) == []


def test_a_slow_discussion_makes_people_wait_but_not_its_animators(topic: Topic, animator: Membership) -> None:
    set_pace(actor=animator.user, topic=topic, minutes=15)
    with pytest.raises(TooSoon, match="15 minutes"):
        make_post(topic, topic.author)
    make_posts(topic, animator.user, 2)
    Post.objects.filter(author=topic.author).update(created_at=timezone.now() - timedelta(minutes=16))
    assert make_post(topic, topic.author).number == 4


def test_a_question_that_is_none_any_more_lets_its_answer_go(topic: Topic, animator: Membership) -> None:
    answer = make_post(topic, animator.user)
    accept_answer(user=topic.author, post=answer)
    reclassify(actor=animator.user, topic=topic, kind=TopicKind.DISCUSSION, territory=None)
    assert (fresh(topic).kind, fresh(topic).accepted_post, fresh(topic).accepted_reason) == ("discussion", None, "")


def test_a_removed_topic_is_nobodys_but_its_authors_and_comes_back(
    browser: Browser, topic: Topic, animator: Membership
) -> None:
    forum = topic.forum
    other = make_member(topic.network)
    remove_topic(actor=animator.user, topic=topic, reason="Hors de propos")
    remove_topic(actor=animator.user, topic=topic, reason="Encore")
    forum.refresh_from_db()
    assert (fresh(topic).state, forum.topic_count, len(acts())) == (TopicState.REMOVED, 0, 1)
    seen = []
    for person in (topic.author, animator.user, other.user):
        browser.as_user(person)
        seen.append(browser.get(f"/sujets/{topic.pk}/retire/").status_code)
    assert seen == [200, 200, 404]
    on_topic_removed(TopicRemoved(topic.pk))
    on_topic_removed(TopicRemoved(topic.pk))
    told = Notification.objects.get(kind="forums.topic_removed")
    assert (told.recipient, told.target_id) == (topic.author, topic.pk)
    restore_topic(actor=animator.user, topic=topic)
    forum.refresh_from_db()
    assert (fresh(topic).state, forum.topic_count, list(find_drifts())) == (TopicState.OPEN, 1, [])


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("clore", {"reason": "Tout est dit"}),
        ("archiver", {}),
        ("epingler", {"until": ""}),
        ("ralentir", {"minutes": "60"}),
        ("relire", {}),
        ("reclasser", {"kind": "discussion", "territory": "", "tags": ""}),
        ("retirer", {"reason": "Tout est dit"}),
    ],
)
def test_each_act_is_a_page_for_animators_alone(
    browser: Browser, topic: Topic, animator: Membership, act: str, fields: dict[str, str]
) -> None:
    address = f"/sujets/{topic.pk}/animer/{act}/"
    browser.as_user(topic.author)
    assert (browser.get(address).status_code, browser.post(address, fields).status_code, acts()) == (403, 403, [])
    browser.as_user(animator.user)
    assert (browser.get(address).status_code, browser.post(address, fields).status_code, len(acts())) == (200, 303, 1)


def test_the_menu_offers_curating_to_those_who_may(browser: Browser, topic: Topic, animator: Membership) -> None:
    offered = []
    for person in (topic.author, animator.user):
        browser.as_user(person)
        page = browser.get(f"/sujets/{topic.pk}/actions/").content.decode()
        offered.append((f"/sujets/{topic.pk}/animer/clore/" in page, f"/signaler/forums.topic/{topic.pk}/" in page))
    assert offered == [(False, False), (True, True)]


# --- Elsewhere ------------------------------------------------------------------------------------------------------


def test_a_topic_moves_with_its_readers(topic: Topic, animator: Membership) -> None:
    was = topic.forum
    make_post(topic, animator.user)
    place = make_forum(topic.network, slug="eau", title="Eau")
    moved = move_topic(actor=animator.user, topic=topic, forum=place)
    assert (moved.forum, moved.circle, list(find_drifts())) == (place, place.circle, [])
    assert [Forum.objects.get(pk=one.pk).topic_count for one in (was, place)] == [0, 1]
    assert acts() == [("forums.topic_moved", "")]


def test_other_readers_must_be_agreed_to(topic: Topic, animator: Membership) -> None:
    place = make_confidential_forum(topic.network, [animator.user])
    with pytest.raises(OtherReaders, match="Confidentiel"):
        move_topic(actor=animator.user, topic=topic, forum=place)
    moved = move_topic(actor=animator.user, topic=topic, forum=place, agreed_circle_id=place.circle_id)
    assert (moved.circle, moved.slug) == (place.circle, "sujet")


@pytest.mark.parametrize("verb", ["move", "split", "merge"])
def test_what_was_said_in_confidence_stays(topic: Topic, animator: Membership, verb: str) -> None:
    secret = make_topic(make_confidential_forum(topic.network, [animator.user]), animator.user, title="Entre nous")
    post = make_post(secret, animator.user)
    agreed: dict[str, Any] = {"actor": animator.user, "topic": secret, "agreed_circle_id": topic.circle_id}
    verbs = {
        "move": lambda: move_topic(forum=topic.forum, **agreed),
        "split": lambda: split_topic(forum=topic.forum, post_ids=[post.pk], title="Ailleurs", token=uuid4(), **agreed),
        "merge": lambda: merge_topic(into=topic, **agreed),
    }
    with pytest.raises(DomainError, match="accord de celles et ceux") as refusal:
        verbs[verb]()
    assert not isinstance(refusal.value, OtherReaders)
    assert (fresh(secret).circle_id, Post.objects.get(pk=post.pk).topic_id) == (secret.circle_id, secret.pk)


def test_a_split_keeps_addresses_reads_and_counts(browser: Browser, topic: Topic, animator: Membership) -> None:
    other, late = make_member(topic.network, category="elected"), make_member(topic.network)
    posts = [make_post(topic, person) for person in (other.user, animator.user, other.user, animator.user)]
    accept_answer(user=topic.author, post=posts[1])
    mark_read(user_id=late.user.pk, topic_id=topic.pk, number=3)
    token = uuid4()
    chosen: dict[str, Any] = {"post_ids": [posts[1].pk, posts[2].pk], "title": "À part", "token": token}
    made = split_topic(actor=animator.user, topic=topic, **chosen)
    assert split_topic(actor=animator.user, topic=topic, **chosen) == made
    rows = Post.objects.filter(topic=made).order_by("number").values_list("pk", "number")
    assert list(rows) == [(posts[1].pk, 1), (posts[2].pk, 2)]
    stubs = Post.objects.filter(topic=topic, removal_kind=RemovalKind.MOVED).order_by("number")
    assert list(stubs.values_list("number", "moved_to", "body")) == [(3, posts[1].pk, ""), (4, posts[2].pk, "")]
    assert (fresh(topic).accepted_post, fresh(topic).post_count, fresh(topic).last_number) == (None, 3, 5)
    assert (made.post_count, made.last_number, made.author) == (2, 2, animator.user)
    assert TopicRead.objects.get(topic=made, user=late.user).last_number == 1
    assert set(TopicSubscription.objects.filter(topic=made).values_list("user", flat=True)) == {
        animator.user.pk,
        other.user.pk,
    }
    assert list(find_drifts()) == []
    browser.as_user(late.user)
    address = browser.get(f"/messages/{posts[2].pk}/").headers["Location"]
    assert address == f"{made.get_absolute_url()}#message-2"


def test_the_opening_post_is_not_split_off(topic: Topic, animator: Membership) -> None:
    opening = Post.objects.get(topic=topic)
    with pytest.raises(DomainError, match="premier message"):
        split_topic(actor=animator.user, topic=topic, post_ids=[opening.pk], title="À part", token=uuid4())


def test_a_merge_leads_there_and_keeps_what_was_read(browser: Browser, topic: Topic, animator: Membership) -> None:
    first, second = make_member(topic.network), make_member(topic.network)
    gone = make_topic(topic.forum, first.user, title="La même question")
    posts = make_posts(gone, animator.user, 2)
    make_post(topic, animator.user)
    mark_read(user_id=first.user.pk, topic_id=topic.pk, number=2)
    mark_read(user_id=first.user.pk, topic_id=gone.pk, number=2)
    mark_read(user_id=second.user.pk, topic_id=topic.pk, number=1)
    mark_read(user_id=second.user.pk, topic_id=gone.pk, number=3)
    set_subscription(user_id=first.user.pk, topic_id=topic.pk, level="muted")  # type: ignore[arg-type]
    kept = merge_topic(actor=animator.user, topic=gone, into=topic)
    assert list(Post.objects.filter(topic=kept).order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Post.objects.get(pk=posts[1].pk).number == 5
    reads = dict(TopicRead.objects.filter(topic=kept).values_list("user", "last_number"))
    assert (reads[first.user.pk], reads[second.user.pk]) == (4, 1)
    assert TopicSubscription.objects.get(topic=kept, user=first.user).level == "all"
    assert (fresh(gone).state, fresh(gone).merged_into) == (TopicState.MERGED, kept)
    assert list(find_drifts()) == []
    browser.as_user(second.user)
    assert browser.get(gone.get_absolute_url()).headers["Location"] == kept.get_absolute_url()
    third = make_topic(topic.forum, first.user, title="Encore la même")
    merge_topic(actor=animator.user, topic=kept, into=third)
    assert browser.get(gone.get_absolute_url()).headers["Location"] == third.get_absolute_url()


def test_who_phoned_is_the_author_and_is_told(topic: Topic, animator: Membership) -> None:
    caller = make_member(topic.network, category="elected")
    post = enter_post(animator=animator.user, author=caller.user, topic=topic, body="Dit au fil.", token=uuid4())
    assert (post.author, post.entered_by, post.affiliation) == (caller.user, animator.user, caller.affiliation)
    on_post_entered(PostEntered(post.pk))
    on_post_entered(PostEntered(post.pk))
    assert Notification.objects.get(kind="forums.entered").recipient == caller.user
    assert (
        enter_post(animator=animator.user, author=caller.user, topic=topic, body="Dit au fil.", token=post.token)
        == post
    )
    with pytest.raises(OtherText):
        enter_post(animator=animator.user, author=caller.user, topic=topic, body="Autre chose.", token=post.token)
    assert Post.objects.filter(topic=topic).count() == 2
    with pytest.raises(Refused):
        enter_post(animator=topic.author, author=caller.user, topic=topic, body="Non", token=uuid4())


def test_nobody_speaks_for_who_does_not_read(animator: Membership, topic: Topic) -> None:
    secret = make_topic(make_confidential_forum(topic.network, [animator.user]), animator.user, title="Entre nous")
    with pytest.raises(DomainError, match="ne lit pas"):
        enter_post(animator=animator.user, author=topic.author, topic=secret, body="Non", token=uuid4())


def test_the_pages_of_moving(browser: Browser, topic: Topic, animator: Membership) -> None:
    post, caller = make_post(topic, animator.user), make_member(topic.network)
    place = make_confidential_forum(topic.network, [animator.user])
    other = make_topic(topic.forum, topic.author, title="Une autre question")
    browser.as_user(animator.user)
    asked: list[Any] = [
        browser.get(f"/sujets/{topic.pk}/deplacer/"),
        browser.get(f"/sujets/{topic.pk}/fusionner/?q={other.pk}"),
        browser.get(f"/messages/{post.pk}/scinder/"),
        browser.get(f"/sujets/{topic.pk}/telephone/?personne={caller.user.pk}"),
        browser.get(f"/r/{topic.network.slug}/discussions-retirees/"),
    ]
    assert [one.status_code for one in asked] == [200] * 5
    assert browser.post(f"/sujets/{topic.pk}/deplacer/", {"forum": place.pk}).status_code == 422
    again = browser.post(f"/sujets/{topic.pk}/deplacer/", {"forum": place.pk, "reason": "Entre nous"})
    assert (again.status_code, f'name="agreed" value="{place.circle_id}"' in again.content.decode()) == (409, True)
    fields: dict[str, Any] = {"title": "Une discussion à part", "kind": "question", "forum": "", "posts": [post.pk]}
    fields |= {"reason": "Une autre question", "token": uuid4()}
    assert browser.post(f"/messages/{post.pk}/scinder/", fields).status_code == 303
    said = {"person": caller.user.pk, "body": "Dit au téléphone", "token": uuid4()}
    assert browser.post(f"/sujets/{topic.pk}/telephone/", said).status_code == 303
    merged = browser.post(f"/sujets/{topic.pk}/fusionner/", {"into": other.pk, "reason": "La même question"})
    assert (merged.status_code, merged.headers["Location"]) == (303, other.get_absolute_url())


def test_from_one_message_on_goes_by_their_order_not_by_their_keys(
    browser: Browser, topic: Topic, animator: Membership
) -> None:
    """The messages of a discussion that was merged in are older, and stand after."""
    older = make_topic(topic.forum, topic.author, title="Une question plus ancienne")
    moved = [make_post(older, animator.user) for _one in range(2)]
    first = make_post(topic, animator.user)
    merge_topic(actor=animator.user, topic=older, into=topic)
    last = make_post(topic, animator.user)
    fields = {"title": "Tout ce qui suit", "kind": "discussion", "forum": "", "onwards": moved[0].pk}
    fields |= {"reason": "Un autre sujet", "token": uuid4()}
    assert browser.as_user(animator.user).post(f"/sujets/{topic.pk}/scinder/", fields).status_code == 303
    made = Topic.objects.get(title="Tout ce qui suit")
    rows = Post.objects.filter(topic=made).order_by("number").values_list("pk", flat=True)
    assert list(rows) == [moved[0].pk, moved[1].pk, last.pk]
    assert Post.objects.get(pk=first.pk).topic_id == topic.pk
