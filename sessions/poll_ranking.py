"""What each slot of a date poll would gather, best first. Pure: no rows, no clock.

A slot that meets its quorum stands before one that does not; then the one that misses fewer people, the one that
needs fewer « si besoin », the one with more yes, the one with more who could come if need be; then the earlier one.
Each of these only rises when somebody says yes: one more yes never ranks a slot lower.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sessions.enums import PollChoice

NO_CATEGORY = ""


@dataclass(frozen=True)
class Voice:
    """What one person said of one slot, and the slug of the category that the person speaks as."""

    category: str
    choice: str


@dataclass(frozen=True)
class Slot:
    key: int
    starts_at: datetime
    voices: tuple[Voice, ...]


@dataclass(frozen=True)
class Tally:
    """What one category says of a slot; `wanted` is 0 where the poll asks for nobody of it."""

    category: str
    wanted: int
    yes: int
    if_needed: int
    no: int

    @property
    def gathered(self) -> int:
        """Those who could come: yes, or if need be."""
        return self.yes + self.if_needed

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.gathered)

    @property
    def missing_yes(self) -> int:
        """How many of the quorum would come only if need be, or not at all."""
        return max(0, self.wanted - self.yes)


@dataclass(frozen=True)
class Result:
    """A slot and what it would gather; `tallies` by slug of category, those of the quorum and those who answered."""

    key: int
    starts_at: datetime
    tallies: Mapping[str, Tally]

    @property
    def yes(self) -> int:
        return sum(tally.yes for tally in self.tallies.values())

    @property
    def if_needed(self) -> int:
        return sum(tally.if_needed for tally in self.tallies.values())

    @property
    def no(self) -> int:
        return sum(tally.no for tally in self.tallies.values())

    @property
    def missing(self) -> int:
        return sum(tally.missing for tally in self.tallies.values())

    @property
    def is_met(self) -> bool:
        return self.missing == 0

    @property
    def worth(self) -> tuple[int, int, int, int]:
        """Smaller is better; the slots of one worth are told apart by their hours alone."""
        missing_yes = sum(tally.missing_yes for tally in self.tallies.values())
        return (self.missing, missing_yes, -self.yes, -self.if_needed)


def rank(slots: Iterable[Slot], wanted: Mapping[str, int]) -> list[Result]:
    """The slots, best first, whatever the order in which they and their voices are given."""
    results = [Result(slot.key, slot.starts_at, _tallies(slot, wanted)) for slot in slots]
    return sorted(results, key=lambda result: (result.worth, result.starts_at, result.key))


def shown(slots: Iterable[Slot], wanted: Mapping[str, int], *, are_shown: bool) -> list[Result] | None:
    """`rank`, or nothing at all while answers are hidden: not an order, not a count."""
    return rank(slots, wanted) if are_shown else None


def _tallies(slot: Slot, wanted: Mapping[str, int]) -> dict[str, Tally]:
    counts = Counter((voice.category, voice.choice) for voice in slot.voices)
    categories = sorted({category for category, _choice in counts} | set(wanted))
    return {
        category: Tally(
            category,
            wanted.get(category, 0),
            counts[category, PollChoice.YES],
            counts[category, PollChoice.IF_NEEDED],
            counts[category, PollChoice.NO],
        )
        for category in categories
    }
