"""Laws of small numbers: what is told, added and subtracted in any way, speaks of nobody or of enough people."""

from collections.abc import Iterable
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.masking import ENOUGH, Fact, Line, lines_to_show


def subsets(lines: Iterable[Line]) -> list[tuple[Line, ...]]:
    every = list(lines)
    return list(chain.from_iterable(combinations(every, number) for number in range(len(every) + 1)))


def people_of(facts: list[Fact], place: int, lines: Iterable[Line]) -> frozenset[int]:
    named = frozenset().union(*lines)
    return frozenset(fact.person for fact in facts if fact.lines[place] in named)


def prove(facts: list[Fact], shown: list[list[Line]]) -> None:
    """Whatever sums of lines one takes, of one breakdown or of two: when one holds the other, what is left by
    subtracting is nobody, or enough. (Sums of no line and of all lines are among them: each line, and the total.)"""
    sums = [people_of(facts, place, chosen) for place, lines in enumerate(shown) for chosen in subsets(lines)]
    for one in set(sums):
        for other in set(sums):
            if one < other:
                assert len(other - one) >= ENOUGH


# A few cells, with a few people each: lines of one breakdown often hold lines of the other. Each does one thing or two.
CELLS = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("vwxy"), st.integers(1, 8), st.sampled_from([(0,), (1,), (0, 1)])
    ),
    max_size=9,
)
Cell = tuple[str, str, int, tuple[int, ...]]


def facts_of(drawn: list[Cell], *, has_parts: bool) -> list[Fact]:
    numbered = [cell for cell in drawn for _person in range(cell[2])]
    return [
        Fact(person, (category, region), part if has_parts else 0)
        for person, (category, region, _number, parts) in enumerate(numbered)
        for part in parts
    ]


@settings(max_examples=80, deadline=None)
@given(CELLS)
def test_no_sum_nor_difference_of_what_is_told_speaks_of_a_few(drawn: list[Cell]) -> None:
    facts = facts_of(drawn, has_parts=False)
    shown = lines_to_show(facts)
    assert bool(shown) == (sum(number for *_cell, number, _parts in drawn) >= ENOUGH)
    for place, lines in enumerate(shown):
        told = [line for group in lines for line in group]
        assert sorted(told) == sorted({fact.lines[place] for fact in facts})
    prove(facts, shown)


@settings(max_examples=80, deadline=None)
@given(CELLS)
def test_nor_of_a_part_of_it_in_a_second_column(drawn: list[Cell]) -> None:
    """Answered and unanswered, beside the column of all: coarser than it, so that the columns subtract to parts."""
    facts = facts_of(drawn, has_parts=True)
    all_shown = lines_to_show([Fact(one.person, one.lines) for one in facts])
    shown = lines_to_show(facts, parts=2, within=all_shown)
    for place, lines in enumerate(shown):
        assert all(any(coarse >= fine for coarse in lines) for fine in all_shown[place])
    for part in (0, 1):
        prove([fact for fact in facts if fact.part == part], shown)


def of(**numbers: int) -> list[Fact]:
    """People by « category_region »."""
    cells = [tuple(name.split("_")) for name, number in numbers.items() for _ in range(number)]
    return [Fact(person, cell) for person, cell in enumerate(cells)]


def told(facts: list[Fact]) -> list[list[list[str]]]:
    return [sorted(sorted(line) for line in lines) for lines in lines_to_show(facts)]


def test_one_small_line_is_never_left_alone_to_be_subtracted() -> None:
    assert told(of(a_v=9, b_v=6, c_v=2)) == [[["a"], ["b", "c"]], [["v"]]]
    assert told(of(a_v=9, b_v=3, c_v=2)) == [[["a"], ["b", "c"]], [["v"]]]


def test_a_line_of_one_table_is_not_subtracted_from_a_line_of_the_other() -> None:
    # All of b live in w: 7 - 5 would tell that 2 of a do.
    assert told(of(a_v=8, a_w=2, b_w=5, a_x=6)) == [[["a"], ["b"]], [["v"], ["w", "x"]]]


def test_the_same_person_many_times_is_one_person() -> None:
    assert lines_to_show([Fact(1, ("a", "v"))] * 40) == []


def test_too_few_in_all_tell_not_even_how_many() -> None:
    assert (told(of(a_v=4)), told(of(a_v=5)), told([])) == ([], [[["a"]], [["v"]]], [])
