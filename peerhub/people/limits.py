"""How often one person may do a thing: windows counted in the cache, which may forget but never blocks."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peerhub.caching import seconds_left
from peerhub.people.errors import TooOften


def within_limit(what: str, who: int | str, *, times: int, seconds: int) -> bool:
    """Count one more; False when it is more than `times` in this window of `seconds`."""
    key = _key(what, who)
    if cache.add(key, 1, seconds):
        return True
    try:
        return cache.incr(key) <= times
    except ValueError:  # the window ended between the two
        return True


def is_reached(what: str, who: int | str, *, times: int) -> bool:
    """Whether one more would be too many; counts nothing."""
    return (cache.get(_key(what, who)) or 0) >= times


def again(what: str, who: int | str) -> str:
    """When it may be done again, as the end of a sentence."""
    now = timezone.localtime()
    at = now + timedelta(seconds=seconds_left(_key(what, who)))
    if at - now <= timedelta(minutes=1):
        return _("dans une minute")
    # To the minute after: not a second too early.
    words = {"day": date_format(at, "j F"), "time": date_format(at + timedelta(minutes=1), "H:i")}
    return _("à %(time)s") % words if at.date() == now.date() else _("le %(day)s à %(time)s") % words


def require_pace(user_id: int) -> None:
    """Raise `TooOften` for who publishes more texts a minute than one may."""
    if not may_write(user_id):
        raise TooOften(_("Vous publiez très vite : attendez une minute, votre texte est gardé ici."))


def may_write(user_id: int) -> bool:
    """Whether this person may publish one more text this minute: each is told to others."""
    return within_limit("write", user_id, times=settings.WRITES_PER_MINUTE, seconds=60)


def _key(what: str, who: int | str) -> str:
    return f"limit:{what}:{who}"
