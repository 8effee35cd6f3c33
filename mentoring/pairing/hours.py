"""When people are free, as instants that can be compared across time zones.

A person says weekly hours on their own clock; a meeting is one instant for all. A `Span` of days is cut into quarters
of an hour, and « free » is a set of quarters, held as the bits of one integer: what two people share is `a & b`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
QUARTERS_A_DAY = 96


@dataclass(frozen=True)
class Slot:
    """Free every week, from one hour to another of the same day."""

    weekday: int  # 0 Monday … 6 Sunday
    starts: time
    ends: time


@dataclass
class Span:
    """The days in which a meeting may be: `days` times 24 hours from a first instant, which is rounded up to a quarter.

    A quarter is free when the local clock, at its beginning and until its end, is within a slot: where a clock change
    skips an hour there is nothing of that hour, where it repeats one both are free.
    """

    first: datetime
    days: int

    def __post_init__(self) -> None:
        moment = self.first.astimezone(UTC)
        over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
        self.first = moment if not over else moment - over + QUARTER
        self._local: dict[str, dict[date, list[tuple[int, int]]]] = {}
        self._free: dict[tuple[str, Slot], int] = {}

    @cached_property
    def end(self) -> datetime:
        return self.first + timedelta(days=self.days)

    def free(self, slots: Iterable[Slot], zone: str) -> int:
        """The quarters of all these slots of somebody who lives in a zone."""
        found = 0
        for slot in slots:
            key = (zone, slot)
            if key not in self._free:
                self._free[key] = self._quarters(slot, zone)
            found |= self._free[key]
        return found

    def of_days(self, first: date, last: date, zone: str) -> int:
        """Every quarter of these local days, both included."""
        quarters = self._days(zone)
        return sum(1 << bit for day, own in quarters.items() if first <= day <= last for _minute, bit in own)

    def between(self, starts_at: datetime, ends_at: datetime) -> int:
        """Every quarter that touches this while."""
        first = max(0, (starts_at - self.first) // QUARTER)
        last = min(self.days * QUARTERS_A_DAY, -((self.first - ends_at) // QUARTER))
        return ((1 << last) - 1) >> first << first if last > first else 0

    def at(self, bit: int) -> datetime:
        return self.first + bit * QUARTER

    def _quarters(self, slot: Slot, zone: str) -> int:
        starts, ends = _minutes(slot.starts), _minutes(slot.ends)
        found = 0
        for day, quarters in self._days(zone).items():
            if day.weekday() == slot.weekday:
                found |= sum(1 << bit for minute, bit in quarters if starts <= minute and minute + 15 <= ends)
        return found

    def _days(self, zone: str) -> dict[date, list[tuple[int, int]]]:
        """By local day, the quarters: minutes since local midnight, and bit."""
        if zone not in self._local:
            days: dict[date, list[tuple[int, int]]] = {}
            clock = ZoneInfo(zone)
            for bit in range(self.days * QUARTERS_A_DAY):
                local = self.at(bit).astimezone(clock)
                days.setdefault(local.date(), []).append((local.hour * 60 + local.minute, bit))
            self._local[zone] = days
        return self._local[zone]


def starts_of(free: int, minutes: int) -> int:
    """The quarters at which a meeting that long may begin."""
    found = free
    for later in range(1, -(-minutes // 15)):
        found &= free >> later
    return found


def each(bits: int) -> Iterable[int]:
    """The positions of what is set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute
