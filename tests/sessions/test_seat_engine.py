"""The decisions of the seats, without a database: laws over random histories, and what is said of them."""

from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.enums import SeatEventKind
from sessions.seating.engine import (
    Block,
    Claimed,
    Decision,
    Happening,
    Kind,
    Left,
    Passed,
    Released,
    Replaced,
    Ruled,
    apply,
    blocks,
    decide,
    kept,
    openings,
    refusal,
    replay,
)
from sessions.seating.state import Cell, Part, Rules, State, count_in

ELECTED, AGENT = 1, 2
ORSENNE, BRANDES, LOIRE = 10, 20, 30
cells = st.builds(Cell, st.sampled_from([ELECTED, AGENT]), st.sampled_from([None, ORSENNE, BRANDES, LOIRE]))
holders = st.integers(1, 9).map(lambda number: f"u{number}")
parts = st.builds(
    lambda category, delegation, is_each, floor, room: Part(
        category, None if is_each else delegation, is_each, floor, None if room is None else floor + room
    ),
    st.sampled_from([None, ELECTED, AGENT]),
    st.sampled_from([None, ORSENNE, BRANDES]),
    st.booleans(),
    st.integers(0, 2),
    st.none() | st.integers(0, 2),
)
rules = st.builds(
    lambda capacity, some: Rules(
        capacity,
        tuple({one[:3]: one for one in some if one[:3] != (None, None, False)}.values()),
        (ORSENNE, BRANDES, LOIRE),
    ),
    st.none() | st.integers(1, 7),
    st.lists(parts, max_size=3),
)


def test_the_log_has_a_kind_for_each_decision_and_no_other() -> None:
    assert set(SeatEventKind.values) == set(get_args(Kind))


@st.composite
def happenings(draw: Any) -> Happening:
    kind = draw(st.sampled_from(["claim", "claim", "claim", "leave", "leave", "pass", "replace", "rule", "release"]))
    holder = draw(holders)
    made: dict[str, Callable[[], Happening]] = {
        "claim": lambda: Claimed(holder, draw(cells), draw(st.booleans())),
        "leave": lambda: Left(holder),
        "pass": lambda: Passed(holder, draw(st.booleans())),
        "replace": lambda: Replaced(holder, draw(holders)),
        "rule": lambda: Ruled(draw(rules)),
        "release": lambda: Released(),
    }
    return made[kind]()


def is_lawful(state: State) -> None:
    tally = state.tally
    if state.rules.capacity is not None:
        assert state.taken <= state.rules.capacity
        assert state.taken + kept(state.rules, tally) <= state.rules.capacity
    for cell in tally:
        for part in state.rules.of(cell):
            assert part.ceiling is None or count_in(tally, part) <= part.ceiling
    # Nobody waits for a seat that the rules let this person have.
    assert [waiting for waiting in state.queue if not blocks(state, waiting.cell)] == []
    names = [*state.seats, *state.offers, *(waiting.holder for waiting in state.queue)]
    assert Counter(names).most_common(1) in ([], [(names[0] if names else "", 1)]) or max(Counter(names).values()) == 1


@given(st.lists(happenings(), max_size=40), rules)
@settings(max_examples=150, deadline=None)
def test_seats_obey_their_laws_in_any_history(history: list[Happening], first: Rules) -> None:
    state, log = State(), []
    for happening in [Ruled(first), *history]:
        if isinstance(happening, Ruled) and refusal(state, happening.rules):
            continue  # the service refuses them
        if isinstance(happening, Replaced) and happening.holder == happening.substitute:
            continue
        before = state
        state, decisions = decide(before, happening)
        log += decisions
        is_lawful(state)
        check_order(before, decisions)
        # What was decided once is decided the same way again, and a repeated claim is one claim.
        assert decide(before, happening) == (state, decisions)
        if isinstance(happening, Claimed) and decisions:
            again, more = decide(state, happening)
            assert more == [] or before.offers.keys() >= {happening.holder} or again.seats.keys() >= {happening.holder}
        assert replay(log) == state


def check_order(before: State, decisions: list[Decision]) -> None:
    """Of one category and delegation, nobody is offered a seat before who came first."""
    state = before
    for decision in decisions:
        if decision.kind == "offered":
            cell = state.cell_of(decision.holder)
            first = next(waiting.holder for waiting in state.queue if waiting.cell == cell)
            assert decision.holder == first
        state = apply(state, decision)


