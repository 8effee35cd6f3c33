"""Pins that end."""

from django.utils import timezone

from forums.models import Topic


def unpin_expired() -> int:
    """Unpin the topics whose last day is over, in the platform's own zone. How many.

    Being pinned is this one fact, in rows and in the order of lists alike: it ends when this runs, and not before.
    """
    over = Topic.objects.filter(is_pinned=True, pinned_until__lt=timezone.localdate())
    return over.update(is_pinned=False, pinned_until=None)
