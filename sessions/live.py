"""Who may watch a session's page."""

from django.contrib.auth.models import AnonymousUser

from peerhub.live.registry import live_group
from peerhub.people.models import User
from sessions.models import PeerSession


@live_group("session")
def can_watch_session(user_id: int | None, pk: int) -> bool:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return PeerSession.objects.visible_to(user or AnonymousUser()).filter(pk=pk).exists()
