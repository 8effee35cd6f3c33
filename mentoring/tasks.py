"""What beat asks of mentoring."""

from celery import shared_task

from mentoring.services import evidence


@shared_task(name="mentoring.gather_evidence", acks_late=False)
def gather_evidence() -> int:
    """Count the sessions that ended beside the competences of who facilitated them. Beat asks again."""
    return evidence.gather_sessions()
