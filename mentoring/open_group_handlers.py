"""Whom open groups tell what. Each handler may run twice."""

from mentoring.events import GroupAnswered, GroupAsked
from mentoring.models import GroupAsk
from mentoring.queries.mentorships import loaded_mentorship
from mentoring.queries.open_groups import asks_to_read, asks_with
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles


@handles(GroupAsked)
def on_group_asked(event: GroupAsked) -> None:
    """Its mentor, of what they may grant."""
    for ask in asks_with([event.ask_id]):
        group = loaded_mentorship(ask.mentorship_id)
        if group is not None and ask.pk in {one.pk for one in asks_to_read(group)}:
            _notify("group_asked", ask, group.mentor_id)


@handles(GroupAnswered)
def on_group_answered(event: GroupAnswered) -> None:
    for ask in asks_with([event.ask_id]):
        _notify("group_answered", ask, ask.user_id)


def _notify(kind: str, ask: GroupAsk, recipient_id: int) -> None:
    notify(
        kind=f"mentoring.{kind}",
        recipients=[recipient_id],
        target_id=ask.pk,
        dedupe_key=f"mentoring.{kind}.{ask.pk}",
        network_id=ask.mentorship.network_id,
        streak=f"mentorship.{ask.mentorship_id}",
    )
