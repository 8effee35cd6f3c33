"""What a person is to a session that they see, when it is about what the session leaves: its minutes, its decisions."""

from dataclasses import dataclass

from peerhub.people.verdicts import Verdict


@dataclass(frozen=True)
class Standing:
    """A member of its network; who holds a seat, or was noted present; who facilitates, or animates the network; and
    whether the person may write in the network at all. Callers load it (`queries.standing`)."""

    is_member: bool
    has_seat: bool
    facilitates: bool
    may_speak: Verdict
