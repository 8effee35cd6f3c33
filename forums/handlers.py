"""Who is told of what happened in the forums. Each handler may run again: `notify` is once only by its key.

One person is told once of one post or topic, for the nearest of the reasons: being named comes before all others, a
question to whoever animates before what a follower is told. What was muted tells nothing.
"""

from collections.abc import Iterable

from forums.enums import ForumKind, RemovalKind, SubscriptionLevel, TopicKind, TopicState
from forums.events import (
    AnswerAccepted,
    PostCreated,
    PostEdited,
    PostEntered,
    PostRemoved,
    PostThanked,
    PostTried,
    TextsMoved,
    TopicCreated,
    TopicRemoved,
)
from forums.models import ForumAnimator, HeldText, Post, PostRevision, Reaction, Topic
from forums.naming import is_reader, named_people, readers_among
from forums.queries.curating import removals_of
from forums.queries.levels import levels_of
from forums.queries.reactions import day_of
from forums.services.holding import HELD_KEY
from peerhub.moderation.events import CaseOpened
from peerhub.moderation.models import Case, TrailEntry
from peerhub.notifications.models import Notification
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.enums import CircleKind, Role
from peerhub.people.models import Circle, CircleMember, Membership
from peerhub.people.prepared import PreparedInstances, rows_planned_once

ALL, FIRST, MUTED = SubscriptionLevel.ALL, SubscriptionLevel.FIRST, SubscriptionLevel.MUTED


@handles(PostCreated)
def on_post_created(event: PostCreated) -> None:
    """Those whom it names, and those who follow the topic at a level that tells them; not who has read it already."""
    post = _post(event.post_id)
    if post is None or post.is_removed:
        return
    levels = levels_of(post.topic)
    mention = f"forums.mention.{post.pk}"
    done = _read_or_told(post, mention)
    named = named_people(post.body, post.topic) - done["read"] - _at(levels, MUTED)
    _tell("forums.mention", named, post, mention)
    followers = _at(levels, ALL) | _without_unread(_at(levels, FIRST), post)
    others = followers - done["read"] - done["told"] - named
    _tell("forums.reply", readers_among(others, post.topic), post, f"forums.reply.{post.pk}")


@handles(PostEdited)
def on_post_edited(event: PostEdited) -> None:
    """Those whom the text names now, and did not before."""
    post = _post(event.post_id)
    revision = PostRevision.objects.filter(post=event.post_id, number=event.revision).first()
    if post is None or post.is_removed or revision is None:
        return
    named = named_people(post.body, post.topic) - named_people(revision.body, post.topic)
    muted = _at(levels_of(post.topic, named), MUTED) if named else set()
    _tell("forums.mention", named - muted, post, f"forums.mention.{post.pk}")


@handles(TopicCreated)
def on_topic_created(event: TopicCreated) -> None:
    """Those whom it names; a question, from the start somebody's task: the animators who see it; those who follow its
    theme or one of its tags."""
    post = _opening(event.topic_id)
    if post is None:
        return
    topic, levels = post.topic, levels_of(post.topic)
    muted = _at(levels, MUTED)
    named = named_people(post.body, topic) - muted
    _tell("forums.mention", named, post, f"forums.mention.{post.pk}")
    if topic.forum.kind != ForumKind.THEMED:
        return
    key = f"forums.question.{topic.pk}"
    animators = _animators(topic) - muted - named if topic.kind == TopicKind.QUESTION else set()
    _tell_of_topic("forums.question", animators, topic, key)
    followers = (_at(levels, ALL) | _at(levels, FIRST)) - named - animators
    _tell_of_topic("forums.new_topic", readers_among(followers, topic), topic, f"forums.new_topic.{topic.pk}")


@handles(AnswerAccepted)
def on_answer_accepted(event: AnswerAccepted) -> None:
    """The author of the answer is thanked."""
    topic = Topic.objects.filter(pk=event.topic_id, accepted_post=event.post_id).first()
    if topic is None or topic.accepted_post is None:
        return
    notify(
        kind="forums.accepted",
        recipients=[topic.accepted_post.author_id],
        target_id=event.post_id,
        dedupe_key=f"forums.accepted.{event.post_id}",
        network_id=topic.network_id,
        streak=f"topic.{topic.pk}",
    )


@handles(PostTried)
def on_post_tried(event: PostTried) -> None:
    """The author of the answer learns that it was put to the test."""
    reaction = Reaction.objects.filter(pk=event.reaction_id).select_related("post__topic__circle").first()
    if reaction is not None:
        key = f"forums.tried.{reaction.post_id}.{reaction.user_id}"
        _tell_author("forums.tried", reaction, key, target_id=reaction.pk)


@handles(PostThanked)
def on_post_thanked(event: PostThanked) -> None:
    """The author is told once a day for each post; who thanked that day is counted when it is shown."""
    reaction = Reaction.objects.filter(pk=event.reaction_id).select_related("post__topic__circle").first()
    if reaction is not None:
        key = f"forums.thanked.{reaction.post_id}.{day_of(reaction)}"
        _tell_author("forums.thanked", reaction, key, target_id=reaction.post_id)


@handles(PostRemoved)
def on_post_removed(event: PostRemoved) -> None:
    """The author is told why the animation removed the post."""
    post = _post(event.post_id)
    if post is None or post.removal_kind != RemovalKind.MODERATION or post.removed_at is None:
        return
    notify(
        kind="forums.removed",
        recipients=[post.author_id],
        target_id=post.pk,
        # It may be restored, and removed again: that is told again.
        dedupe_key=f"forums.removed.{post.pk}.{int(post.removed_at.timestamp())}",
        actor_id=post.removed_by_id,
        network_id=post.topic.network_id,
    )


