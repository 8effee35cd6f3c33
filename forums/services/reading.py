"""How far people have read."""

from django.db import connection

from peerhub.notifications.models import Notification
from peerhub.notifications.services import mark_read as read_notifications
from peerhub.people.models import User

ADVANCE = """
INSERT INTO forums_topicread (user_id, topic_id, last_number, read_at) VALUES (%s, %s, %s, now())
ON CONFLICT (user_id, topic_id) DO UPDATE SET last_number = EXCLUDED.last_number, read_at = EXCLUDED.read_at
WHERE forums_topicread.last_number < EXCLUDED.last_number
"""
_BACK = """
INSERT INTO forums_topicread (user_id, topic_id, last_number, read_at) VALUES (%s, %s, %s, now())
ON CONFLICT (user_id, topic_id) DO UPDATE SET last_number = EXCLUDED.last_number, read_at = EXCLUDED.read_at
"""


def mark_read(*, user_id: int, topic_id: int, number: int) -> bool:
    """Note that the person has read up to post `number`; the mark never goes back. Whether it moved."""
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, [user_id, topic_id, number])
        return bool(cursor.rowcount)


def read_topic(*, user: User, topic_id: int, number: int = 0, rings: bool | None = None) -> None:
    """The person has the topic under the eyes, up to post `number`: what the bell says of it is read too, whatever it
    is of (a kept answer comes without a post). `rings` (`TopicHead.rings`) says whether it does, for who knows already:
    then no query, when the mark does not move either."""
    streak = f"topic.{topic_id}"
    if number:
        mark_read(user_id=user.pk, topic_id=topic_id, number=number)
    if rings is None:
        rings = Notification.objects.unread().filter(recipient=user, streak=streak).exists()
    if rings:
        read_notifications(user=user, streak=streak)


def mark_unread(*, user_id: int, topic_id: int, number: int) -> None:
    """Take the mark back to before post `number`: it and what follows are unread until the topic is opened again."""
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [user_id, topic_id, max(0, number - 1)])