def seated(rules: Rules, *people: tuple[str, Cell]) -> State:
    state, _log = decide(State(), Ruled(rules))
    for holder, cell in people:
        state, _log = decide(state, Claimed(holder, cell, may_wait=True))
    return state


def test_a_floor_keeps_its_seat_until_it_is_released() -> None:
    rules = Rules(2, (Part(ELECTED, floor=1),))
    state = seated(rules, ("u1", Cell(AGENT)), ("u2", Cell(AGENT)))
    assert list(state.seats) == ["u1"]
    assert blocks(state, Cell(AGENT)) == (Block("reserved", 1, 1),)
    assert blocks(state, Cell(ELECTED)) == ()
    state, decisions = decide(state, Released())
    assert [(one.kind, one.holder) for one in decisions] == [("released", ""), ("offered", "u2")]


def test_a_ceiling_of_each_delegation_lets_the_next_delegation_pass() -> None:
    rules = Rules(3, (Part(is_each=True, ceiling=1),), (ORSENNE, BRANDES))
    state = seated(rules, ("u1", Cell(AGENT, ORSENNE)), ("u2", Cell(AGENT, ORSENNE)), ("u3", Cell(ELECTED, BRANDES)))
    assert (list(state.seats), state.rank("u2")) == (["u1", "u3"], 1)
    assert blocks(state, Cell(AGENT, ORSENNE)) == (Block("ceiling", 1, 1, None, ORSENNE),)
    assert openings(state, Cell(AGENT, ORSENNE)) == "delegation"
    state, decisions = decide(state, Left("u1"))
    assert [(one.kind, one.holder) for one in decisions] == [("left", "u1"), ("offered", "u2")]


def test_the_rule_of_one_delegation_stands_in_place_of_that_of_each() -> None:
    rules = Rules(9, (Part(is_each=True, ceiling=1), Part(delegation=ORSENNE, ceiling=2)), (ORSENNE, BRANDES))
    state = seated(rules, *((f"u{n}", Cell(AGENT, ORSENNE)) for n in (1, 2, 3)))
    assert (list(state.seats), [one.holder for one in state.queue]) == (["u1", "u2"], ["u3"])


def test_a_freed_seat_goes_down_the_list_when_it_is_passed_on() -> None:
    state = seated(Rules(1), *((f"u{n}", Cell(AGENT)) for n in (1, 2, 3)))
    state, _log = decide(state, Left("u1"))
    state, decisions = decide(state, Passed("u2", has_lapsed=True))
    assert [(one.kind, one.holder) for one in decisions] == [("passed", "u2"), ("offered", "u3")]
    state, decisions = decide(state, Claimed("u3", Cell(AGENT)))
    assert [(one.kind, one.holder, one.facts["why"]) for one in decisions] == [("seated", "u3", "offer")]


def test_the_offer_says_whom_it_passed_over_and_why() -> None:
    rules = Rules(2, (Part(ELECTED, ceiling=1),))
    state = seated(rules, ("u1", Cell(ELECTED)), ("u2", Cell(AGENT)), ("u3", Cell(ELECTED)), ("u4", Cell(AGENT)))
    _state, decisions = decide(state, Left("u2"))
    assert decisions[-1].facts["passed_over"] == [["u3", "ceiling", 1, 1, ELECTED, None]]
    assert decisions[-1].holder == "u4"


def test_a_substitute_takes_the_very_seat() -> None:
    state = seated(Rules(1), ("u1", Cell(AGENT, ORSENNE)), ("u2", Cell(AGENT, ORSENNE)))
    state, decisions = decide(state, Replaced("u1", "u2"))
    assert (state.seats, state.queue) == ({"u2": Cell(AGENT, ORSENNE)}, ())
    assert [one.kind for one in decisions] == ["replaced"]


def test_rules_that_cannot_hold_are_refused() -> None:
    state = seated(Rules(3), ("u1", Cell(AGENT, ORSENNE)), ("u2", Cell(AGENT, ORSENNE)))
    assert refusal(state, Rules(1)) == Block("full", 2, 1)
    assert refusal(state, Rules(3, (Part(ELECTED, floor=2),))) == Block("reserved", 2, 1)
    each = Part(is_each=True, ceiling=1)
    assert refusal(state, Rules(3, (each,), (ORSENNE,))) == Block("ceiling", 2, 1, None, ORSENNE)
