"""What happened to people, told to whoever must react (ids only)."""

from dataclasses import dataclass

from peerhub.outbox.registry import event


@event("people.network_joined")
@dataclass(frozen=True)
class NetworkJoined:
    """A membership became active: first time or again."""

    membership_id: int


@event("people.network_left")
@dataclass(frozen=True)
class NetworkLeft:
    """A membership ended or was suspended."""

    membership_id: int


@event("people.profile_changed")
@dataclass(frozen=True)
class ProfileChanged:
    """What others see of a person changed: the name, or a hat worn somewhere."""

    user_id: int
