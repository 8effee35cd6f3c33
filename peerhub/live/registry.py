"""What can be watched, and by whom: `@live_group` in `<app>/live.py`.

@live_group("topic", last_seq=last_post_number, presence=name_in_topic)
def can_watch_topic(user_id: int | None, pk: int) -> bool: ...
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

Judge = Callable[[int | None, int], bool]
LastSeq = Callable[[int], int | None]
LastChange = Callable[[int], str | None]
NameIn = Callable[[int, int], str | None]

# bigint has 19 digits; a longer number would be an error in the database instead of a refusal here.
GROUP = re.compile(r"([a-z][a-z_]{0,30})\.([1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True)
class LiveGroup:
    """`can_watch` judges (`user_id` None: anonymous); `last_seq` tells the newest sequence, so that a page that
    subscribes knows whether it missed something; without it the page asks over HTTP when in doubt. `last_change` tells
    likewise when what was there last changed, as the page writes it. `presence(user_id, pk)` is the name under which
    this person is shown to the others who watch: '' is told of them and not shown, None is neither; without it nobody
    learns who is there."""

    name: str
    can_watch: Judge
    last_seq: LastSeq | None
    last_change: LastChange | None
    presence: NameIn | None


class UnknownGroup(ValueError):
    """The name is malformed, or no app registered such groups."""


_groups: dict[str, LiveGroup] = {}


def live_group(
    name: str,
    *,
    last_seq: LastSeq | None = None,
    last_change: LastChange | None = None,
    presence: NameIn | None = None,
) -> Callable[[Judge], Judge]:
    """Register the judge of the groups `"<name>.<pk>"`. It is called at each subscription and recheck, in a
    thread of the `live` process: it must judge from the database, by the same policy as the page."""

    def register(can_watch: Judge) -> Judge:
        if name in _groups or not GROUP.fullmatch(f"{name}.1"):
            raise ValueError(f"live group {name!r} is malformed or registered twice")
        _groups[name] = LiveGroup(name, can_watch, last_seq, last_change, presence)
        return can_watch

    return register


def parse_group(group: str) -> tuple[LiveGroup, int]:
    """`"topic.12"` -> (its registration, 12); raises UnknownGroup."""
    match = GROUP.fullmatch(group)
    registered = _groups.get(match[1]) if match else None
    if match is None or registered is None:
        raise UnknownGroup(f"no live group is registered for {group[:60]!r}")
    return registered, int(match[2])


def registered_groups() -> tuple[LiveGroup, ...]:
    """Every registration, for the tests that walk them (the leak test)."""
    return tuple(_groups.values())
