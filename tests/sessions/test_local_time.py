from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.local_time import FRENCH_ZONES, UnclearLocalTime, days_before, resolve, zone_names

ZONES = [*FRENCH_ZONES, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
naive = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31))  # noqa: DTZ001


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-11-26T14:00", "Europe/Paris", "2026-11-26T13:00+00:00"),
        ("2027-03-27T14:00", "Europe/Paris", "2027-03-27T13:00+00:00"),
        ("2027-03-28T14:00", "Europe/Paris", "2027-03-28T12:00+00:00"),
        ("2026-10-24T14:00", "Europe/Paris", "2026-10-24T12:00+00:00"),
        ("2026-10-25T14:00", "Europe/Paris", "2026-10-25T13:00+00:00"),
        ("2027-10-31T14:00", "Europe/Paris", "2027-10-31T13:00+00:00"),
        ("2027-03-28T02:30", "Indian/Reunion", "2027-03-27T22:30+00:00"),
        ("2027-07-01T09:00", "America/Cayenne", "2027-07-01T12:00+00:00"),
    ],
)
def test_resolve_reads_the_clocks_of_the_zone(text: str, zone: str, instant: str) -> None:
    assert resolve(local(text), zone) == datetime.fromisoformat(instant)


def test_resolve_refuses_an_hour_that_summer_time_skips() -> None:
    with pytest.raises(UnclearLocalTime) as caught:
        resolve(local("2027-03-28T02:30"), "Europe/Paris")
    assert str(caught.value) == (
        "Le dimanche 28\xa0mars\xa02027, il n’est jamais 2\xa0h\xa030 (heure de Paris)\xa0: l’horloge avance d’une "
        "heure cette nuit-là. Choisissez une autre heure."
    )


@pytest.mark.parametrize("text", ["2026-10-25T02:30", "2027-10-31T02:00"])
def test_resolve_refuses_an_hour_that_winter_time_repeats(text: str) -> None:
    with pytest.raises(UnclearLocalTime, match="deux fois"):
        resolve(local(text), "Europe/Paris")


@pytest.mark.parametrize(
    ("starts_at", "zone", "due_at"),
    [
        # To summer time: 23 hours before; to winter time: 25; a plain day: 24.
        ("2027-03-28T12:00+00:00", "Europe/Paris", "2027-03-27T13:00+00:00"),
        ("2026-10-25T13:00+00:00", "Europe/Paris", "2026-10-24T12:00+00:00"),
        ("2027-10-31T13:00+00:00", "Europe/Paris", "2027-10-30T12:00+00:00"),
        ("2027-03-28T12:00+00:00", "Indian/Reunion", "2027-03-27T12:00+00:00"),
        # 2:30 on the day after the change: 2:30 did not exist the day before (then 3:30 was shown instead).
        ("2027-03-29T00:30+00:00", "Europe/Paris", "2027-03-28T01:30+00:00"),
        # 2:30 on the day after the other change: 2:30 came twice the day before, the first one counts.
        ("2026-10-26T01:30+00:00", "Europe/Paris", "2026-10-25T00:30+00:00"),
    ],
)
def test_day_before_is_the_same_local_hour(starts_at: str, zone: str, due_at: str) -> None:
    assert days_before(datetime.fromisoformat(starts_at), zone) == datetime.fromisoformat(due_at)


@pytest.mark.parametrize(
    ("instant", "days", "later"),
    [
        # From winter to summer time; then 2:30, skipped and repeated on the day of the change.
        ("2027-03-03T08:30+00:00", 120, "2027-07-01T07:30+00:00"),
        ("2027-03-21T01:30+00:00", 7, "2027-03-28T01:30+00:00"),
        ("2027-10-24T00:30+00:00", 7, "2027-10-31T00:30+00:00"),
    ],
)
def test_days_after_is_the_same_local_hour(instant: str, days: int, later: str) -> None:
    assert days_before(datetime.fromisoformat(instant), "Europe/Paris", -days) == datetime.fromisoformat(later)


def test_the_zones_are_read_from_the_disk_in_one_place() -> None:
    rooms = (Path(__file__).parents[2] / name for name in ("peerhub", "sessions", "forums", "mentoring"))
    found = [path for room in rooms for path in room.rglob("*.py") if "available_timezones" in path.read_text("utf-8")]
    assert [path.name for path in found] == ["time_zones.py"]


@given(moment=naive, zone=st.sampled_from(ZONES))
def test_resolve_is_the_inverse_of_reading_a_clock(moment: datetime, zone: str) -> None:
    try:
        instant = resolve(moment, zone)
    except UnclearLocalTime:
        readings = {moment.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}
        assert len(readings) == 2
        return
    assert instant.tzinfo is UTC
    assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment


@given(moment=naive, zone=st.sampled_from(ZONES))
def test_day_before_is_earlier_by_about_a_day(moment: datetime, zone: str) -> None:
    instant = moment.replace(tzinfo=UTC)
    assert timedelta(hours=22, minutes=30) <= instant - days_before(instant, zone) <= timedelta(hours=25, minutes=30)


def test_zone_names_offer_the_french_ones_first_and_each_once() -> None:
    assert zone_names()[: len(FRENCH_ZONES)] == FRENCH_ZONES
    assert len(set(zone_names())) == len(zone_names())
