"""The score of a peer for a need, from 0 to 1000, and the peers that are proposed.

    score = 1000 x (subject + context x relevance) x feedback x rest

`subject` and `context` are sums of weight x part. Being alike, free and quick helps nobody who does not know the
subject: context counts in full from ENOUGH of the subject, and less below. Each part goes from 0 to 1; of the subject:

    competence    the best of what the peer declared that answers the need: level x willingness x how directly it
                  answers it (itself 1, a bridge its percent, another leaf of the same branch NEAR)
    evidence      `evidence.strength` of what the viewer may see, by how directly it answers

and of the context:

    category      the same category of actor
    territory     `territories.alike`
    availability  room for one more, and for more than one
    answers       how often, and how soon, the peer answered; a newcomer stands in the middle

`feedback` (0.7 to 1.1) is what those who were helped said in private. `rest` lets those rest who were proposed or asked
much lately, so that the same few are not flooded: it never tells a reader anything, and gives no reason.

Left out whatever their score: who is away, full, not now, or not suggested; who has `PENDING_MOST` asks waiting, or was
proposed `SHOWN_MOST` times in the window; who speaks no language of the asker; who is no better than `LEAST` at the
subject. Hierarchy and who is kept apart are left out before (`queries.suggestions`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from mentoring.matching import reasons
from mentoring.matching.evidence import Item, strength
from mentoring.matching.reasons import Reason
from mentoring.matching.territories import Place, alike

WEIGHTS: Mapping[str, float] = {
    "competence": 0.40,
    "evidence": 0.13,
    "category": 0.12,
    "territory": 0.21,
    "availability": 0.05,
    "answers": 0.09,
}
LEVELS = {"notions": 0.35, "practised": 0.75, "experienced": 1.0}
UNWILLING = 0.45
NEAR = 0.25
# Below this much of the subject (competence and evidence), nothing else makes somebody a peer for it.
LEAST = 0.12
# From this much of the subject on, the context counts in full.
ENOUGH = 0.7
SUBJECT = ("competence", "evidence")
PENDING_MOST = 3
SHOWN_MOST = 20
SHOWN_FREE = 3
FOUND = 5


@dataclass(frozen=True)
class Declared:
    level: str
    can_help: bool


@dataclass(frozen=True)
class Asked:
    """A need. `wanted` maps competences (ids) to how directly they answer it (0 to 1; 1: the very one)."""

    wanted: Mapping[int, float]
    category_id: int | None = None
    place: Place | None = None
    languages: frozenset[str] = frozenset({"fr"})


@dataclass(frozen=True)
class Peer:
    """What was read of somebody, as far as the author of the need may see it."""

    user_id: int
    category_id: int | None = None
    place: Place | None = None
    declared: Mapping[int, Declared] = field(default_factory=dict)
    evidence: Mapping[int, tuple[Item, ...]] = field(default_factory=dict)
    languages: frozenset[str] = frozenset({"fr"})
    room: int = 2
    tells_room: bool = True
    is_open: bool = True
    pending: int = 0
    shown: int = 0
    asked: int = 0
    answered: int = 0
    median_hours: float | None = None
    feedback: float | None = None


@dataclass(frozen=True)
class Fit:
    """How well a peer fits: of 1000, the parts (0 to 1) that made it, and why, what counted most first."""

    user_id: int
    score: int
    parts: Mapping[str, float]
    reasons: tuple[Reason, ...]


def best_peers(
    asked: Asked, peers: Iterable[Peer], now: datetime, *, limit: int = FOUND, weights: Mapping[str, float] = WEIGHTS
) -> list[Fit]:
    """The peers to propose, the best first; of equals, who was proposed less, then by key."""
    found = [(fit_of(asked, peer, now, weights=weights), peer.shown) for peer in peers if may_be_proposed(asked, peer)]
    fits = [(fit, shown) for fit, shown in found if _subject(fit.parts) >= LEAST]
    fits.sort(key=lambda one: (-one[0].score, one[1], one[0].user_id))
    return [fit for fit, _shown in fits[:limit]]


def may_be_proposed(asked: Asked, peer: Peer) -> bool:
    """Whether the peer can be asked anything now."""
    rested = peer.pending < PENDING_MOST and peer.shown < SHOWN_MOST
    return peer.is_open and peer.room > 0 and rested and not asked.languages.isdisjoint(peer.languages)


def fit_of(asked: Asked, peer: Peer, now: datetime, *, weights: Mapping[str, float] = WEIGHTS) -> Fit:
    why: list[Reason] = []
    parts = {
        "competence": _competence(asked, peer, weights, why),
        "evidence": _evidence(asked, peer, now, weights, why),
        "category": _category(asked, peer, weights, why),
        "territory": _territory(asked, peer, weights, why),
        "availability": _availability(peer, weights, why),
        "answers": _answers(peer, weights, why),
    }
    # A part without a weight is left out altogether: so that leaving one out says what it brings.
    parts = {name: value if weights.get(name) else 0.0 for name, value in parts.items()}
    relevance = min(1.0, _subject(parts) / ENOUGH)
    points = sum(weights.get(name, 0) * value * (1 if name in SUBJECT else relevance) for name, value in parts.items())
    score = round(1000 * points * _feedback(peer) * rest_of(peer))
    told = sorted((one for one in why if one.points > 0), key=lambda one: -one.points)
    return Fit(peer.user_id, min(1000, score), parts, tuple(told))


def rest_of(peer: Peer) -> float:
    """1 for who was not disturbed lately; less with each ask that waits, and each time past the first few that the
    person was proposed in the window."""
    return float(0.85**peer.pending * 0.97 ** max(0, peer.shown - SHOWN_FREE))


def _subject(parts: Mapping[str, float]) -> float:
    return max(parts["competence"], parts["evidence"] * 0.8)


def _competence(asked: Asked, peer: Peer, weights: Mapping[str, float], why: list[Reason]) -> float:
    """The best answer, and a little for each other one."""
    worths = sorted(
        (
            (LEVELS[one.level] * (1 if one.can_help else UNWILLING) * asked.wanted[pk], pk)
            for pk, one in peer.declared.items()
            if pk in asked.wanted
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    if not worths:
        return 0.0
    value, pk = worths[0]
    code = peer.declared[pk].level if asked.wanted[pk] > NEAR else reasons.NEAR
    why.append(Reason(code, weights.get("competence", 0) * value, {"competence": pk}))
    return min(1.0, value + 0.1 * sum(other for other, _pk in worths[1:3]))


_KINDS = {
    "session": reasons.SESSIONS,
    "answer": reasons.ANSWERS,
    "report": reasons.REPORTS,
    "tried": reasons.TRIED,
    "mentorship": reasons.MENTORSHIPS,
}


def _evidence(asked: Asked, peer: Peer, now: datetime, weights: Mapping[str, float], why: list[Reason]) -> float:
    """The best evidenced answer to the need: what was done on a thing near to it counts as much less as it is far."""
    strengths = {pk: strength(items, now) * asked.wanted.get(pk, 0) for pk, items in peer.evidence.items()}
    best = max(strengths, key=lambda pk: (strengths[pk], -pk), default=None)
    if best is None or not strengths[best]:
        return 0.0
    counts: dict[str, int] = {}
    for item in peer.evidence[best]:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    for kind, number in counts.items():
        points = weights.get("evidence", 0) * strengths[best] * number / len(peer.evidence[best])
        why.append(Reason(_KINDS[kind], points, {"number": number, "competence": best}))
    return strengths[best]


def _category(asked: Asked, peer: Peer, weights: Mapping[str, float], why: list[Reason]) -> float:
    if asked.category_id is None or asked.category_id != peer.category_id:
        return 0.0
    why.append(Reason(reasons.SAME_CATEGORY, weights.get("category", 0), {"category": peer.category_id}))
    return 1.0


def _territory(asked: Asked, peer: Peer, weights: Mapping[str, float], why: list[Reason]) -> float:
    likeness = alike(asked.place, peer.place)
    weight = weights.get("territory", 0)
    why += [Reason(one.code, weight * one.points, one.facts) for one in likeness.reasons]
    return likeness.score


def _availability(peer: Peer, weights: Mapping[str, float], why: list[Reason]) -> float:
    if not peer.tells_room:
        return 1.0
    value = 1.0 if peer.room > 1 else 0.6
    why.append(Reason(reasons.ROOM, weights.get("availability", 0) * value, {"number": peer.room}))
    return value


def _answers(peer: Peer, weights: Mapping[str, float], why: list[Reason]) -> float:
    """Two answers of three are taken for granted of who was never asked."""
    rate = (peer.answered + 2) / (peer.asked + 3)
    if peer.median_hours is None:
        return rate
    soon = 1.0 if peer.median_hours <= 48 else 0.8 if peer.median_hours <= 96 else 0.6
    days = max(1, ceil(peer.median_hours / 24))
    why.append(Reason(reasons.ANSWERS_WITHIN, weights.get("answers", 0) * rate * soon, {"days": days}))
    return rate * soon


def _feedback(peer: Peer) -> float:
    """`feedback` is a mean of 1 to 5, already drawn towards the middle where few spoke; None: nobody did."""
    return 1.0 if peer.feedback is None else 0.7 + 0.1 * (peer.feedback - 1)
