"""What evidence is worth: more for what others proved useful, less as it ages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import exp

# What one piece is worth on its day. Somebody who tried an idea, or was accompanied to the end, proves more than a
# text; a session proves that one can lead it.
WORTH = {"session": 1.0, "answer": 1.2, "report": 1.5, "tried": 0.8, "mentorship": 2.0}
# After so many days a piece is worth half; experience fades more slowly than what is current in an answer.
HALF_LIFE_DAYS = {"session": 730, "answer": 540, "report": 1095, "tried": 730, "mentorship": 1095}
# Three good pieces of this year say nearly as much as thirty: it is no race.
SATURATION = 3.0


@dataclass(frozen=True)
class Item:
    """One piece of evidence that the viewer may see."""

    kind: str
    happened_at: datetime


def worth(item: Item, now: datetime) -> float:
    """What it is worth today; what lies ahead is worth nothing yet."""
    days = (now - item.happened_at).total_seconds() / 86400
    if days < 0:
        return 0.0
    return float(WORTH[item.kind] * 0.5 ** (days / HALF_LIFE_DAYS[item.kind]))


def strength(items: Iterable[Item], now: datetime) -> float:
    """From 0 (nothing) to 1 (never reached): growing with each piece, by less and less."""
    return 1 - exp(-sum(worth(item, now) for item in items) / SATURATION)
