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


@event("mentoring.mentorship_proposed")
@dataclass(frozen=True)
class MentorshipProposed:
    """Also when one more person is asked into a group."""

    mentorship_id: int


@event("mentoring.terms_changed")
@dataclass(frozen=True)
class TermsChanged:
    mentorship_id: int
    number: int
    actor_id: int


@event("mentoring.mentorship_agreed")
@dataclass(frozen=True)
class MentorshipAgreed:
    """It runs: its mentor and a first peer agreed to the same terms."""

    mentorship_id: int
    actor_id: int


@event("mentoring.mentorship_paused")
@dataclass(frozen=True)
class MentorshipPaused:
    mentorship_id: int
    actor_id: int
    at: int


@event("mentoring.mentorship_resumed")
@dataclass(frozen=True)
class MentorshipResumed:
    """By one of its people, or by itself at the date that they had set (`actor_id` 0)."""

    mentorship_id: int
    actor_id: int
    at: int


@event("mentoring.mentorship_ended")
@dataclass(frozen=True)
class MentorshipEnded:
    """Whichever way: `Mentorship.ending` says it."""

    mentorship_id: int
    actor_id: int


@event("mentoring.peer_left")
@dataclass(frozen=True)
class PeerLeft:
    """Somebody left a group, which goes on."""

    mentorship_id: int
    user_id: int


@event("mentoring.mentorship_due")
@dataclass(frozen=True)
class MentorshipDue:
    """The day on which it was to end is there."""

    mentorship_id: int


@event("mentoring.keeper_named")
@dataclass(frozen=True)
class KeeperNamed:
    keeper_id: int


@event("mentoring.support_renewal_asked")
@dataclass(frozen=True)
class SupportRenewalAsked:
    """The date until which it holds comes near."""

    support_id: int


@event("mentoring.place_taken")
@dataclass(frozen=True)
class PlaceTaken:
    """Of a training: at once, or after waiting."""

    place_id: int


@event("mentoring.place_offered")
@dataclass(frozen=True)
class PlaceOffered:
    """Who waited holds a place that was freed, or added."""

    place_id: int


@event("mentoring.place_freed")
@dataclass(frozen=True)
class PlaceFreed:
    place_id: int


@event("mentoring.certified")
@dataclass(frozen=True)
class Certified:
    """By who leads the training, not by oneself."""

    place_id: int


@event("mentoring.check_in_asked")
@dataclass(frozen=True)
class CheckInAsked:
    check_in_id: int


@event("mentoring.check_in_help_wanted")
@dataclass(frozen=True)
class CheckInHelpWanted:
    """Somebody would like to talk about their mentorship with who animates the network."""

    check_in_id: int


@event("mentoring.thanks_given")
@dataclass(frozen=True)
class ThanksGiven:
    thanks_id: int


@event("mentoring.thanks_published")
@dataclass(frozen=True)
class ThanksPublished:
    """Both wished that the network sees it."""

    thanks_id: int
