"""The worker's side of the forums."""

from celery import shared_task

from forums.services import bookmarks, pinning, saved_searches


@shared_task(name="forums.tell_new_finds", acks_late=False)
def tell_new_finds() -> int:
    """Look for what saved searches newly find. Losing this task loses nothing: beat asks again in ten minutes."""
    return saved_searches.tell_new_finds()


@shared_task(name="forums.remind_of_bookmarks", acks_late=False)
def remind_of_bookmarks() -> int:
    """Tell what is due. Losing this task loses nothing: beat asks again in two minutes."""
    return bookmarks.tell_due()


@shared_task(name="forums.unpin_expired", acks_late=False)
def unpin_expired() -> int:
    """End the pins whose last day is over. Losing this task loses nothing: beat asks again in an hour."""
    return pinning.unpin_expired()
