"""Who may watch a session's page."""

from peerhub.live.registry import live_group
from peerhub.people.queries import viewer
from sessions.models import PeerSession


@live_group("session")
def can_watch_session(user_id: int | None, pk: int) -> bool:
    return PeerSession.objects.visible_to(viewer(user_id)).filter(pk=pk).exists()
