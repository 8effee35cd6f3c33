"""The slots of a date poll in one gesture: days times hours, on the clocks of one zone."""

from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import product

from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError
from sessions.local_time import resolve

Span = tuple[datetime, datetime]
Hours = tuple[time, time]


def spans(days: Iterable[date], hours: Iterable[Hours], zone: str) -> list[Span]:
    """Each of the hours on each of the days, as instants (UTC), in order and once.

    « 14 h » is 14 h on each day, whatever the clocks do in between. Raises `UnclearLocalTime` for an hour that a day
    does not have, or has twice, and `DomainError` when an end is not after its start.
    """
    found = set()
    for day, (start, end) in product(set(days), set(hours)):
        if end <= start:
            raise DomainError(_("Un créneau doit se terminer après son début."))
        found.add((resolve(datetime.combine(day, start), zone), resolve(datetime.combine(day, end), zone)))
    return sorted(found)
