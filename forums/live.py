"""Who may watch a topic's posts arrive: whoever can read the topic."""

from django.contrib.auth.models import AnonymousUser

from forums.models import Topic
from peerhub.live.registry import live_group
from peerhub.people.models import User


def last_post_number(pk: int) -> int | None:
    return Topic.objects.filter(pk=pk).values_list("last_number", flat=True).first()


@live_group("topic", last_seq=last_post_number)
def can_watch(user_id: int | None, pk: int) -> bool:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return Topic.objects.visible_to(user or AnonymousUser()).filter(pk=pk).exists()
