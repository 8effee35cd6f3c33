import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerhub.outbox import registry
from tests.outbox.samples import Followed, Happened


def test_event_refuses_a_class_that_is_no_frozen_dataclass() -> None:
    @dataclass
    class Melting:
        fact_id: int

    class Bare:
        fact_id: int

    for cls in (Melting, Bare):
        with pytest.raises(TypeError, match="must be a frozen dataclass"):
            registry.event("samples.refused")(cls)
    assert "samples.refused" not in registry.registered_events()


@pytest.mark.parametrize("kind", [float, dict[str, int], list[int], Happened, Any, int | float])
def test_event_refuses_fields_that_are_no_ids(kind: Any) -> None:
    cls: type[Any] = dataclass(frozen=True)(type("Heavy", (), {"__annotations__": {"content": kind}}))
    with pytest.raises(TypeError, match=r"Heavy\.content: an event holds ids"):
        registry.event("samples.heavy")(cls)


@pytest.mark.parametrize("kind", [int, str, bool, int | None, "int | None"])
def test_event_accepts_ids(kind: Any) -> None:
    cls: type[Any] = dataclass(frozen=True)(type("Light", (), {"__annotations__": {"target_id": kind}}))
    registry.event("samples.light")(cls)
    assert registry.registered_events()["samples.light"] is cls
    assert registry.name_of(cls) == "samples.light"


@pytest.mark.parametrize("name", ["", "happened", "Samples.Happened", "samples.happened.twice", "samples. x"])
def test_event_refuses_an_odd_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no event name"):
        registry.event(name)


def test_event_refuses_a_name_taken_by_another_class() -> None:
    with pytest.raises(ValueError, match=r"samples\.happened already names"):
        registry.event("samples.happened")(Followed)
    registry.event("samples.happened")(Happened)


def test_handles_refuses_an_unregistered_class() -> None:
    @dataclass(frozen=True)
    class Stranger:
        fact_id: int

    with pytest.raises(TypeError, match="is not registered"):
        registry.handles(Stranger)
    with pytest.raises(TypeError, match="is not registered"):
        registry.name_of(Stranger)


def test_handlers_keep_the_order_of_registration() -> None:
    def first(event: Happened) -> None: ...

    def second(event: Happened) -> None: ...

    registry.handles(Happened)(first)
    registry.handles(Happened)(second)
    assert registry.handlers_of(Happened) == (first, second)
    assert registry.handlers_of(Followed) == ()


def test_revive_tells_unknown_from_unfit() -> None:
    with pytest.raises(registry.UnknownEvent):
        registry.revive("samples.never", {})
    with pytest.raises(registry.BadPayload):
        registry.revive("samples.happened", {"fact_id": 1, "gone": 2})
    assert registry.revive("samples.followed", {"fact_id": 1}) == Followed(1, None)


def test_isolated_forgets_events_and_handlers() -> None:
    before = registry.registered_events()
    with registry.isolated():
        registry.event("samples.inner")(dataclass(frozen=True)(type("Inner", (), {})))
        registry.handles(Happened)(lambda event: None)
    assert registry.registered_events() == before
    assert registry.handlers_of(Happened) == ()


@given(fact_id=st.integers(), note=st.none() | st.text())
def test_payload_survives_storage(fact_id: int, note: str | None) -> None:
    event = Followed(fact_id, note)
    stored = json.loads(json.dumps(registry.payload_of(event)))
    assert registry.revive("samples.followed", stored) == event