@handles(TopicRemoved)
def on_topic_removed(event: TopicRemoved) -> None:
    """Who opened the discussion is told why the animation removed it."""
    topic = Topic.objects.filter(pk=event.topic_id, state=TopicState.REMOVED).defer("title_vector").first()
    act = removals_of([event.topic_id]).get(event.topic_id)
    if topic is None or act is None:
        return
    notify(
        kind="forums.topic_removed",
        recipients=[topic.author_id],
        target_id=topic.pk,
        dedupe_key=f"forums.topic_removed.{act.pk}",
        actor_id=act.actor_id,
        network_id=topic.network_id,
    )


@handles(CaseOpened)
def on_text_held(event: CaseOpened) -> None:
    """Those named for the theme where a text waits; moderation tells the network's animators."""
    case = Case.objects.filter(pk=event.case_id, target_key=HELD_KEY).first()
    held = HeldText.objects.filter(pk=case.target_id).select_related("circle").first() if case else None
    if held is None:
        return
    active = Membership.objects.active().filter(network=held.network_id).exclude(role=Role.ANIMATOR)
    named = ForumAnimator.objects.filter(forum=held.forum_id, user__in=active.values("user"))
    if held.circle.kind != CircleKind.PUBLIC:
        named = named.filter(user__in=CircleMember.objects.filter(circle=held.circle_id).values("user"))
    notify(
        kind="forums.held",
        recipients=named.values_list("user", flat=True),
        target_id=held.pk,
        dedupe_key=f"forums.held.{held.pk}",
        actor_id=held.author_id,
        network_id=held.network_id,
    )


@handles(TextsMoved)
def on_texts_moved(event: TextsMoved) -> None:
    """Those whose texts the animation put elsewhere, and who read there: once, with the reason."""
    act = TrailEntry.objects.filter(pk=event.entry_id).first()
    if act is not None:
        notify(
            kind="forums.moved",
            recipients=act.facts["authors"],
            target_id=act.pk,
            dedupe_key=f"forums.moved.{act.pk}",
            actor_id=act.actor_id,
            network_id=act.network_id,
        )


@handles(PostEntered)
def on_post_entered(event: PostEntered) -> None:
    """Who phoned is told of what was written down, and may take it away."""
    post = _post(event.post_id)
    if post is None or post.is_removed or post.entered_by_id is None:
        return
    notify(
        kind="forums.entered",
        recipients=[post.author_id],
        target_id=post.pk,
        dedupe_key=f"forums.entered.{post.pk}",
        actor_id=post.entered_by_id,
        network_id=post.topic.network_id,
        streak=f"topic.{post.topic_id}",
    )


_written = PreparedInstances(
    lambda marks: (
        Post.objects.select_related("topic__circle")
        .defer("body_html", "body_text", "body_vector", "topic__title_vector")
        .filter(pk=marks.integer("pk"))
    )
)


def _post(pk: int) -> Post | None:
    post: Post | None = _written.first(pk=pk)
    return post


_READ_OR_TOLD = """
SELECT 'read', user_id FROM forums_topicread WHERE topic_id = %(topic)s AND last_number >= %(number)s
UNION ALL SELECT 'told', recipient_id FROM notifications_notification WHERE key = %(key)s
"""


def _read_or_told(post: Post, key: str) -> dict[str, set[int]]:
    """Who has read the post already, and who was told of it under the key; one query."""
    found: dict[str, set[int]] = {"read": set(), "told": set()}
    for what, user in rows_planned_once(_READ_OR_TOLD, {"topic": post.topic_id, "number": post.number, "key": key}):
        found[what].add(user)
    return found


def _opening(topic_id: int) -> Post | None:
    posts = Post.objects.select_related("topic__circle", "topic__forum").defer("body_html", "body_text", "body_vector")
    return posts.filter(topic=topic_id, number=1).first()


def _at(levels: dict[int, SubscriptionLevel], level: SubscriptionLevel) -> set[int]:
    return {user for user, chosen in levels.items() if chosen == level}


def _without_unread(users: set[int], post: Post) -> set[int]:
    """Of those who want the first unread reply alone, the people who are told of nothing else in this topic."""
    if not users:
        return set()
    unread = Notification.objects.unread().filter(recipient__in=users, streak=f"topic.{post.topic_id}")
    earlier = unread.exclude(key=f"forums.reply.{post.pk}")
    return users - set(earlier.values_list("recipient", flat=True))


def _animators(topic: Topic) -> set[int]:
    circles = Circle.objects.filter(network=topic.network_id, kind=CircleKind.ANIMATORS)
    animators = CircleMember.objects.filter(is_reader(topic), circle__in=circles)
    return set(animators.values_list("user", flat=True))


def _tell(kind: str, people: Iterable[int], post: Post, key: str) -> None:
    notify(
        kind=kind,
        recipients=people,
        target_id=post.pk,
        dedupe_key=key,
        actor_id=post.author_id,
        network_id=post.topic.network_id,
        streak=f"topic.{post.topic_id}",
    )


def _tell_of_topic(kind: str, people: Iterable[int], topic: Topic, key: str) -> None:
    notify(
        kind=kind,
        recipients=people,
        target_id=topic.pk,
        dedupe_key=key,
        actor_id=topic.author_id,
        network_id=topic.network_id,
        streak=f"topic.{topic.pk}",
    )


def _tell_author(kind: str, reaction: Reaction, key: str, *, target_id: int) -> None:
    notify(
        kind=kind,
        recipients=readers_among({reaction.post.author_id}, reaction.post.topic),
        target_id=target_id,
        dedupe_key=key,
        actor_id=reaction.user_id,
        network_id=reaction.post.topic.network_id,
    )
