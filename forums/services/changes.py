"""The stamps of what changes in a topic: by them an open page knows whether it missed a change.

Each is later than the one before. A page that stands at one sees from the next frame, or when it subscribes, that
others came between, and asks for what changed since (docs/ui.md, « Live »).
"""

from collections.abc import Sequence

from django.utils import timezone

from forums.models import Post, Topic
from forums.stamps import TICK, stamp


def note_change(topic_id: int, post_ids: Sequence[int] = ()) -> dict[str, str]:
    """Note that something shown of this topic changed (these posts, when they did) and return the `data` of the frame
    that tells it: one call for each frame ("post.changed", "topic.changed"), in the transaction of the change.

    Takes the lock of the topic's row, so that stamps follow each other in the order of the commits.
    """
    locked = Topic.objects.select_for_update(of=("self",), no_key=True).filter(pk=topic_id)
    before = locked.values_list("changed_at", flat=True).get()
    now = timezone.now()
    changed_at = max(now, before + TICK) if before else now
    Topic.objects.filter(pk=topic_id).update(changed_at=changed_at)
    if post_ids:
        Post.objects.filter(pk__in=post_ids).update(changed_at=changed_at)
    return {"before": stamp(before), "changed": stamp(changed_at)}


def note_many_changes(topic_id: int, post_ids: Sequence[int] = ()) -> dict[str, str]:
    """The same, for one "topic.changed" without html, where a frame for each post would be too many (a split, a merge):
    it claims to follow a change that nobody saw, so that each page asks for what changed, at a moment of its own."""
    stamps = note_change(topic_id, post_ids)
    return {"before": stamps["changed"], "changed": stamps["changed"]}
