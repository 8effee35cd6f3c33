"""How a map is shaded: which numbers share a shade, and which territories it can draw. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

# How many shades there are beside that of nobody; the style sheet has one for each.
SHADES = 4
_ROUND = tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5))
# Nobody lives there all year (Terres australes, Clipperton): in the table if somebody is, never among the missing.
WITHOUT_INHABITANTS = frozenset({"984", "989"})
OVERSEAS = ("971", "972", "973", "974", "976", "975", "977", "978", "986", "987", "988")
# Too small to be pressed on the map of the mainland: in a window of their own.
CLOSE_UP = ("75", "92", "93", "94")
MAINLAND = (*(f"{number:02d}" for number in range(1, 96) if number != 20), "2A", "2B")


@dataclass(frozen=True)
class Shade:
    """One line of the legend: numbers from `least` to `most`; None: or more."""

    level: int
    least: int
    most: int | None


def shades(numbers: Iterable[int]) -> list[Shade]:
    """Round limits under the largest number, the first shade from 1; as few shades as the numbers need."""
    largest = max(numbers, default=0)
    limits = [one for one in _ROUND if one <= largest][-SHADES:]
    if not limits:
        return []
    limits[0] = 1
    ends = [*(limit - 1 for limit in limits[1:]), None if largest > limits[-1] else largest]
    return [Shade(level, least, most) for level, (least, most) in enumerate(zip(limits, ends, strict=True), start=1)]


def level_of(number: int, among: Iterable[Shade]) -> int:
    """0 for none."""
    return max((shade.level for shade in among if number >= shade.least), default=0)
