"""How people answered those who asked them, over a year."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from mentoring.enums import SolicitationState
from mentoring.models import Solicitation
from mentoring.queries.among import among

WINDOW = timedelta(days=365)
# Below this, nothing is said of how fast somebody answers: it would be about one person's one ask.
ENOUGH = 3
ANSWERED = (SolicitationState.ACCEPTED, SolicitationState.DECLINED)
ENDED = (*ANSWERED, SolicitationState.LAPSED)


@dataclass(frozen=True)
class Answers:
    """Of the asks that ended: how many, how many were answered (declined is answered), and how long it took."""

    asked: int = 0
    answered: int = 0
    accepted: int = 0
    median_hours: float | None = None

    @property
    def is_known(self) -> bool:
        return self.asked >= ENOUGH


def answers_of(user_ids: Collection[int], now: datetime) -> dict[int, Answers]:
    """The answers of each of these people, in one query; nobody is left out."""
    hours: dict[int, list[float]] = {pk: [] for pk in user_ids}
    asked, accepted = dict.fromkeys(hours, 0), dict.fromkeys(hours, 0)
    rows = Solicitation.objects.filter(among("peer", hours), state__in=ENDED, sent_at__gte=now - WINDOW)
    for peer, state, sent_at, ended_at in rows.values_list("peer", "state", "sent_at", "ended_at"):
        asked[peer] += 1
        accepted[peer] += state == SolicitationState.ACCEPTED
        if state in ANSWERED and sent_at and ended_at:
            hours[peer].append((ended_at - sent_at).total_seconds() / 3600)
    return {
        pk: Answers(
            asked=asked[pk],
            answered=len(hours[pk]),
            accepted=accepted[pk],
            median_hours=median(hours[pk]) if len(hours[pk]) >= ENOUGH else None,
        )
        for pk in hours
    }
