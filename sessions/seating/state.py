"""The seats of one session: by what rules they are given, who holds one, who was offered one, and who waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """What the rules know of a person: the actor category and the delegation (ids; None: none)."""

    category: int | None = None
    delegation: int | None = None


class Part(NamedTuple):
    """A floor (seats kept) and a ceiling (seats at most) for those of a category, of a delegation, of each delegation,
    or of one category within these. The rule of one delegation stands in place of that of each."""

    category: int | None = None
    delegation: int | None = None
    is_each: bool = False
    floor: int = 0
    ceiling: int | None = None

    def within(self, delegation: int | None) -> Part:
        """The rule of each delegation, for one of them."""
        return self._replace(delegation=delegation, is_each=False)

    def covers(self, cell: Cell) -> bool:
        if self.is_each and cell.delegation is None:
            return False
        return self.category in {None, cell.category} and self.delegation in {None, cell.delegation}


@dataclass(frozen=True)
class Rules:
    """`delegations` are those that a rule for each delegation keeps seats for."""

    capacity: int | None = None
    parts: tuple[Part, ...] = ()
    delegations: tuple[int, ...] = ()
    are_floors_released: bool = False

    @cached_property
    def _own(self) -> set[tuple[int | None, int | None]]:
        return {(part.category, part.delegation) for part in self.parts if part.delegation is not None}

    def of(self, cell: Cell) -> list[Part]:
        """The rules that count this person, each for one delegation or for none."""
        return [
            part.within(cell.delegation) if part.is_each else part
            for part in self.parts
            if part.covers(cell) and not (part.is_each and (part.category, cell.delegation) in self._own)
        ]

    @cached_property
    def floors(self) -> list[Part]:
        """What seats are kept for, the rule of each delegation written out."""
        return list(self._written_out()) if not self.are_floors_released else []

    @cached_property
    def ceilings(self) -> list[Part]:
        """The ceilings of the delegations that take part, written out."""
        return [part for part in self._written_out(floors=False) if part.ceiling is not None]

    def _written_out(self, *, floors: bool = True) -> Iterator[Part]:
        for part in self.parts:
            if floors and not part.floor:
                continue
            if not part.is_each:
                yield part
                continue
            for delegation in self.delegations:
                if (part.category, delegation) not in self._own:
                    yield part.within(delegation)

    def facts(self) -> dict[str, Any]:
        """For the log; `rules_of` reads it."""
        return {
            "capacity": self.capacity,
            "parts": [list(part) for part in self.parts],
            "delegations": list(self.delegations),
            "released": self.are_floors_released,
        }


def rules_of(facts: Mapping[str, Any]) -> Rules:
    return Rules(
        facts["capacity"], tuple(Part(*part) for part in facts["parts"]), tuple(facts["delegations"]), facts["released"]
    )


class Waiting(NamedTuple):
    holder: str
    cell: Cell


@dataclass(frozen=True)
class State:
    """Holders are named u12 (a person) or g3 (a guest). `others` counts seats of which only the number matters: where
    there is no rule but the capacity, nobody reads a list of those who sit to seat one more."""

    rules: Rules = field(default_factory=Rules)
    seats: Mapping[str, Cell] = field(default_factory=dict)
    offers: Mapping[str, Cell] = field(default_factory=dict)
    queue: tuple[Waiting, ...] = ()
    others: int = 0

    @cached_property
    def tally(self) -> Counter[Cell]:
        """How many seats are taken or held, by cell."""
        counted = Counter(self.seats.values())
        counted.update(self.offers.values())
        return counted

    @property
    def taken(self) -> int:
        """Seats that nobody else can have: those held by people, and those offered."""
        return self.others + len(self.seats) + len(self.offers)

    def rank(self, holder: str) -> int:
        """The place in the waiting list of the person's category, from 1; 0 for who does not wait."""
        own = next((waiting.cell.category for waiting in self.queue if waiting.holder == holder), None)
        same = [waiting.holder for waiting in self.queue if waiting.cell.category == own]
        return same.index(holder) + 1 if holder in same else 0

    def cell_of(self, holder: str) -> Cell | None:
        waiting = next((one.cell for one in self.queue if one.holder == holder), None)
        return self.seats.get(holder) or self.offers.get(holder) or waiting


def count_in(tally: Counter[Cell], part: Part) -> int:
    return sum(number for cell, number in tally.items() if part.covers(cell))
