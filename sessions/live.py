"""Who may watch a session's page, and its minutes while they are written."""

from peerhub.live.registry import live_group
from peerhub.people.queries import membership_for, viewer
from sessions.models import DatePoll, PeerSession
from sessions.policies.minutes import can_read_minutes
from sessions.policies.polls import poll_abilities
from sessions.queries.minutes import last_number
from sessions.queries.standing import standing_for


@live_group("session")
def can_watch_session(user_id: int | None, pk: int) -> bool:
    return PeerSession.objects.visible_to(viewer(user_id)).filter(pk=pk).exists()


@live_group("poll")
def can_watch_poll(user_id: int | None, pk: int) -> bool:
    """Those who run it, and see it."""
    user = viewer(user_id)
    poll = DatePoll.objects.visible_to(user).select_related("network").filter(pk=pk).first()
    return poll is not None and poll_abilities(membership_for(user, poll.network), poll).animate


@live_group("minutes", last_seq=last_number)
def can_watch_minutes(user_id: int | None, pk: int) -> bool:
    """Of the session `pk`: whoever may read what is not published yet, also while it is: it may be opened again."""
    user = viewer(user_id)
    session = PeerSession.objects.visible_to(user).select_related("circle").filter(pk=pk).first()
    return session is not None and bool(can_read_minutes(session, None, standing_for(user, session)))
