"""The laws of ranking: what may never happen, whatever people answer."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.enums import PollChoice
from sessions.local_time import UnclearLocalTime
from sessions.poll_ranking import Slot, Voice, rank, shown
from sessions.poll_spans import spans

CATEGORIES = ("elected", "agent", "association", "")
START = datetime(2026, 12, 1, 14, tzinfo=UTC)

voices = st.builds(Voice, st.sampled_from(CATEGORIES), st.sampled_from(PollChoice.values))
quorums = st.dictionaries(st.sampled_from(CATEGORIES[:3]), st.integers(1, 4), max_size=3)


@st.composite
def polls(draw: st.DrawFn) -> list[Slot]:
    rows = draw(st.lists(st.lists(voices, max_size=8), min_size=1, max_size=5))
    return [Slot(number, START + timedelta(days=number), tuple(row)) for number, row in enumerate(rows)]


def place(slots: list[Slot], wanted: dict[str, int], key: int) -> int:
    return [result.key for result in rank(slots, wanted)].index(key)


@settings(max_examples=50)
@given(polls(), quorums, st.data())
def test_one_more_yes_never_ranks_a_slot_lower(slots: list[Slot], wanted: dict[str, int], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(slots))
    said = list(chosen.voices)
    index = data.draw(st.integers(0, len(said)))
    if index < len(said):
        said[index] = Voice(said[index].category, PollChoice.YES)
    else:
        said.append(Voice(data.draw(st.sampled_from(CATEGORIES)), PollChoice.YES))
    after = [Slot(slot.key, slot.starts_at, tuple(said)) if slot is chosen else slot for slot in slots]
    assert place(after, wanted, chosen.key) <= place(slots, wanted, chosen.key)


@settings(max_examples=50)
@given(polls(), quorums, st.randoms(use_true_random=False))
def test_the_order_of_answers_and_of_slots_changes_nothing(
    slots: list[Slot], wanted: dict[str, int], dice: object
) -> None:
    def shuffled(items: list[object]) -> list[object]:
        copy = list(items)
        dice.shuffle(copy)  # type: ignore[attr-defined]
        return copy

    other = [Slot(slot.key, slot.starts_at, tuple(shuffled(list(slot.voices)))) for slot in slots]  # type: ignore[arg-type]
    assert rank(shuffled(list(other)), wanted) == rank(slots, wanted)  # type: ignore[arg-type]


@settings(max_examples=50)
@given(polls(), quorums)
def test_a_slot_that_meets_its_quorum_ranks_before_one_that_does_not(slots: list[Slot], wanted: dict[str, int]) -> None:
    met = [result.is_met for result in rank(slots, wanted)]
    assert met == sorted(met, reverse=True)


@settings(max_examples=50)
@given(polls(), quorums)
def test_met_means_that_each_category_has_enough_who_could_come(slots: list[Slot], wanted: dict[str, int]) -> None:
    by_key = {slot.key: slot for slot in slots}
    for result in rank(slots, wanted):
        could = [voice.category for voice in by_key[result.key].voices if voice.choice != PollChoice.NO]
        assert result.is_met == all(could.count(category) >= number for category, number in wanted.items())
        assert result.missing == sum(max(0, number - could.count(category)) for category, number in wanted.items())


@settings(max_examples=25)
@given(polls(), polls(), quorums)
def test_what_is_hidden_shows_nothing_whatever_was_answered(
    slots: list[Slot], others: list[Slot], wanted: dict[str, int]
) -> None:
    assert shown(slots, wanted, are_shown=False) is shown(others, wanted, are_shown=False) is None
    assert shown(slots, wanted, are_shown=True) == rank(slots, wanted)


ZONES = ("Europe/Paris", "America/Miquelon", "Indian/Reunion", "Pacific/Noumea")


@settings(max_examples=50)
@given(
    st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=6),
    st.sets(st.integers(6, 21), min_size=1, max_size=3),
    st.sampled_from(ZONES),
)
def test_each_hour_is_the_same_on_the_clocks_of_each_day(days: set[date], hours: set[int], zone: str) -> None:
    made = spans(days, [(time(hour), time(hour, 45)) for hour in hours], zone)
    assert len(made) == len(days) * len(hours)
    shown_there = {
        (start.astimezone(ZoneInfo(zone)).date(), start.astimezone(ZoneInfo(zone)).hour) for start, _ in made
    }
    assert shown_there == {(day, hour) for day in days for hour in hours}
    assert all(end - start == timedelta(minutes=45) for start, end in made)


def test_slots_of_a_week_of_daylight_saving_keep_their_hour() -> None:
    made = spans([date(2027, 3, 27), date(2027, 3, 28)], [(time(14), time(16))], "Europe/Paris")
    assert [start.hour for start, _end in made] == [13, 12]


def test_an_hour_that_a_day_does_not_have_is_refused() -> None:
    with pytest.raises(UnclearLocalTime):
        spans([date(2027, 3, 28)], [(time(2, 30), time(4))], "Europe/Paris")
