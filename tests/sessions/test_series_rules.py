"""Rules of repetition: their dates on the clocks of a zone, and their words."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.local_time import FRENCH_ZONES
from sessions.recurrence import (
    LAST,
    MOST,
    Frequency,
    Rule,
    instant,
    local_dates,
    local_of,
    monthly_on_day,
    monthly_on_weekday,
    parse,
    sentence,
    shifted,
    weekly,
)

ZONES = [*FRENCH_ZONES, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
hours = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)).map(  # noqa: DTZ001
    lambda one: one.replace(second=0, microsecond=0)
)


@st.composite
def rules(draw: st.DrawFn, first: date) -> Rule:
    ends = draw(
        st.one_of(
            st.integers(2, MOST).map(lambda n: {"count": n}),
            st.integers(40, 400).map(lambda n: {"until": first + timedelta(days=n)}),
        )
    )
    kind = draw(st.sampled_from(["weekly", "fortnightly", "days", "nth", "last", "day"]))
    if kind in {"nth", "last"}:
        return monthly_on_weekday(first, is_last=kind == "last", **ends)
    if kind == "day":
        return monthly_on_day(first, **ends)
    chosen = draw(st.sets(st.integers(0, 6), min_size=1)) if kind == "days" else {first.weekday()}
    return weekly(chosen, every=2 if kind == "fortnightly" else 1, **ends)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), first=days)
def test_a_rule_is_read_as_it_was_written(data: st.DataObject, first: date) -> None:
    rule = data.draw(rules(first))
    assert parse(rule.text) == rule
    assert parse(rule.text).text == rule.text


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), first=hours, zone=st.sampled_from(ZONES))
def test_each_date_is_at_the_same_hour_of_the_zone(data: st.DataObject, first: datetime, zone: str) -> None:
    rule = data.draw(rules(first.date()))
    dates = local_dates(rule, first)
    assert {one.time() for one in dates} <= {first.time()}
    moments = [instant(one, zone) for one in dates]
    assert moments == sorted(set(moments))
    for local, moment in zip(dates, moments, strict=True):
        shown = local_of(moment, zone)
        if shown != local:
            # The clocks skip this hour: the same distance after the gap.
            before = (moment - timedelta(hours=3)).astimezone(ZoneInfo(zone)).utcoffset()
            after = moment.astimezone(ZoneInfo(zone)).utcoffset()
            assert before is not None
            assert after is not None
            assert shown - local == after - before > timedelta()
        else:
            # Of an hour that they repeat, the first: no earlier moment shows it.
            assert local_of(moment - timedelta(hours=1), zone) != local
            assert local_of(moment - timedelta(minutes=30), zone) != local


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), first=hours)
def test_each_date_keeps_the_law_of_its_rule(data: st.DataObject, first: datetime) -> None:
    rule = data.draw(rules(first.date()))
    dates = [one.date() for one in local_dates(rule, first)]
    assert all(first.date() <= one for one in dates)
    if rule.until:
        assert all(one <= rule.until for one in dates)
    else:
        assert len(dates) == rule.count
    if rule.month_day:
        assert {one.day for one in dates} <= {rule.month_day}
    else:
        assert {one.weekday() for one in dates} <= set(rule.weekdays)
    if rule.nth == LAST:
        assert all((one + timedelta(days=7)).month != one.month for one in dates)
    elif rule.nth:
        assert {(one.day - 1) // 7 + 1 for one in dates} <= {rule.nth}
    if rule.frequency == Frequency.MONTHLY:
        assert len({(one.year, one.month) for one in dates}) == len(dates)
    elif len(rule.weekdays) == 1:
        gaps = {later - earlier for earlier, later in pairwise(dates)}
        assert gaps <= {timedelta(weeks=rule.interval)}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), first=hours, by=st.integers(-40, 40))
def test_a_weekly_rule_moves_as_a_whole(data: st.DataObject, first: datetime, by: int) -> None:
    count = data.draw(st.integers(2, MOST))
    every = data.draw(st.sampled_from([1, 2]))
    rule = weekly([first.weekday()], every=every, count=count)
    moved = shifted(rule, first.date(), by)
    there = first + timedelta(days=by)
    assert local_dates(moved, there) == [one + timedelta(days=by) for one in local_dates(rule, first)]


@pytest.mark.parametrize(
    ("first", "zone", "expected"),
    [
        # From winter to summer time, and back: 14:00 stays 14:00.
        ("2027-03-23T14:00", "Europe/Paris", ["2027-03-23T13:00", "2027-03-30T12:00", "2027-04-06T12:00"]),
        ("2027-10-26T14:00", "Europe/Paris", ["2027-10-26T12:00", "2027-11-02T13:00", "2027-11-09T13:00"]),
        # 2:30 is skipped on 28 March 2027, and comes twice on 31 October.
        ("2027-03-21T02:30", "Europe/Paris", ["2027-03-21T01:30", "2027-03-28T01:30", "2027-04-04T00:30"]),
        ("2027-10-24T02:30", "Europe/Paris", ["2027-10-24T00:30", "2027-10-31T00:30", "2027-11-07T01:30"]),
        # The clocks of Réunion never change.
        ("2027-03-23T14:00", "Indian/Reunion", ["2027-03-23T10:00", "2027-03-30T10:00", "2027-04-06T10:00"]),
    ],
)
def test_the_hour_stays_when_the_clocks_change(first: str, zone: str, expected: list[str]) -> None:
    local = datetime.fromisoformat(first)
    moments = [instant(one, zone) for one in local_dates(weekly([local.weekday()], count=3), local)]
    assert moments == [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in expected]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            weekly([1], every=2, until=date(2027, 3, 3)),
            "toutes les deux semaines, le mardi, jusqu’au 3\xa0mars\xa02027",
        ),
        (weekly([1], count=12), "chaque semaine, le mardi, 12 fois"),
        (weekly([3, 0], count=4), "chaque semaine, le lundi et le jeudi, 4 fois"),
        (monthly_on_weekday(date(2027, 1, 12), count=3), "chaque mois, le deuxième mardi, 3 fois"),
        (monthly_on_weekday(date(2027, 1, 26), is_last=True, count=3), "chaque mois, le dernier mardi, 3 fois"),
        # The fifth of a month is its last.
        (monthly_on_weekday(date(2027, 3, 30), count=3), "chaque mois, le dernier mardi, 3 fois"),
        (monthly_on_day(date(2027, 1, 1), until=date(2027, 6, 1)), "chaque mois, le 1er, jusqu’au 1er\xa0juin\xa02027"),
        (monthly_on_day(date(2027, 1, 15), count=2), "chaque mois, le 15, 2 fois"),
    ],
)
def test_a_rule_is_said_in_a_sentence(rule: Rule, words: str) -> None:
    assert sentence(rule) == words


def test_months_without_the_day_are_left_out() -> None:
    dates = local_dates(monthly_on_day(date(2027, 1, 31), count=4), datetime(2027, 1, 31, 9))  # noqa: DTZ001
    assert [(one.month, one.day) for one in dates] == [(1, 31), (3, 31), (5, 31), (7, 31)]


@pytest.mark.parametrize("text", ["FREQ=DAILY;COUNT=2", "FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=1MO,2TU;COUNT=2"])
def test_other_rules_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text)
