"""The labelled needs: read from their file, matched, and measured. Pure: needs no database.

Beside the people of the file, each need is tempted by four shadows of its author (`shadows`): the same category, the
same territory, always free, quick to answer; and who knows a little, or will not help, or has no place left, or knows
something near. None of them is right.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mentoring.matching.evidence import Item
from mentoring.matching.score import NEAR, WEIGHTS, Asked, Declared, Peer, best_peers
from mentoring.matching.territories import Place

FILE = Path(__file__).parent / "data" / "labelled_needs.json"
TREE = Path(__file__).parents[2] / "mentoring" / "data" / "competences.json"
TODAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
TOP = 5


@dataclass(frozen=True)
class Labelled:
    """One need with whom it should and should not find (ids of peers)."""

    asked: Asked
    right: frozenset[int]
    wrong: frozenset[int]
    why: str


@dataclass(frozen=True)
class Measure:
    """Over all needs. `precision`: of the right peers that five places can hold, how many came in the first five.
    `exact`: the same with no more places than there are right peers. `first`: how often the first is right. `tempted`:
    how often a wrong peer stands before a right one, or instead."""

    precision: float
    exact: float
    first: float
    tempted: float


def load() -> tuple[list[Labelled], list[Peer]]:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    families = [[one["slug"] for one in branch["children"]] for branch in json.loads(TREE.read_text(encoding="utf-8"))]
    keys = {slug: number for number, slug in enumerate((slug for family in families for slug in family), 1)}
    categories = {slug: number for number, slug in enumerate(sorted({one["category"] for one in content["peers"]}), 1)}
    places = {name: _place(number, facts) for number, (name, facts) in enumerate(content["places"].items(), 1)}
    peers = {one["id"]: _peer(n, one, keys, categories, places) for n, one in enumerate(content["peers"], 1)}
    needs = [
        Labelled(
            asked=Asked(
                wanted=_wanted(one["competence"], families, keys),
                category_id=categories[one["category"]],
                place=places[one["place"]],
            ),
            right=frozenset(peers[name].user_id for name in one["right"]),
            wrong=frozenset(peers[name].user_id for name in one["wrong"]),
            why=one["why"],
        )
        for one in content["needs"]
    ]
    return needs, list(peers.values())


def _wanted(slug: str, families: list[list[str]], keys: Mapping[str, int]) -> dict[int, float]:
    family = next(one for one in families if slug in one)
    return {keys[name]: 1.0 if name == slug else NEAR for name in family}


def _place(number: int, facts: Mapping[str, Any]) -> Place:
    return Place(
        territory_id=number,
        kind=facts["kind"],
        stratum=facts["stratum"],
        population=facts["population"],
        grouping_kind=facts["grouping_kind"],
        rural_percent=facts["rural_percent"],
        departement_id=int(facts["departement"]) + 1000,
        region_id=int(facts["region"]) + 1,
        is_overseas=facts["is_overseas"],
    )


def _peer(
    number: int,
    one: Mapping[str, Any],
    keys: Mapping[str, int],
    categories: Mapping[str, int],
    places: Mapping[str, Place],
) -> Peer:
    evidence: dict[int, tuple[Item, ...]] = {}
    for piece in one["evidence"]:
        key = keys[piece["competence"]]
        evidence[key] = (*evidence.get(key, ()), Item(piece["kind"], TODAY - timedelta(days=piece["days_ago"])))
    more = {
        name: one[name]
        for name in ("room", "pending", "shown", "asked", "answered", "median_hours", "feedback", "is_open")
        if name in one
    }
    return Peer(
        user_id=number,
        category_id=categories[one["category"]],
        place=places[one["place"]],
        declared={keys[slug]: Declared(**facts) for slug, facts in one["declared"].items()},
        evidence=evidence,
        **more,
    )


def shadows(need: Labelled) -> list[Peer]:
    """Who tempts: see above."""
    wanted = next(pk for pk, worth in need.asked.wanted.items() if worth == 1)
    near = next(pk for pk, worth in need.asked.wanted.items() if worth < 1)
    base = Peer(
        user_id=9001,
        category_id=need.asked.category_id,
        place=need.asked.place,
        room=3,
        asked=6,
        answered=6,
        median_hours=10,
    )
    return [
        replace(base, declared={wanted: Declared("notions", True)}),
        replace(base, user_id=9002, declared={wanted: Declared("practised", False)}),
        replace(base, user_id=9003, declared={wanted: Declared("experienced", True)}, room=0),
        replace(base, user_id=9004, declared={near: Declared("experienced", True)}),
    ]


def measure(weights: Mapping[str, float] = WEIGHTS, *, rested: bool = True) -> Measure:
    """Match every need and compare. `rested=False` forgets who was asked much, and what was said of them."""
    needs, peers = load()
    if not rested:
        peers = [replace(one, shown=0, pending=0, feedback=None) for one in peers]
    sums = [0.0] * 4
    for need in needs:
        tempting = shadows(need)
        wrong = need.wrong | {one.user_id for one in tempting}
        found = [fit.user_id for fit in best_peers(need.asked, [*peers, *tempting], TODAY, weights=weights)]
        places = min(TOP, len(need.right))
        worst = max((found.index(pk) for pk in need.right if pk in found), default=TOP)
        sums[0] += len(need.right.intersection(found)) / places
        sums[1] += len(need.right.intersection(found[:places])) / places
        sums[2] += bool(found) and found[0] in need.right
        sums[3] += any(pk in wrong for pk in found[:worst])
    return Measure(*(one / len(needs) for one in sums))


def ablations() -> dict[str, Measure]:
    """What each part brings: all of them, then each left out in turn."""
    found = {"all": measure()}
    for name in WEIGHTS:
        found[name] = measure({key: 0.0 if key == name else value for key, value in WEIGHTS.items()})
    return found | {"rest and feedback": measure(rested=False)}
