"""The worker's side of notifications."""

from celery import shared_task

from peerhub.notifications.delivery import deliver_due


@shared_task(name="peerhub.notifications.deliver", acks_late=False)
def deliver() -> int:
    """Send what is due. Losing this task loses nothing: beat asks again in a few seconds."""
    return deliver_due()
