"""How often one person may do a thing: windows counted in the cache, which may forget but never blocks."""

from django.conf import settings
from django.core.cache import cache


def within_limit(what: str, who: int | str, *, times: int, seconds: int) -> bool:
    """Count one more; False when it is more than `times` in this window of `seconds`."""
    key = f"limit:{what}:{who}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return cache.incr(key) <= times
    except ValueError:  # the window ended between the two
        return True


def may_write(user_id: int) -> bool:
    """Whether this person may publish one more text this minute: each is told to others."""
    return within_limit("write", user_id, times=settings.WRITES_PER_MINUTE, seconds=60)
