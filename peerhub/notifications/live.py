"""Who may watch `user.<id>`: that person alone."""

from peerhub.live.registry import live_group
from peerhub.people.models import User


@live_group("user")
def can_watch(user_id: int | None, pk: int) -> bool:
    return user_id == pk and User.objects.filter(pk=pk, is_active=True).exists()
