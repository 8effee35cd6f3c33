"""When a discussion is opened to other people, what hangs on it goes along."""

from forums.models import HeldText, Post
from forums.services.files import move_files_of_topic
from peerhub.moderation.services.cases import move_target
from peerhub.people.models import Circle


def open_to(topic_id: int, circle: Circle) -> None:
    """Files, cases and what waits there go where the texts go; in the caller's transaction."""
    move_files_of_topic(topic_id, circle)
    posts = list(Post.objects.filter(topic=topic_id).values_list("pk", flat=True))
    move_target(target_key="forums.post", target_ids=posts, circle_id=circle.pk)
    move_target(target_key="forums.topic", target_ids=[topic_id], circle_id=circle.pk)
    open_held_to(list(HeldText.objects.filter(topic=topic_id).values_list("pk", flat=True)), circle)


def open_held_to(held_ids: list[int], circle: Circle) -> None:
    """Texts that wait, of a topic or of a theme."""
    HeldText.objects.filter(pk__in=held_ids).update(circle=circle)
    move_target(target_key="forums.held", target_ids=held_ids, circle_id=circle.pk)
