"""What happened in mentoring, told to whoever must react (ids only)."""

from dataclasses import dataclass

from peerhub.outbox.registry import event


@event("mentoring.need_opened")
@dataclass(frozen=True)
class NeedOpened:
    need_id: int


@event("mentoring.need_closed")
@dataclass(frozen=True)
class NeedClosed:
    need_id: int
