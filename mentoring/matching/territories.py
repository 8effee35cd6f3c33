"""When two territories are alike: what « Territoires comme le mien » and the suggestions mean by it.

Seven facts, each with a weight. A fact that one of the two does not have is left out, and what remains is scaled: with
little known, likeness stays careful (`KNOWN_ENOUGH`).
"""

from dataclasses import dataclass, replace
from math import exp, log

from mentoring.matching import reasons
from mentoring.matching.reasons import Reason

STRATA = ("0-500", "500-2000", "2000-10000", "10000-20000", "20000-50000", "50000-100000", "100000-")
WEIGHTS = {
    "stratum": 0.28,
    "population": 0.22,
    "grouping": 0.14,
    "rurality": 0.14,
    "overseas": 0.10,
    "region": 0.07,
    "departement": 0.05,
}
# Under this share of the weights, the score is scaled down: two facts that agree are no proof.
KNOWN_ENOUGH = 0.6
# A commune is compared with a commune; with a grouping or a département, much is different.
OTHER_KIND = 0.7
RURAL_FROM = 50


@dataclass(frozen=True)
class Place:
    """What is compared of a territory. Empty, or None: not known."""

    territory_id: int | None = None
    kind: str = ""
    stratum: str = ""
    population: int | None = None
    grouping_kind: str = ""
    rural_percent: int | None = None
    departement_id: int | None = None
    region_id: int | None = None
    is_overseas: bool | None = None


@dataclass(frozen=True)
class Likeness:
    """From 0 to 1, and why, what counted most first."""

    score: float
    reasons: tuple[Reason, ...] = ()


NOTHING_KNOWN = Likeness(0.0)


def alike(mine: Place | None, theirs: Place | None) -> Likeness:
    """How alike two territories are. Symmetric; of a territory with itself, 1."""
    if mine is None or theirs is None:
        return NOTHING_KNOWN
    parts = _parts(mine, theirs)
    known = sum(WEIGHTS[name] for name in parts)
    if not known:
        return NOTHING_KNOWN
    score = sum(WEIGHTS[name] * value for name, value in parts.items()) / known
    score *= min(1.0, known / KNOWN_ENOUGH)
    if mine.kind and theirs.kind and mine.kind != theirs.kind:
        score *= OTHER_KIND
    found = [replace(reason, points=WEIGHTS[name]) for name, reason in _reasons(mine, theirs, parts)]
    return Likeness(score, tuple(sorted(found, key=lambda one: -one.points)))


def _parts(mine: Place, theirs: Place) -> dict[str, float]:
    parts: dict[str, float] = {}
    if mine.stratum and theirs.stratum:
        apart = abs(STRATA.index(mine.stratum) - STRATA.index(theirs.stratum))
        parts["stratum"] = {0: 1.0, 1: 0.4}.get(apart, 0.0)
    if mine.population and theirs.population:
        parts["population"] = exp(-abs(log(mine.population / theirs.population)))
    if mine.grouping_kind and theirs.grouping_kind:
        parts["grouping"] = float(mine.grouping_kind == theirs.grouping_kind)
    if mine.rural_percent is not None and theirs.rural_percent is not None:
        parts["rurality"] = 1 - abs(mine.rural_percent - theirs.rural_percent) / 100
    if mine.is_overseas is not None and theirs.is_overseas is not None:
        parts["overseas"] = float(mine.is_overseas == theirs.is_overseas)
    if mine.region_id and theirs.region_id:
        parts["region"] = float(mine.region_id == theirs.region_id)
    if mine.departement_id and theirs.departement_id:
        parts["departement"] = float(mine.departement_id == theirs.departement_id)
    return parts


def _reasons(mine: Place, theirs: Place, parts: dict[str, float]) -> list[tuple[str, Reason]]:
    """What is worth saying: that both are in mainland France is not."""
    found: list[tuple[str, Reason]] = []
    if parts.get("stratum") == 1:
        found.append(("stratum", Reason(reasons.SAME_STRATUM, 0, {"stratum": theirs.stratum})))
    elif parts.get("population", 0) > 0.65:
        found.append(("population", Reason(reasons.NEAR_POPULATION, 0, {"population": theirs.population})))
    if parts.get("grouping"):
        found.append(("grouping", Reason(reasons.SAME_GROUPING, 0, {"grouping": theirs.grouping_kind})))
    if min(mine.rural_percent or 0, theirs.rural_percent or 0) >= RURAL_FROM:
        found.append(("rurality", Reason(reasons.BOTH_RURAL, 0)))
    if mine.is_overseas and theirs.is_overseas:
        found.append(("overseas", Reason(reasons.BOTH_OVERSEAS, 0)))
    if parts.get("departement"):
        found.append(("departement", Reason(reasons.SAME_DEPARTEMENT, 0)))
    elif parts.get("region"):
        found.append(("region", Reason(reasons.SAME_REGION, 0)))
    return found
