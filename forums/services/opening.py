"""When discussions are opened to other people, what hangs on them goes along."""

from collections.abc import Collection

from forums.models import HeldText, Post
from forums.services.files import move_files_of
from peerhub.moderation.services.cases import move_target
from peerhub.people.models import Circle


def open_to(topic_ids: Collection[int], circle: Circle) -> None:
    """Files, cases and what waits there go where the texts go; in the caller's transaction. As many queries for a theme
    as for a topic."""
    posts = list(Post.objects.filter(topic__in=topic_ids).values_list("pk", flat=True))
    move_files_of(posts, circle)
    move_target(target_key="forums.post", target_ids=posts, circle_id=circle.pk)
    move_target(target_key="forums.topic", target_ids=list(topic_ids), circle_id=circle.pk)
    open_held_to(list(HeldText.objects.filter(topic__in=topic_ids).values_list("pk", flat=True)), circle)


def open_held_to(held_ids: list[int], circle: Circle) -> None:
    """Texts that wait, of a topic or of a theme."""
    HeldText.objects.filter(pk__in=held_ids).update(circle=circle)
    move_target(target_key="forums.held", target_ids=held_ids, circle_id=circle.pk)
