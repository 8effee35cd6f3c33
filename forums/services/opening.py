"""When discussions are opened to other people, what hangs on them goes along."""

from collections.abc import Collection

from forums.enums import ReactionKind
from forums.models import HeldText, Post, Reaction
from forums.services.files import move_files_of
from peerhub.moderation.services.cases import move_target
from peerhub.people.models import Circle


def open_to(topic_ids: Collection[int], circle: Circle) -> None:
    """Files, cases and what waits there go where the texts go; in the caller's transaction. As many queries for a theme
    as for a topic."""
    posts = list(Post.objects.filter(topic__in=topic_ids).values_list("pk", flat=True))
    move_files_of(posts, circle)
    move_cases_of(posts, circle)
    move_target(target_key="forums.topic", target_ids=list(topic_ids), circle_id=circle.pk)
    open_held_to(list(HeldText.objects.filter(topic__in=topic_ids).values_list("pk", flat=True)), circle)


def move_cases_of(post_ids: Collection[int], circle: Circle) -> None:
    """The cases about posts, and about what was told of trying them."""
    trials = Reaction.objects.filter(post__in=post_ids, kind=ReactionKind.TRIED).values_list("pk", flat=True)
    move_target(target_key="forums.post", target_ids=list(post_ids), circle_id=circle.pk)
    move_target(target_key="forums.trial", target_ids=list(trials), circle_id=circle.pk)


def open_held_to(held_ids: list[int], circle: Circle) -> None:
    """Texts that wait, of a topic or of a theme."""
    HeldText.objects.filter(pk__in=held_ids).update(circle=circle)
    move_target(target_key="forums.held", target_ids=held_ids, circle_id=circle.pk)
