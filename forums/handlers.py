"""Who is told of what happened in the forums. Each handler may run again: `notify` is once only by its key."""

from django.db.models import Q

from forums.enums import ForumKind, SubscriptionLevel, TopicKind
from forums.events import AnswerAccepted, PostCreated, TopicCreated
from forums.models import Post, Topic, TopicSubscription
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, CircleMember


@handles(PostCreated)
def on_post_created(event: PostCreated) -> None:
    """Those who follow the topic, can see it, and have not read the post already."""
    post = Post.objects.filter(pk=event.post_id, is_removed=False).select_related("topic__circle").first()
    if post is None:
        return
    topic = post.topic
    followers = TopicSubscription.objects.filter(topic=topic, level=SubscriptionLevel.ALL).exclude(
        user__topic_reads__topic=topic, user__topic_reads__last_number__gte=post.number
    )
    notify(
        kind="forums.reply",
        recipients=followers.filter(_is_reader(topic)).values_list("user", flat=True),
        target_id=post.pk,
        dedupe_key=f"forums.reply.{post.pk}",
        actor_id=post.author_id,
        network_id=topic.network_id,
        streak=f"topic.{topic.pk}",
    )


@handles(TopicCreated)
def on_topic_created(event: TopicCreated) -> None:
    """A question is somebody's task from the start: the animators who see it are told."""
    topic = Topic.objects.filter(pk=event.topic_id).select_related("circle", "forum").first()
    if topic is None or topic.kind != TopicKind.QUESTION or topic.forum.kind != ForumKind.THEMED:
        return
    animators = CircleMember.objects.filter(
        circle__in=Circle.objects.filter(network=topic.network_id, kind=CircleKind.ANIMATORS)
    )
    notify(
        kind="forums.question",
        recipients=animators.filter(_is_reader(topic)).values_list("user", flat=True),
        target_id=topic.pk,
        dedupe_key=f"forums.question.{topic.pk}",
        actor_id=topic.author_id,
        network_id=topic.network_id,
        streak=f"topic.{topic.pk}",
    )


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


def _is_reader(topic: Topic) -> Q:
    """The condition, on rows that point to a `user`, that the person can see the topic."""
    if topic.circle.kind == CircleKind.PUBLIC:
        return Q()
    return Q(user__in=CircleMember.objects.filter(circle=topic.circle_id).values("user"))
