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


@event("sessions.poll_opened")
@dataclass(frozen=True)
class PollOpened:
    poll_id: int


@event("sessions.poll_chased")
@dataclass(frozen=True)
class PollChased:
    """`wave` tells one chase of a poll from another."""

    poll_id: int
    wave: str


@event("sessions.poll_closed")
@dataclass(frozen=True)
class PollClosed:
    poll_id: int


@event("sessions.poll_cancelled")
@dataclass(frozen=True)
class PollCancelled:
    poll_id: int


@event("sessions.poll_guest_to_tell")
@dataclass(frozen=True)
class PollGuestToTell:
    """A mail to one guest: `what` is `asked`, `chased`, `closed` or `cancelled`, of the poll; `moved` or `called_off`,
    of the session that it made. `wave` tells two of a kind apart: of a session, its revision."""

    guest_id: int
    what: str
    wave: str


@event("sessions.people_invited")
@dataclass(frozen=True)
class PeopleInvited:
    """`wave`: when (ISO): the invitations of that moment."""

    session_id: int
    wave: str


@event("sessions.silent_chased")
@dataclass(frozen=True)
class SilentChased:
    session_id: int
    wave: str


@event("sessions.seat_offered")
@dataclass(frozen=True)
class SeatOffered:
    registration_id: int
    version: int


@event("sessions.offer_ended")
@dataclass(frozen=True)
class OfferEnded:
    """The delay of an offer is over and nobody answered."""

    registration_id: int
    version: int


@event("sessions.substituted")
@dataclass(frozen=True)
class Substituted:
    """The person of this registration sits in the place of somebody else."""

    registration_id: int
    version: int


@event("sessions.answered_for")
@dataclass(frozen=True)
class AnsweredFor:
    """Somebody entered the answer of the person: the person is told."""

    registration_id: int
    version: int


@event("sessions.conclusion_proposed")
@dataclass(frozen=True)
class ConclusionProposed:
    """A version was submitted to the group: a later one makes this moot."""

    conclusion_id: int
    version: int


@event("sessions.conclusion_objected")
@dataclass(frozen=True)
class ConclusionObjected:
    voice_id: int


@event("sessions.conclusion_sealed")
@dataclass(frozen=True)
class ConclusionSealed:
    conclusion_id: int


@event("sessions.envelopes_opened")
@dataclass(frozen=True)
class EnvelopesOpened:
    """The envelopes of an agora were opened; `conclusion_id` is the first of them, for this opening has no row."""

    agora_id: int
    conclusion_id: int


@event("sessions.lowering_asked")
@dataclass(frozen=True)
class LoweringAsked:
    """The authors who have not answered yet are asked; may come again for one who wrote meanwhile."""

    request_id: int


@event("sessions.lowering_closed")
@dataclass(frozen=True)
class LoweringClosed:
    request_id: int


@event("sessions.decision_given")
@dataclass(frozen=True)
class DecisionGiven:
    """A decision was given by the actor to somebody to do; moot once it is somebody else's."""

    decision_id: int
    owner_id: int
    actor_id: int


@event("sessions.peer_day_invited")
@dataclass(frozen=True)
class PeerDayInvited:
    """Invitations to a peer day left; `wave`: when (ISO) they began to."""

    peer_day_id: int
    wave: str


@event("sessions.minutes_published")
@dataclass(frozen=True)
class MinutesPublished:
    """`number` tells one publication from the next: minutes may be opened again between."""

    minutes_id: int
    number: int
