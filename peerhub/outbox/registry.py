"""What events exist, under which names, and who reacts to them.

An app declares its events in `<app>/events.py` and its reactions in `<app>/handlers.py`; both are found at start.

    @event("forums.post_created")
    @dataclass(frozen=True)
    class PostCreated:
        post_id: int
        topic_id: int

    @handles(PostCreated)
    def on_post_created(event: PostCreated) -> None: ...
"""

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

E = TypeVar("E")
Handler = Callable[[Any], None]
Payload = dict[str, int | str | bool | None]

FIELD_TYPES = (int, str, bool, type(None))
NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")

_classes: dict[str, type[Any]] = {}
_names: dict[type[Any], str] = {}
_handlers: dict[type[Any], list[Handler]] = {}


class UnknownEvent(LookupError):
    """No event has that name in this process: it was removed, or a newer version of PeerHub emitted it."""


class BadPayload(ValueError):
    """A stored payload does not fit the fields of its event."""


def event(name: str) -> Callable[[type[E]], type[E]]:
    """Register a frozen dataclass of ids as an event, under a name that rows keep: never rename it lightly.

    Raises TypeError for anything else than a frozen dataclass of int, str, bool and None: the row outlives the
    transaction, so it must hold no content of a person and nothing that ages.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no event name: write app.what_happened.")

    def register(cls: type[E]) -> type[E]:
        _check(cls)
        known = _classes.get(name)
        if known is not None and known is not cls:
            raise ValueError(f"{name} already names {known.__module__}.{known.__qualname__}.")
        _classes[name] = cls
        _names[cls] = name
        return cls

    return register


def handles(cls: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a reaction to an event. It may be called again for the same event: make it idempotent by key."""
    if cls not in _names:
        raise TypeError(f"{cls.__qualname__} is not registered: decorate it with @event(name).")

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        _handlers.setdefault(cls, []).append(handler)
        return handler

    return register


def name_of(cls: type[Any]) -> str:
    """The name under which an event class is stored; TypeError if it is not registered."""
    try:
        return _names[cls]
    except KeyError:
        raise TypeError(f"{cls.__qualname__} is not registered: decorate it with @event(name).") from None


def handlers_of(cls: type[Any]) -> tuple[Handler, ...]:
    return tuple(_handlers.get(cls, ()))


def registered_events() -> dict[str, type[Any]]:
    """Every event by its name, sorted: the documentation and its test read this."""
    return dict(sorted(_classes.items()))


def payload_of(instance: Any) -> Payload:
    """The fields of an event as stored. All are flat, so no deep copy is needed."""
    return {field.name: getattr(instance, field.name) for field in dataclasses.fields(instance)}


def revive(name: str, payload: Payload) -> Any:
    """The event instance of a stored row; UnknownEvent or BadPayload if this version cannot read it."""
    cls = _classes.get(name)
    if cls is None:
        raise UnknownEvent(name)
    try:
        return cls(**payload)
    except TypeError as error:
        raise BadPayload(name) from error


@contextmanager
def isolated() -> Iterator[None]:
    """Forget at the end what was registered inside: for tests that declare events of their own."""
    classes, names = dict(_classes), dict(_names)
    handlers = {cls: list(reactions) for cls, reactions in _handlers.items()}
    try:
        yield
    finally:
        _classes.clear()
        _classes.update(classes)
        _names.clear()
        _names.update(names)
        _handlers.clear()
        _handlers.update(handlers)


def _check(cls: type[Any]) -> None:
    if not (dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        raise TypeError(f"{cls.__qualname__} must be a frozen dataclass.")
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        union = typing.get_origin(hint) in (typing.Union, types.UnionType)
        if not all(part in FIELD_TYPES for part in (typing.get_args(hint) if union else (hint,))):
            raise TypeError(f"{cls.__qualname__}.{field.name}: an event holds ids (int, str, bool, None) only.")
