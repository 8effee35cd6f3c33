"""Drawing introductions, which is pure: what always holds, and that nothing better is possible."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.pairing.couples import NOBODY, couple
from mentoring.pairing.drawing import Drawing, Person, draw, may_meet
from mentoring.pairing.hours import QUARTER, Slot, Span, each, starts_of

FIRST = datetime.fromisoformat("2026-01-01")
FEW = settings(max_examples=25, deadline=None)
PARIS, REUNION = "Europe/Paris", "Indian/Reunion"
ZONES = (PARIS, REUNION, "America/Cayenne", "Pacific/Noumea", "Pacific/Marquesas")


@st.composite
def people(draw_: st.DrawFn, *, threes: bool, most: int = 9) -> list[Person]:
    """A few people, among whom many may not meet: then it is not easy."""
    number = draw_(st.integers(0, most))
    keys = st.integers(1, most)
    return [
        Person(
            key=key,
            starts=draw_(st.integers(0, 15)),
            own=(own := frozenset(draw_(st.lists(st.sampled_from("abc"), max_size=1)))),
            within=own | frozenset(draw_(st.lists(st.sampled_from("abcd"), max_size=1))),
            languages=frozenset(draw_(st.sampled_from([["fr"], ["fr"], ["en"], ["fr", "en"]]))),
            never=frozenset(draw_(st.lists(keys, max_size=2))) - {key},
            takes_three=threes and draw_(st.booleans()),
            waits=draw_(st.booleans()),
        )
        for key in range(1, number + 1)
    ]


def check(found: Drawing, everyone: list[Person]) -> dict[int, Person]:
    """What holds of any drawing."""
    by_key = {one.key: one for one in everyone}
    seated = [key for meeting in found.meetings for key in meeting.people]
    assert sorted([*seated, *found.left_out]) == sorted(by_key)
    for meeting in found.meetings:
        members = [by_key[key] for key in meeting.people]
        assert len(members) in {2, 3}
        assert all(may_meet(one, other) for one, other in combinations(members, 2))
        assert len(members) == 2 or all(one.takes_three for one in members)
        assert frozenset.intersection(*(one.languages for one in members))
        shared = ~0
        for one in members:
            shared &= one.starts
        assert meeting.starts == shared != 0
    return by_key


def couplings(edges: list[tuple[int, int]]) -> Iterator[frozenset[int]]:
    """Who is covered, for every way of coupling."""
    yield frozenset()
    for place, edge in enumerate(edges):
        rest = [other for other in edges[place + 1 :] if not set(edge) & set(other)]
        yield from (covered | set(edge) for covered in couplings(rest))


@FEW
@given(people(threes=False, most=8), st.integers(0, 2**31))
def test_of_twos_nothing_better_is_possible(everyone: list[Person], seed: int) -> None:
    found = draw(everyone, seed)
    check(found, everyone)
    edges = [(one.key, other.key) for one, other in combinations(everyone, 2) if may_meet(one, other)]
    possible = list(couplings(edges))
    waiting = {one.key for one in everyone if one.waits}
    covered = {key for meeting in found.meetings for key in meeting.people}
    assert len(covered) == max(len(one) for one in possible)
    assert len(covered & waiting) == max(len(one & waiting) for one in possible)


@FEW
@given(people(threes=True), st.integers(0, 2**31))
def test_nobody_is_left_out_who_could_sit_down(everyone: list[Person], seed: int) -> None:
    found = draw(everyone, seed)
    by_key = check(found, everyone)

    def sit(*keys: int) -> bool:
        members = [by_key[key] for key in keys]
        return all(may_meet(one, other) for one, other in combinations(members, 2)) and (
            len(members) == 2
            or (
                all(one.takes_three for one in members)
                and bool(members[0].starts & members[1].starts & members[2].starts)
                and bool(members[0].languages & members[1].languages & members[2].languages)
            )
        )

    assert not any(sit(one, other) for one, other in combinations(found.left_out, 2))
    for out in found.left_out:
        for meeting in found.meetings:
            assert len(meeting.people) == 3 or not sit(out, *meeting.people)
            for leaver in meeting.people if by_key[out].waits else ():
                assert by_key[leaver].waits or not sit(out, *(set(meeting.people) - {leaver}))


@FEW
@given(people(threes=True), st.integers(0, 2**31), st.randoms(use_true_random=False))
def test_the_seed_alone_decides(everyone: list[Person], seed: int, dice: Random) -> None:
    shuffled = list(everyone)
    dice.shuffle(shuffled)
    assert draw(everyone, seed) == draw(shuffled, seed)


@FEW
@given(st.integers(0, 9), st.data())
def test_couples_are_the_best_set_there_is(size: int, data: st.DataObject) -> None:
    """Of any graph: of each rank and those above it as many are covered as by any coupling, and as many in all."""
    edges = [edge for edge in combinations(range(size), 2) if data.draw(st.integers(0, 2)) == 0]
    ranks = sorted(data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)))
    adjacent = [0] * size
    for one, other in edges:
        adjacent[one] |= 1 << other
        adjacent[other] |= 1 << one
    mates = couple(adjacent, ranks)
    covered = [vertex for vertex, mate in enumerate(mates) if mate != NOBODY]
    assert all(mates[mates[vertex]] == vertex and adjacent[vertex] >> mates[vertex] & 1 for vertex in covered)
    possible = list(couplings(edges))
    for rank in ranks:
        counted = [sum(1 for vertex in one if ranks[vertex] <= rank) for one in (covered, *possible)]
        assert counted[0] == max(counted)


def test_of_three_tables_of_people_who_would_be_three_two_are_made() -> None:
    everyone = [Person(key, 1, own=frozenset({f"t{key}"}), takes_three=True) for key in range(1, 7)]
    assert [len(one.people) for one in draw(everyone, 1).meetings] == [3, 3]
    assert [len(one.people) for one in draw(everyone[:5], 1).meetings] in ([2, 3], [3, 2])
    assert [len(one.people) for one in draw(everyone[:4], 1).meetings] == [2, 2]


def test_whoever_wishes_two_makes_one_of_three_move() -> None:
    """Five may sit when the one who would be three gives up a place to who would not."""
    alone = Person(5, 1, never=frozenset({2, 3, 4}))
    everyone = [*(Person(key, 1, takes_three=True) for key in (1, 2, 3, 4)), alone]
    found = draw(everyone, 3)
    assert found.left_out == ()
    assert (1, 5) in [one.people for one in found.meetings]


# --- Hours ----------------------------------------------------------------------------------------------------------


@FEW
@given(
    st.datetimes(FIRST, FIRST + timedelta(days=700)),
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 8)), max_size=3),
    st.sampled_from([15, 30, 45, 60]),
)
def test_a_meeting_is_within_the_hours_of_the_local_clock(
    first: datetime, zone: str, wanted: list[tuple[int, int, int]], minutes: int
) -> None:
    """Every start that is said, and no other, is one where all of the meeting is within a slot on the local clock."""
    slots = [Slot(day, time(hour), time(min(hour + length, 23))) for day, hour, length in wanted if hour < 23]
    span = Span(first.replace(tzinfo=UTC), 8)
    clock = ZoneInfo(zone)

    def is_free(instant: datetime) -> bool:
        local = instant.astimezone(clock)
        minute = local.hour * 60 + local.minute
        return any(
            local.weekday() == slot.weekday and slot.starts.hour * 60 <= minute and minute + 15 <= slot.ends.hour * 60
            for slot in slots
        )

    found = set(each(starts_of(span.free(slots, zone), minutes)))
    quarters = [is_free(span.at(bit)) for bit in range(8 * 96)] + [False] * 4
    assert found == {bit for bit in range(8 * 96) if all(quarters[bit : bit + minutes // 15])}


def shared(first: datetime, days: int, paris: Slot, reunion: Slot) -> list[tuple[str, str]]:
    span = Span(first, days)
    starts = starts_of(span.free([paris], PARIS) & span.free([reunion], REUNION), 45)
    return [
        tuple(f"{span.at(bit).astimezone(ZoneInfo(zone)):%d %H:%M}" for zone in (PARIS, REUNION))  # type: ignore[misc]
        for bit in each(starts)
    ]


def test_paris_and_la_reunion_meet_across_the_change_of_clocks() -> None:
    """On Tuesdays at 11 in Paris it is 14:00 there in winter, and 13:00 in summer: from 29 March 2026 the hour of
    Paris moves for La Réunion, and so does what both share."""
    paris, reunion = Slot(1, time(11), time(12)), Slot(1, time(13), time(15))
    found = shared(datetime(2026, 3, 23, tzinfo=UTC), 14, paris, reunion)
    assert found == [
        ("24 11:00", "24 14:00"),
        ("24 11:15", "24 14:15"),
        ("31 11:00", "31 13:00"),
        ("31 11:15", "31 13:15"),
    ]
    later = Slot(1, time(14), time(15))
    assert shared(datetime(2026, 3, 23, tzinfo=UTC), 14, paris, later) == found[:2]


def test_the_hour_that_is_skipped_holds_no_meeting_and_the_one_repeated_holds_two() -> None:
    night = Slot(6, time(2), time(3))
    spring, autumn = Span(datetime(2026, 3, 28, tzinfo=UTC), 2), Span(datetime(2026, 10, 24, tzinfo=UTC), 2)
    assert spring.free([night], PARIS) == 0
    assert len(list(each(autumn.free([night], PARIS)))) == 8


def test_days_away_and_hours_taken_are_left_out() -> None:
    span = Span(datetime(2026, 6, 1, 7, 52, 30, tzinfo=UTC), 3)
    assert span.first == datetime(2026, 6, 1, 8, tzinfo=UTC)
    away = span.of_days(date(2026, 6, 2), date(2026, 6, 2), REUNION)
    assert (span.at(min(each(away))), span.at(max(each(away)) + 1)) == (
        datetime(2026, 6, 1, 20, tzinfo=UTC),
        datetime(2026, 6, 2, 20, tzinfo=UTC),
    )
    taken = span.between(datetime(2026, 6, 1, 9, 10, tzinfo=UTC), datetime(2026, 6, 1, 9, 31, tzinfo=UTC))
    assert [span.at(bit) for bit in each(taken)] == [
        datetime(2026, 6, 1, 9, tzinfo=UTC) + QUARTER * n for n in range(3)
    ]
    assert span.between(span.first - timedelta(days=2), span.first) == 0
    assert span.between(span.end, span.end + timedelta(days=1)) == 0
