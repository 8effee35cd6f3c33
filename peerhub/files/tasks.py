"""The worker's side of files."""

from celery import shared_task

from peerhub.files.services.storing import purge_files


@shared_task(name="peerhub.files.purge", acks_late=False)
def purge() -> int:
    """Delete what nobody kept. Losing this task loses nothing: beat asks again in an hour."""
    return purge_files()
