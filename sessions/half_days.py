"""The half-days of a session, on the clocks of where it was planned: what attendance is counted by."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from peerhub.ui.times import day

NOON = time(13)
# What reaches less than so far into a half-day does not make it one: 9 h to 13 h 15 is a morning.
AT_LEAST = timedelta(minutes=30)


@dataclass(frozen=True)
class HalfDay:
    """`number` counts from 0 in the session; instants are aware."""

    number: int
    on: date
    is_morning: bool
    starts_at: datetime
    ends_at: datetime

    @property
    def words(self) -> str:
        """« jeudi 26 novembre, matin »."""
        part = _("matin") if self.is_morning else _("après-midi")
        return _("%(day)s, %(part)s") % {"day": day(self.on), "part": part}


def half_days(starts_at: datetime, ends_at: datetime, zone: str) -> list[HalfDay]:
    """At least one. Raises `ZoneInfoNotFoundError` for a zone that does not exist."""
    there = ZoneInfo(zone)
    first, last = starts_at.astimezone(there).date(), ends_at.astimezone(there).date()
    found: list[tuple[date, bool, datetime, datetime]] = []
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        midnight = datetime.combine(on, time(), tzinfo=there)
        noon = datetime.combine(on, NOON, tzinfo=there)
        following = datetime.combine(on + timedelta(days=1), time(), tzinfo=there)
        for begins, ends in ((midnight, noon), (noon, following)):
            begins, ends = max(begins, starts_at), min(ends, ends_at)
            if ends > begins:
                found.append((on, begins.astimezone(there).time() < NOON, begins, ends))
    long_enough = [one for one in found if one[3] - one[2] >= AT_LEAST]
    kept = long_enough or [max(found, key=lambda one: one[3] - one[2])]
    return [HalfDay(number, *one) for number, one in enumerate(kept)]


def half_day_at(parts: list[HalfDay], moment: datetime) -> HalfDay:
    """The one that a moment belongs to: the last that has begun, else the first."""
    return [part for part in parts if part.starts_at <= moment][-1:][0] if moment >= parts[0].starts_at else parts[0]
