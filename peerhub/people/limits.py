"""How often one person may do a thing: windows counted in the cache, which may forget but never blocks."""

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
