"""The worker's side of sessions."""

from celery import shared_task

from sessions.services import reminders


@shared_task(name="sessions.send_due_reminders", acks_late=False)
def send_due_reminders() -> int:
    """Send what is due. Losing this task loses nothing: beat asks again in a few seconds."""
    return reminders.deliver_due()
