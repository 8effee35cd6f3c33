"""Reactions to what happens to minutes: who is told that they are there, and never what they say."""

from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from sessions.events import MinutesPublished
from sessions.models import Attendance, Minutes, Registration


@handles(MinutesPublished)
def on_minutes_published(event: MinutesPublished) -> None:
    """Those registered and those who were there, unless they were opened again meanwhile."""
    minutes = Minutes.objects.select_related("session").filter(pk=event.minutes_id, number=event.number).first()
    if minutes is None or minutes.published_at is None:
        return
    session = minutes.session
    seats = Registration.objects.registered().filter(session=session).values_list("user_id", flat=True)
    there = Attendance.objects.filter(session=session, is_present=True, user__isnull=False)
    notify(
        kind="sessions.minutes_published",
        recipients={*seats, *there.values_list("user_id", flat=True)},
        target_id=minutes.pk,
        dedupe_key=f"minutes:{minutes.pk}:published:{event.number}",
        actor_id=minutes.published_by_id,
        network_id=session.network_id,
        streak=f"session.{session.pk}",
    )
