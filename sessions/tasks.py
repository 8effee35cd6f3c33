"""The worker's side of sessions."""

from celery import shared_task

from sessions.services import conclusions, reminders


@shared_task(name="sessions.send_due_reminders", acks_late=False)
def send_due_reminders() -> int:
    """Send what is due. Losing this task loses nothing: beat asks again in a few seconds."""
    return reminders.deliver_due()


@shared_task(name="sessions.seal_conclusions", acks_late=False)
def seal_conclusions() -> int:
    """Seal what nobody objected to within the delay. Beat asks again."""
    return conclusions.seal_due()
