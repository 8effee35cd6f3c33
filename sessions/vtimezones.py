"""VTIMEZONE of an IANA zone, from the system's own rules (RFC 5545, 3.6.5).

Rules that come back every year (« the last Sunday of March at 2:00 ») are written as RRULE, which every calendar
program reads; irregular ones as dates. Local times of an onset are in the offset before it, as the RFC wants them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

YEARS = 12
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Rule(NamedTuple):
    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_daylight: bool


class _Pattern(NamedTuple):
    """« The nth (or the last: -1) weekday of a month at an hour »."""

    month: int
    nth: int
    weekday: int
    hour: int
    minute: int


@lru_cache(maxsize=256)
def vtimezone(name: str, first_year: int) -> Timezone:
    """The zone's rules from the beginning of `first_year` on. Shared: never change what it returns."""
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("tzid", name)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    initial = start.astimezone(zone)
    offset = initial.utcoffset() or timedelta()
    component.add_component(
        _observance(_Rule(offset, offset, initial.tzname() or name, bool(initial.dst())), [datetime(first_year, 1, 1)])  # noqa: DTZ001
    )
    onsets: defaultdict[_Rule, list[datetime]] = defaultdict(list)
    for instant in _transitions(zone, start, start + timedelta(days=366 * YEARS)):
        before, after = (instant - timedelta(seconds=1)).astimezone(zone), instant.astimezone(zone)
        rule = _Rule(
            before.utcoffset() or timedelta(),
            after.utcoffset() or timedelta(),
            after.tzname() or name,
            bool(after.dst()),
        )
        onsets[rule].append((instant + rule.offset_from).replace(tzinfo=None))
    for rule, times in onsets.items():
        component.add_component(_observance(rule, times))
    return component


def _observance(rule: _Rule, onsets: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if rule.is_daylight else TimezoneStandard()
    observance.add("dtstart", onsets[0])
    if len(onsets) > 1:
        if pattern := _pattern(onsets):
            day = f"{pattern.nth}{WEEKDAYS[pattern.weekday]}"
            observance.add("rrule", {"freq": "yearly", "bymonth": pattern.month, "byday": day})
        else:
            observance.add("rdate", onsets[1:])
    observance.add("tzname", rule.name)
    observance.add("tzoffsetfrom", rule.offset_from)
    observance.add("tzoffsetto", rule.offset_to)
    return observance


def _pattern(onsets: list[datetime]) -> _Pattern | None:
    """What the onsets have in common, if they come once a year and fit one pattern."""
    if [onset.year for onset in onsets] != list(range(onsets[0].year, onsets[0].year + len(onsets))):
        return None
    last = {
        _Pattern(o.month, -1, o.weekday(), o.hour, o.minute) for o in onsets if (o + timedelta(days=7)).month != o.month
    }
    if len(last) == 1 and all((o + timedelta(days=7)).month != o.month for o in onsets):
        return last.pop()
    nth = {_Pattern(o.month, (o.day - 1) // 7 + 1, o.weekday(), o.hour, o.minute) for o in onsets}
    return nth.pop() if len(nth) == 1 else None


def _transitions(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants, to the second, at which the zone's offset or name changes."""
    step = timedelta(days=7)
    here = start
    while here < end:
        there = here + step
        if _reading(zone, here) != _reading(zone, there):
            low, high = here, there
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                if _reading(zone, middle) == _reading(zone, low):
                    low = middle
                else:
                    high = middle
            yield high.replace(microsecond=0)
        here = there


def _reading(zone: ZoneInfo, instant: datetime) -> tuple[timedelta | None, str | None]:
    local = instant.astimezone(zone)
    return local.utcoffset(), local.tzname()
