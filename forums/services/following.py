"""What people follow: topics, themes and tags, each at a level of its own."""

from typing import Any

from django.db import connection
from django.db.models import Manager

from forums.enums import SubscriptionLevel
from forums.models import ForumSubscription, TagSubscription, TopicSubscription

Subscription = TopicSubscription | ForumSubscription | TagSubscription
FOLLOW = """
INSERT INTO forums_topicsubscription (user_id, topic_id, level) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def follow(*, user_id: int, topic_id: int) -> None:
    """Tell the person of the replies from now on, unless a level was chosen already."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [user_id, topic_id, SubscriptionLevel.ALL.value])


def set_subscription(*, user_id: int, topic_id: int, level: SubscriptionLevel | None) -> None:
    """What the person wants to be told of this topic; None: what is told of its tags and theme."""
    _set_level(TopicSubscription(user_id=user_id, topic_id=topic_id), "topic", level)


def set_forum_subscription(*, user_id: int, forum_id: int, level: SubscriptionLevel | None) -> None:
    """What the person wants to be told of a whole theme; None: nothing but what names the person."""
    _set_level(ForumSubscription(user_id=user_id, forum_id=forum_id), "forum", level)


def set_tag_subscription(*, user_id: int, tag_id: int, level: SubscriptionLevel | None) -> None:
    """What the person wants to be told of the topics with a tag; None: what is told of their themes."""
    _set_level(TagSubscription(user_id=user_id, tag_id=tag_id), "tag", level)


def _set_level(row: Subscription, place: str, level: SubscriptionLevel | None) -> None:
    rows: Manager[Any] = type(row)._default_manager
    if level is None:
        rows.filter(user=row.user_id, **{place: getattr(row, f"{place}_id")}).delete()
        return
    row.level = level
    rows.bulk_create([row], update_conflicts=True, unique_fields=[place, "user"], update_fields=["level"])
