"""Where the sessions of a week stand on a grid of days and quarter hours: clocks and columns, nothing else.

Hours are those of the clocks, on days of 24 hours: in the nights when they change, an hour that comes twice is one row,
and one that is skipped is an empty one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

QUARTER = 15
ROWS_A_DAY = 24 * 60 // QUARTER
# As little as can be read, and pressed with a thumb: half an hour.
LEAST_ROWS = 2


class Span(NamedTuple):
    """The rows that a session takes in its day, the last one excluded."""

    first: int
    last: int


class Placed(NamedTuple):
    """`number` is that of the session among those that were given; `is_alone`: nothing else is at that time, and it may
    take the whole width."""

    number: int
    span: Span
    lane: int
    is_alone: bool


def last_day(starts_at: datetime, ends_at: datetime) -> date:
    """The last day of a session, on the clocks of these (local) moments: what ends at midnight ends the day before."""
    return max(starts_at.date(), (ends_at.replace(tzinfo=None) - timedelta(microseconds=1)).date())


def span_of(starts_at: datetime, ends_at: datetime) -> Span:
    """Of a session of one day, on these (local) clocks."""
    first = min((starts_at.hour * 60 + starts_at.minute) // QUARTER, ROWS_A_DAY - LEAST_ROWS)
    minutes = ends_at.hour * 60 + ends_at.minute
    last = ROWS_A_DAY if ends_at.date() > starts_at.date() else -(-minutes // QUARTER)
    return Span(first, min(max(last, first + LEAST_ROWS), ROWS_A_DAY))


def place(spans: Sequence[Span]) -> list[Placed]:
    """Side by side where they overlap: each takes the first lane that is free when it begins; as few lanes as there are
    sessions at one time."""
    free_from: list[int] = []
    placed = []
    for index in sorted(range(len(spans)), key=lambda one: (spans[one].first, -spans[one].last, one)):
        span = spans[index]
        lane = next((number for number, free in enumerate(free_from) if free <= span.first), len(free_from))
        free_from[lane : lane + 1] = [span.last]
        is_alone = not any(
            other.first < span.last and span.first < other.last for number, other in enumerate(spans) if number != index
        )
        placed.append(Placed(index, span, lane, is_alone))
    return placed


def hours_shown(spans: Sequence[Span], least: tuple[int, int] = (9, 18)) -> tuple[int, int]:
    """From which hour to which, whole ones: a day of work, and what goes beyond it."""
    an_hour = 60 // QUARTER
    first = min([least[0], *(span.first // an_hour for span in spans)])
    last = max([least[1], *(-(-span.last // an_hour) for span in spans)])
    return first, last
