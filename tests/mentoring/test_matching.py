"""Matching, which is pure; and how good it is on the labelled needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.evidence import HALF_LIFE_DAYS, WORTH, Item, strength, worth
from mentoring.matching.score import PENDING_MOST, SHOWN_MOST, WEIGHTS, Asked, Declared, Peer, best_peers, fit_of
from mentoring.matching.territories import STRATA, Place, alike
from tests.mentoring.labelled import ablations, load, measure

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BOURG = Place(1, "commune", "2000-10000", 3200, "cc", 85, 42, 84, False)
TWIN = Place(2, "commune", "2000-10000", 2600, "cc", 88, 12, 76, False)
CITY = Place(3, "commune", "100000-", 310_000, "metropole", 1, 44, 52, False)
ASKED = Asked(wanted={1: 1.0, 2: 0.25}, category_id=1, place=BOURG)
PEER = Peer(user_id=7, category_id=1, place=TWIN, declared={1: Declared("experienced", True)})


def test_evidence_is_worth_half_after_its_half_life() -> None:
    for kind, days in HALF_LIFE_DAYS.items():
        assert worth(Item(kind, NOW), NOW) == WORTH[kind]
        assert worth(Item(kind, NOW - timedelta(days=days)), NOW) == pytest.approx(WORTH[kind] / 2)
        assert worth(Item(kind, NOW + timedelta(days=1)), NOW) == 0


def test_strength_grows_by_less_and_less() -> None:
    found = [strength([Item("session", NOW)] * number, NOW) for number in range(5)]
    steps = [after - before for before, after in pairwise(found)]
    assert found[0] == 0
    assert steps == sorted(steps, reverse=True)
    assert 0 < found[-1] < 1


def test_territories_alike_say_why() -> None:
    found = alike(BOURG, TWIN)
    assert [reason.code for reason in found.reasons] == ["same_stratum", "same_grouping", "both_rural"]
    assert found.score > 0.8 > 0.3 > alike(BOURG, CITY).score
    assert alike(BOURG, CITY).reasons == ()
    assert alike(BOURG, None).score == alike(Place(), Place()).score == 0


def test_little_known_is_no_likeness() -> None:
    assert alike(Place(region_id=84), Place(region_id=84)).score == pytest.approx(0.07 / 0.6)


places = st.builds(
    Place,
    kind=st.sampled_from(["", "commune", "epci"]),
    stratum=st.sampled_from(["", *STRATA]),
    population=st.none() | st.integers(1, 3_000_000),
    grouping_kind=st.sampled_from(["", "cc", "metropole"]),
    rural_percent=st.none() | st.integers(0, 100),
    departement_id=st.none() | st.integers(1, 3),
    region_id=st.none() | st.integers(1, 3),
    is_overseas=st.none() | st.booleans(),
)


@settings(max_examples=50)
@given(places, places)
def test_likeness_is_symmetric_and_never_more_than_that_of_itself(one: Place, other: Place) -> None:
    assert alike(one, other).score == pytest.approx(alike(other, one).score)
    assert 0 <= alike(one, other).score <= 1
    full = Place(9, "commune", "0-500", 300, "cc", 100, 1, 1, False)
    assert alike(full, full).score == pytest.approx(1)


def test_a_score_says_what_it_is_made_of() -> None:
    peer = replace(PEER, evidence={1: (Item("session", NOW),) * 3}, asked=4, answered=4, median_hours=30.0)
    fit = fit_of(ASKED, peer, NOW)
    assert fit.parts["competence"] == fit.parts["category"] == fit.parts["availability"] == 1
    assert [reason.kept() for reason in fit.reasons[:2]] == [
        {"code": "experienced", "competence": 1},
        {"code": "same_category", "category": 1},
    ]
    kept = {reason.code: reason.facts for reason in fit.reasons}
    assert kept["sessions"] == {"number": 3, "competence": 1}
    assert kept["answers_within"] == {"days": 2}
    assert kept["room"] == {"number": 2}
    assert sum(WEIGHTS.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "change",
    [
        {"room": 0},
        {"is_open": False},
        {"pending": PENDING_MOST},
        {"shown": SHOWN_MOST},
        {"languages": frozenset({"en"})},
        {"declared": {2: Declared("notions", True)}},
        {"declared": {}},
    ],
    ids=lambda change: "-".join(change),
)
def test_who_cannot_be_asked_is_not_proposed(change: dict[str, object]) -> None:
    assert [fit.user_id for fit in best_peers(ASKED, [PEER], NOW)] == [7]
    assert best_peers(ASKED, [replace(PEER, **change)], NOW) == []  # type: ignore[arg-type]


def test_nobody_is_flooded() -> None:
    """Of twins, who was disturbed less comes first; and who is proposed each time gives way in the end."""
    rested, busy = replace(PEER, user_id=8), replace(PEER, pending=1)
    assert [fit.user_id for fit in best_peers(ASKED, [busy, rested], NOW)] == [8, 7]
    counts, others = dict.fromkeys(range(20), 0), 5
    for _need in range(60):
        peers = [replace(PEER, user_id=pk, shown=number) for pk, number in counts.items()]
        for fit in best_peers(ASKED, peers, NOW, limit=others):
            counts[fit.user_id] += 1
    assert max(counts.values()) - min(counts.values()) <= 1


def test_what_was_said_in_private_counts_and_is_no_reason() -> None:
    fits = [fit_of(ASKED, replace(PEER, feedback=value), NOW) for value in (1.5, 4.0, 5.0)]
    assert fits[0].score < fits[1].score < fits[2].score
    assert fits[0].reasons == fits[1].reasons == fits[2].reasons


def test_the_labelled_needs_are_enough_and_well_formed() -> None:
    needs, peers = load()
    assert len(needs) >= 60
    assert len(peers) >= 80
    assert all(need.right and need.wrong and need.why and not need.right & need.wrong for need in needs)


def test_the_right_peers_come_first() -> None:
    found = measure()
    assert found.precision >= 0.95
    assert found.exact >= 0.9
    assert found.first >= 0.95
    assert found.tempted <= 0.02


def test_each_part_brings_something() -> None:
    """Without a part, some right peer is missed or comes later, or some wrong one comes before. Availability alone says
    only which of two equals comes first: who is full is left out whatever the score."""
    found = ablations()
    whole = found.pop("all")
    assert [name for name, one in found.items() if one == whole] == ["availability"]
