"""Who may watch a topic's posts arrive: whoever can read the topic."""

from forums.models import Topic
from peerhub.live.registry import live_group
from peerhub.people.queries import viewer


def last_post_number(pk: int) -> int | None:
    return Topic.objects.filter(pk=pk).values_list("last_number", flat=True).first()


@live_group("topic", last_seq=last_post_number)
def can_watch(user_id: int | None, pk: int) -> bool:
    return Topic.objects.visible_to(viewer(user_id)).filter(pk=pk).exists()
