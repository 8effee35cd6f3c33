"""The decisions: who is seated, who waits, to whom a freed seat is offered.

Laws (held by tests over random histories): never more seats taken than there are, never above a ceiling; a seat kept
for a part goes to that part until it is released; who waits is offered the first seat that the rules let this person
have, in the order of the list; a repeated claim is one claim.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Literal, NamedTuple

from sessions.seating.state import Cell, Part, Rules, State, Waiting, count_in, rules_of

MAX_EXPLAINED = 10  # of those passed over, in one entry of the log


class Block(NamedTuple):
    """Why somebody cannot have a seat now: `full` (number of limit), a `ceiling` reached (of whom), or the free seats
    (limit) are all kept for others (`reserved`, number)."""

    code: Literal["full", "ceiling", "reserved"]
    number: int
    limit: int
    category: int | None = None
    delegation: int | None = None


@dataclass(frozen=True)
class Claimed:
    """Somebody asks for a seat, or takes the one that was offered."""

    holder: str
    cell: Cell
    may_wait: bool = False


@dataclass(frozen=True)
class Left:
    """Somebody gives back a seat, or a place in the list."""

    holder: str


@dataclass(frozen=True)
class Passed:
    """An offer was declined, or its delay is over."""

    holder: str
    has_lapsed: bool = False


@dataclass(frozen=True)
class Replaced:
    """A substitute takes the very seat of somebody of the same category and delegation."""

    holder: str
    substitute: str


@dataclass(frozen=True)
class Ruled:
    rules: Rules


@dataclass(frozen=True)
class Released:
    """The date came from which unused floors are released."""


# The values of `SeatEventKind`, which this package does not know.
Kind = Literal["rules", "seated", "queued", "offered", "passed", "left", "replaced", "released"]
Happening = Claimed | Left | Passed | Replaced | Ruled | Released


@dataclass(frozen=True)
class Decision:
    """One entry of the log."""

    kind: Kind
    holder: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def kept(rules: Rules, tally: Counter[Cell]) -> int:
    """How many free seats are kept by floors that are not reached. What is kept for a category within a delegation
    counts for the category and for the delegation."""
    missing = {part: max(0, part.floor - count_in(tally, part)) for part in rules.floors}
    narrow = {part: number for part, number in missing.items() if None not in (part.category, part.delegation)}
    total = sum(narrow.values())
    for part, number in missing.items():
        if part not in narrow:
            inside = sum(n for cell, n in narrow.items() if part.covers(Cell(cell.category, cell.delegation)))
            total += max(0, number - inside)
    return total


def blocks(state: State, cell: Cell) -> tuple[Block, ...]:
    """All that keeps somebody of this cell from a seat; empty: a seat can be had."""
    rules, tally = state.rules, state.tally
    found = [
        Block("ceiling", count, part.ceiling, part.category, part.delegation)
        for part in rules.of(cell)
        if part.ceiling is not None and (count := count_in(tally, part)) >= part.ceiling
    ]
    capacity = rules.capacity
    if capacity is None:
        return tuple(found)
    if state.taken >= capacity:
        return (Block("full", state.taken, capacity), *found)
    if rules.floors:
        before, after = kept(rules, tally), kept(rules, tally + Counter([cell]))
        if after >= before and state.taken + 1 + after > capacity:
            found.insert(0, Block("reserved", before, capacity - state.taken))
    return tuple(found)


def decide(state: State, happening: Happening) -> tuple[State, list[Decision]]:
    """What follows from a happening: the state after it, and the entries of the log."""
    decisions = _DECIDERS[type(happening)](state, happening)
    after = reduce(apply, decisions, state)
    if decisions and after.queue:
        offers, after = _offers(after)
        decisions += offers
    return after, decisions


def _claimed(state: State, happening: Claimed) -> list[Decision]:
    holder, cell = happening.holder, happening.cell
    if holder in state.seats:
        return []
    numbers = {"category": cell.category, "delegation": cell.delegation, "capacity": state.rules.capacity}
    if holder in state.offers:
        return [Decision("seated", holder, {**numbers, "why": "offer", "taken": state.taken})]
    if any(waiting.holder == holder for waiting in state.queue):
        return []
    why = blocks(state, cell)
    if not why:
        return [Decision("seated", holder, {**numbers, "why": "free", "taken": state.taken + 1})]
    if not happening.may_wait:
        return []
    rank = 1 + sum(waiting.cell.category == cell.category for waiting in state.queue)
    return [Decision("queued", holder, {**numbers, "rank": rank, "blocks": [list(block) for block in why]})]


def _left(state: State, happening: Left) -> list[Decision]:
    if happening.holder in state.offers:
        return _passed(state, Passed(happening.holder))
    if (cell := state.cell_of(happening.holder)) is None:
        return []
    held = happening.holder in state.seats
    return [
        Decision("left", happening.holder, {"category": cell.category, "delegation": cell.delegation, "held": held})
    ]


def _passed(state: State, happening: Passed) -> list[Decision]:
    cell = state.offers.get(happening.holder)
    if cell is None:
        return []
    facts = {"category": cell.category, "delegation": cell.delegation, "lapsed": happening.has_lapsed}
    return [Decision("passed", happening.holder, facts)]


def _replaced(state: State, happening: Replaced) -> list[Decision]:
    cell = state.seats.get(happening.holder)
    if cell is None or happening.substitute in state.seats:
        return []
    facts = {"by": happening.substitute, "category": cell.category, "delegation": cell.delegation}
    return [Decision("replaced", happening.holder, facts)]


def _ruled(state: State, happening: Ruled) -> list[Decision]:
    return [Decision("rules", "", happening.rules.facts())] if happening.rules != state.rules else []


def _released(state: State, _happening: Released) -> list[Decision]:
    if state.rules.are_floors_released or not any(part.floor for part in state.rules.parts):
        return []
    return [Decision("released", "", {"kept": kept(state.rules, state.tally)})]


_DECIDERS: dict[type, Any] = {
    Claimed: _claimed,
    Left: _left,
    Passed: _passed,
    Replaced: _replaced,
    Ruled: _ruled,
    Released: _released,
}


def _offers(state: State) -> tuple[list[Decision], State]:
    """Offer the seats that those who wait can have, the first of them first, until none of them can have any."""
    offered: list[Decision] = []
    while (found := _next(state)) is not None:
        offered.append(found)
        state = apply(state, found)
    return offered, state


def _next(state: State) -> Decision | None:
    passed_over: list[list[Any]] = []
    seen: dict[Cell, tuple[Block, ...]] = {}
    for waiting in state.queue:
        if waiting.cell not in seen:
            seen[waiting.cell] = blocks(state, waiting.cell)
        why = seen[waiting.cell]
        if not why:
            facts = {
                "category": waiting.cell.category,
                "delegation": waiting.cell.delegation,
                "rank": state.rank(waiting.holder),
                "waiting": len(state.queue),
                "passed_over": passed_over[:MAX_EXPLAINED],
            }
            return Decision("offered", waiting.holder, facts)
        if why[0].code == "full":
            return None
        passed_over.append([waiting.holder, *why[0]])
    return None


def apply(state: State, decision: Decision) -> State:
    """The state after one entry of the log. Decides nothing: what was decided once stays so."""
    kind, holder, facts = decision.kind, decision.holder, decision.facts
    if kind == "rules":
        return replace(state, rules=rules_of(facts))
    if kind == "released":
        return replace(state, rules=replace(state.rules, are_floors_released=True))
    seats, offers = dict(state.seats), dict(state.offers)
    queue = tuple(waiting for waiting in state.queue if waiting.holder != holder)
    seats.pop(holder, None)
    offers.pop(holder, None)
    cell = Cell(facts.get("category"), facts.get("delegation"))
    if kind == "seated":
        seats[holder] = cell
    elif kind == "offered":
        offers[holder] = cell
    elif kind == "queued":
        queue = (*queue, Waiting(holder, cell))
    elif kind == "replaced":
        substitute = facts["by"]
        offers.pop(substitute, None)
        queue = tuple(waiting for waiting in queue if waiting.holder != substitute)
        seats[substitute] = cell
    return replace(state, seats=seats, offers=offers, queue=queue)


def replay(log: Iterable[Decision]) -> State:
    """The seats that a log gives, from the first entry on."""
    return reduce(apply, log, State())


def openings(state: State, cell: Cell) -> str:
    """Whose leaving would let somebody of this cell in: `anyone`, `category`, `delegation`, `both` (of the own category
    and delegation), `some` (others), or `nobody` (it takes more than one to leave, or seats to be released)."""
    cells = list(state.tally)
    if state.others:
        return "anyone"
    helping = {one for one in cells if not blocks(_without(state, one), cell)}
    if not helping:
        return "nobody"
    if helping == set(cells):
        return "anyone"
    same_category = {one for one in cells if one.category == cell.category}
    same_delegation = {one for one in cells if one.delegation == cell.delegation and cell.delegation is not None}
    groups = [("category", same_category), ("delegation", same_delegation), ("both", same_category & same_delegation)]
    if any(block.delegation is not None for block in blocks(state, cell)):
        groups.insert(0, groups.pop(1))
    return next((code for code, group in groups if helping == group), "some")


def _without(state: State, cell: Cell) -> State:
    """As if one person of the cell had left."""
    seats, offers = dict(state.seats), dict(state.offers)
    for held in (seats, offers):
        for holder, own in held.items():
            if own == cell:
                del held[holder]
                return replace(state, seats=seats, offers=offers)
    return state


def refusal(state: State, rules: Rules) -> Block | None:
    """Why these rules cannot hold for those who have a seat already, or at all; None: they can."""
    tally = state.tally
    for part in rules.ceilings:
        if part.ceiling is not None and (count := count_in(tally, part)) > part.ceiling:
            return Block("ceiling", count, part.ceiling, part.category, part.delegation)
    if rules.capacity is None:
        return None
    if state.taken > rules.capacity:
        return Block("full", state.taken, rules.capacity)
    if rules.floors and state.taken + (reserve := kept(rules, tally)) > rules.capacity:
        return Block("reserved", reserve, rules.capacity - state.taken)
    return None


__all__ = [
    "Block",
    "Claimed",
    "Decision",
    "Kind",
    "Left",
    "Part",
    "Passed",
    "Released",
    "Replaced",
    "Ruled",
    "decide",
    "replay",
]
