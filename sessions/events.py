"""What happened to sessions, told to whoever must react (ids only)."""

from dataclasses import dataclass

from peerhub.outbox.registry import event


@event("sessions.session_created")
@dataclass(frozen=True)
class SessionCreated:
    session_id: int


@event("sessions.session_moved")
@dataclass(frozen=True)
class SessionMoved:
    """The time, the place or the link changed; `sequence` is the revision that says so."""

    session_id: int
    sequence: int


@event("sessions.session_cancelled")
@dataclass(frozen=True)
class SessionCancelled:
    session_id: int
    sequence: int


@event("sessions.registered")
@dataclass(frozen=True)
class Registered:
    """`version` counts the changes of mind of one registration: an older event is moot."""

    registration_id: int
    version: int


@event("sessions.withdrawn")
@dataclass(frozen=True)
class Withdrawn:
    registration_id: int
    version: int
