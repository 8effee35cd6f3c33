"""The laws of hours: what holds on every date, in every zone, whatever the clocks do in between."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from peerhub.people.models import ActorCategory
from sessions.enums import DayPattern
from sessions.local_time import FRENCH_ZONES, UnclearLocalTime, days_before, resolve
from sessions.models import PeerSession
from sessions.services.peer_days import AFTERNOON, AGORA, MORNING, proposed_slots
from sessions.services.reminders import DAY_BEFORE, due_at

ZONES = [*FRENCH_ZONES, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
# Most dates are far from a change of the clocks: those of Europe and of America are drawn as often as all others.
CHANGES = [date(2026, 10, 25), date(2027, 3, 14), date(2027, 3, 28), date(2027, 10, 31), date(2027, 11, 7)]
days = st.dates(date(2026, 1, 1), date(2029, 12, 31)) | st.builds(
    lambda change, days: change + timedelta(days=days), st.sampled_from(CHANGES), st.integers(-1, 8)
)
hours = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
zones = st.just("Europe/Paris") | st.sampled_from(ZONES)
nights = st.builds(lambda change, days: change + timedelta(days=days), st.sampled_from(CHANGES), st.integers(0, 1))


def is_clear(local: datetime, zone: str) -> bool:
    """Whether the clocks of the zone show it, and once."""
    try:
        resolve(local, zone)
    except UnclearLocalTime:
        return False
    return True


def on_the_clock(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@settings(max_examples=50)
@given(days, hours, zones, st.integers(1, 30))
def test_a_reminder_of_whole_days_comes_at_the_hour_of_the_session(day: date, hour: time, zone: str, n: int) -> None:
    starts = datetime.combine(day, hour)
    if not is_clear(starts, zone):
        return
    session = PeerSession(starts_at=resolve(starts, zone), time_zone=zone)
    due, wanted = on_the_clock(due_at(session, n * DAY_BEFORE), zone), starts - timedelta(days=n)
    if is_clear(wanted, zone):
        assert due == wanted
    else:  # skipped on that day, or there twice: within the hour, on the same day
        assert wanted <= due <= wanted + timedelta(hours=1)


@settings(max_examples=50)
@given(days | nights, hours, zones, st.integers(1, 1439))
def test_a_reminder_of_minutes_comes_so_many_minutes_before(day: date, hour: time, zone: str, minutes: int) -> None:
    starts = datetime.combine(day, hour)
    if is_clear(starts, zone):
        session = PeerSession(starts_at=resolve(starts, zone), time_zone=zone)
        assert session.starts_at - due_at(session, minutes) == timedelta(minutes=minutes)


@settings(max_examples=50)
@given(days, hours, zones, st.integers(-200, 200))
def test_to_another_day_and_back_is_the_same_hour(day: date, hour: time, zone: str, n: int) -> None:
    here, there = datetime.combine(day, hour), datetime.combine(day - timedelta(days=n), hour)
    if is_clear(here, zone) and is_clear(there, zone):
        instant = resolve(here, zone)
        moved = days_before(instant, zone, n)
        assert on_the_clock(moved, zone) == there
        assert days_before(moved, zone, -n) == instant


@settings(max_examples=50)
@given(days, zones, st.integers(1, 7), st.sampled_from([DayPattern.PARALLEL, DayPattern.SUCCESSIVE]))
def test_a_day_is_proposed_at_the_same_hours_on_every_clock(day: date, zone: str, n: int, pattern: str) -> None:
    categories = [ActorCategory(pk=number, slug=f"c{number}") for number in range(n)]
    *groups, agora = proposed_slots(on=day, pattern=pattern, categories=categories, time_zone=zone)
    assert [slot.category for slot in groups] == categories
    assert agora.category is None
    clocks = [(on_the_clock(slot.starts_at, zone), on_the_clock(slot.ends_at, zone)) for slot in groups]
    halves = [(begins.time(), ends.time()) for begins, ends in clocks]
    if pattern == DayPattern.PARALLEL:
        assert halves == [MORNING] * n
    else:
        assert halves == [(MORNING, AFTERNOON)[number % 2] for number in range(n)]
        assert all(one.ends_at <= next_one.starts_at for one, next_one in pairwise(groups))
    assert (on_the_clock(agora.starts_at, zone).time(), on_the_clock(agora.ends_at, zone).time()) == AGORA
    assert max(slot.ends_at for slot in groups) <= agora.starts_at
    assert clocks[0][0].date() == day
    assert all(slot.starts_at.tzinfo is UTC for slot in [*groups, agora])
