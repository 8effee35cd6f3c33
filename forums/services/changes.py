"""The stamps of what changes in a topic: by them an open page knows whether it missed a change.

Each is later than the one before. A page that stands at one sees from the next frame, or when it subscribes, that
others came between, and asks for what changed since (docs/ui.md, « Live »).
"""

from collections.abc import Sequence

from django.utils import timezone

from forums.models import Post
from forums.stamps import TICK, stamp
from peerhub.people.prepared import rows_planned_once

_STAMP = """
UPDATE forums_topic topic
SET changed_at = greatest(%(now)s::timestamptz, locked.changed_at + %(tick)s::interval)
FROM (SELECT id, changed_at FROM forums_topic WHERE id = %(topic)s FOR NO KEY UPDATE) locked
WHERE topic.id = locked.id RETURNING locked.changed_at, topic.changed_at
"""


def note_change(topic_id: int, post_ids: Sequence[int] = ()) -> dict[str, str]:
    """Note that something shown of this topic changed (these posts, when they did) and return the `data` of the frame
    that tells it: one call for each frame ("post.changed", "topic.changed"), in the transaction of the change.

    Takes the lock of the topic's row, so that stamps follow each other in the order of the commits.
    """
    before, changed_at = rows_planned_once(_STAMP, {"topic": topic_id, "now": timezone.now(), "tick": TICK})[0]
    if post_ids:
        Post.objects.filter(pk__in=post_ids).update(changed_at=changed_at)
    return {"before": stamp(before), "changed": stamp(changed_at)}


def note_many_changes(topic_id: int, post_ids: Sequence[int] = ()) -> dict[str, str]:
    """The same, for one "topic.changed" without html, where a frame for each post would be too many (a split, a merge):
    it claims to follow a change that nobody saw, so that each page asks for what changed, at a moment of its own."""
    stamps = note_change(topic_id, post_ids)
    return {"before": stamps["changed"], "changed": stamps["changed"]}
