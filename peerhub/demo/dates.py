"""When things happen in the demo: dated from now, by day, never in the future."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from peerhub.demo.texts import SessionText, TopicText

PARIS = ZoneInfo("Europe/Paris")
MORNING, EVENING = 7, 22
# Days on which nobody plans a session (month, day): those of France that do not move, and the end of the year.
HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 24), (12, 25), (12, 31)}
# Recent discussions go on until yesterday or today, however short their text is.
FRESH_DAYS = 10


def post_times(topic: TopicText, now: datetime, dice: random.Random) -> list[datetime]:
    """When each post of a topic was written: in order, by day in Paris, the last one at least minutes ago."""
    latest = now - timedelta(minutes=7)
    opened = now - timedelta(days=topic.days_ago, minutes=dice.randrange(0, 600))
    elapsed, hours = 0.0, []
    for post in topic.posts:
        elapsed += post.hours
        hours.append(elapsed)
    stretch = 1.0
    if topic.days_ago <= FRESH_DAYS and elapsed:
        ends = latest - timedelta(hours=dice.uniform(0.2, 40))
        stretch = max(1.0, (ends - opened) / timedelta(hours=elapsed))
    times: list[datetime] = []
    for after in hours:
        at = _by_day(opened + timedelta(hours=after * stretch, minutes=dice.randrange(0, 25)), latest, dice)
        times.append(max(at, times[-1] + timedelta(minutes=dice.randrange(4, 40))) if times else at)
    return _before(times, latest)


def _by_day(at: datetime, latest: datetime, dice: random.Random) -> datetime:
    """Out of the night: to the next morning, or to the evening before when that has not come yet."""
    local = at.astimezone(PARIS)
    if MORNING <= local.hour < EVENING:
        return at
    minutes = int(dice.triangular(0, 720, 180))
    morning = local.replace(hour=MORNING, minute=20, second=0) + timedelta(days=local.hour >= EVENING, minutes=minutes)
    if morning <= latest:
        return morning.astimezone(UTC)
    minutes %= 150
    evening = local.replace(hour=EVENING - 1, minute=50, second=0) - timedelta(
        days=local.hour < MORNING, minutes=minutes
    )
    return evening.astimezone(UTC)


def _before(times: Sequence[datetime], latest: datetime) -> list[datetime]:
    """Push back what would be too late, keeping the order."""
    kept: list[datetime] = []
    for at in reversed(times):
        limit = kept[-1] - timedelta(minutes=3) if kept else latest
        kept.append(min(at, limit))
    return list(reversed(kept))


def session_span(text: SessionText, now: datetime) -> tuple[datetime, datetime]:
    """When a session begins and ends. « soon » is a little more than an hour away, so that its reminder falls due
    minutes after the demo begins; no other one is on a weekend, save tomorrow's."""
    length = timedelta(minutes=text.duration_minutes)
    if text.moment == "soon":
        start = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=62)
        start += timedelta(minutes=-start.minute % 5)
        return start, start + length
    today = now.astimezone(PARIS).date()
    day = today + timedelta(days=text.days)
    if text.moment != "tomorrow":
        day = _working_day(day, step=1)
        if text.days < 0 and day >= today:
            day = _working_day(day, step=-1, before=today)
    start = datetime(day.year, day.month, day.day, text.hour, text.minute, tzinfo=PARIS).astimezone(UTC)
    return start, start + length


def _working_day(day: date, *, step: int, before: date | None = None) -> date:
    """The day itself, or the next one (`step` -1: the last one) on which people work."""
    while day.weekday() >= 5 or (day.month, day.day) in HOLIDAYS or (before and day >= before):
        day += timedelta(days=step)
    return day
