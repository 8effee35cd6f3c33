"""How far people have read, and what they follow."""

from django.db import connection

from forums.enums import SubscriptionLevel
from forums.models import TopicSubscription

_ADVANCE = """
INSERT INTO forums_topicread (user_id, topic_id, last_number, read_at) VALUES (%s, %s, %s, now())
ON CONFLICT (user_id, topic_id) DO UPDATE SET last_number = EXCLUDED.last_number, read_at = EXCLUDED.read_at
WHERE forums_topicread.last_number < EXCLUDED.last_number
"""
_FOLLOW = """
INSERT INTO forums_topicsubscription (user_id, topic_id, level) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def mark_read(*, user_id: int, topic_id: int, number: int) -> bool:
    """Note that the person has read up to post `number`; the mark never goes back. Whether it moved."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [user_id, topic_id, number])
        return bool(cursor.rowcount)


def follow(*, user_id: int, topic_id: int) -> None:
    """Tell the person of the replies from now on, unless a level was chosen already."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [user_id, topic_id, SubscriptionLevel.ALL.value])


def set_subscription(*, user_id: int, topic_id: int, level: SubscriptionLevel) -> None:
    """What the person wants to be told of this topic."""
    TopicSubscription.objects.bulk_create(
        [TopicSubscription(user_id=user_id, topic_id=topic_id, level=level)],
        update_conflicts=True,
        unique_fields=["topic", "user"],
        update_fields=["level"],
    )
