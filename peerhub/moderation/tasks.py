"""The worker's side of moderation."""

from celery import shared_task

from peerhub.moderation.services.sanctions import end_due


@shared_task(name="peerhub.moderation.end_sanctions", acks_late=False)
def end_sanctions() -> int:
    """Let those back in whose suspension is over. Losing this task loses nothing: beat asks again in two minutes."""
    return end_due()
