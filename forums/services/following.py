"""What people follow: topics, themes and tags, each at a level of its own."""

from django.db import connection

from forums.enums import SubscriptionLevel
from forums.models import ForumSubscription, TagSubscription, TopicSubscription

FOLLOW = """
INSERT INTO forums_topicsubscription (user_id, topic_id, level) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def follow(*, user_id: int, topic_id: int) -> None:
    """Tell the person of the replies from now on, unless a level was chosen already."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [user_id, topic_id, SubscriptionLevel.ALL.value])


def set_subscription(*, user_id: int, topic_id: int, level: SubscriptionLevel | None) -> None:
    """What the person wants to be told of this topic; None: what is told of its tags and theme."""
    if level is None:
        TopicSubscription.objects.filter(user=user_id, topic=topic_id).delete()
        return
    TopicSubscription.objects.bulk_create(
        [TopicSubscription(user_id=user_id, topic_id=topic_id, level=level)],
        update_conflicts=True,
        unique_fields=["topic", "user"],
        update_fields=["level"],
    )


def set_forum_subscription(*, user_id: int, forum_id: int, level: SubscriptionLevel | None) -> None:
    """What the person wants to be told of a whole theme; None: nothing but what names the person."""
    if level is None:
        ForumSubscription.objects.filter(user=user_id, forum=forum_id).delete()
        return
    ForumSubscription.objects.bulk_create(
        [ForumSubscription(user_id=user_id, forum_id=forum_id, level=level)],
        update_conflicts=True,
        unique_fields=["forum", "user"],
        update_fields=["level"],
    )


def set_tag_subscription(*, user_id: int, tag_id: int, level: SubscriptionLevel | None) -> None:
    """What the person wants to be told of the topics with a tag; None: what is told of their themes."""
    if level is None:
        TagSubscription.objects.filter(user=user_id, tag=tag_id).delete()
        return
    TagSubscription.objects.bulk_create(
        [TagSubscription(user_id=user_id, tag_id=tag_id, level=level)],
        update_conflicts=True,
        unique_fields=["tag", "user"],
        update_fields=["level"],
    )
