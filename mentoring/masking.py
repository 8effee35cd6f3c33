"""Numbers of people that tell of nobody: which lines of a report may be shown, and which must be told together.

Pure. A report counts facts, each of one person, by several breakdowns (category, région) with a total. Each line that
is shown speaks of ENOUGH people at least; so does what is left when lines are subtracted from each other or from the
total:

- within a breakdown, lines with fewer people are told together, with the next smallest ones where they are still too
  few: the lines are then a partition of the people, and a sum or difference of them is a union of lines;
- between breakdowns, when all the people of some lines of one stand in some lines of the other, the difference is told
  by subtraction: then lines of the latter are told together until what is left is nobody, or enough. It suffices to
  look at each set of lines of one breakdown and at the smallest set of lines of the other that holds it: every
  difference of sums that counts people is a sum of such remainders (the matrix of lines by people is totally
  unimodular).

Where facts have parts (answered or not), each part of each line has ENOUGH people.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

ENOUGH = 5

Line = frozenset[str]


@dataclass(frozen=True)
class Fact:
    """Something that one person did: its line in each breakdown, and its part."""

    person: int
    lines: tuple[str, ...]
    part: int = 0


def lines_to_show(
    facts: Sequence[Fact], *, parts: int = 1, within: Sequence[Sequence[Line]] | None = None
) -> list[list[Line]]:
    """For each breakdown, the sets of lines that are told together, each line in one of them; empty when not even the
    total may be told. Each person stands in one line of each breakdown. `within`: what another column of the same
    facts tells together already; it stays together here."""
    if not facts or not _is_safe(facts, parts):
        return []
    shown = []
    for place in range(len(facts[0].lines)):
        apart = [frozenset([line]) for line in {fact.lines[place] for fact in facts}]
        shown.append(_told_together(facts, place, _merged(apart, within[place] if within else ()), parts))
    for second in range(1, len(shown)):
        for first in range(second):
            while len(shown[second]) > 1 and _leaves_too_few(facts, (first, shown[first]), (second, shown[second])):
                shown[second] = _coarser(facts, second, shown[second])
    return shown


def _merged(apart: Iterable[Line], together: Iterable[Line]) -> list[Line]:
    lines = set(apart)
    for group in together:
        inside = {line for line in lines if line <= group}
        if inside:
            lines = (lines - inside) | {frozenset().union(*inside)}
    return list(lines)


def _told_together(facts: Sequence[Fact], place: int, lines: Sequence[Line], parts: int) -> list[Line]:
    """Those that are safe, and the others as one, with the smallest safe ones as long as it is not."""
    ordered = _by_size(facts, place, lines)
    safe = [line for line in ordered if _is_safe(_of(facts, place, line), parts)]
    others = [line for line in ordered if line not in safe]
    if not others:
        return ordered
    one: Line = frozenset().union(*others)
    while safe and not _is_safe(_of(facts, place, one), parts):
        one |= safe.pop(0)
    return [*safe, one]


def _coarser(facts: Sequence[Fact], place: int, lines: Sequence[Line]) -> list[Line]:
    """With the smallest line told together with what is already, else with the next smallest."""
    ordered = _by_size(facts, place, lines)
    together = next((line for line in ordered if len(line) > 1), ordered[0])
    smallest = next(line for line in ordered if line != together)
    return [*(line for line in ordered if line not in {together, smallest}), together | smallest]


def _leaves_too_few(facts: Sequence[Fact], one: tuple[int, Sequence[Line]], other: tuple[int, Sequence[Line]]) -> bool:
    """Whether some lines of the one, taken from the lines of the other that hold all their people, leave a few people;
    in any part."""
    for part in {fact.part for fact in facts}:
        cells: dict[tuple[Line, Line], set[int]] = defaultdict(set)
        for fact in facts:
            if fact.part == part:
                cells[_line_of(fact, *one), _line_of(fact, *other)].add(fact.person)
        if _has_small_rest(cells):
            return True
    return False


def _has_small_rest(cells: dict[tuple[Line, Line], set[int]]) -> bool:
    mine = {line for line, _other in cells}
    for number in range(1, len(mine)):
        for chosen in combinations(sorted(mine, key=sorted), number):
            held_by = {other for line, other in cells if line in chosen}
            rest = [people for (line, other), people in cells.items() if other in held_by and line not in chosen]
            if 0 < len(set().union(*rest)) < ENOUGH:
                return True
    return False


def _line_of(fact: Fact, place: int, lines: Sequence[Line]) -> Line:
    return next(line for line in lines if fact.lines[place] in line)


def _of(facts: Iterable[Fact], place: int, line: Line) -> list[Fact]:
    return [fact for fact in facts if fact.lines[place] in line]


def _is_safe(facts: Iterable[Fact], parts: int) -> bool:
    people: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        people[fact.part].add(fact.person)
    return all(len(people[part]) >= ENOUGH for part in range(parts))


def _by_size(facts: Sequence[Fact], place: int, lines: Iterable[Line]) -> list[Line]:
    """The fewest people first; then by name, so that the same facts are told in the same way."""
    return sorted(lines, key=lambda line: (len({fact.person for fact in _of(facts, place, line)}), sorted(line)))
