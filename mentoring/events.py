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


@event("mentoring.solicitation_sent")
@dataclass(frozen=True)
class SolicitationSent:
    solicitation_id: int


@event("mentoring.solicitation_reminded")
@dataclass(frozen=True)
class SolicitationReminded:
    solicitation_id: int


@event("mentoring.solicitation_accepted")
@dataclass(frozen=True)
class SolicitationAccepted:
    solicitation_id: int


@event("mentoring.solicitation_declined")
@dataclass(frozen=True)
class SolicitationDeclined:
    solicitation_id: int


@event("mentoring.solicitation_lapsed")
@dataclass(frozen=True)
class SolicitationLapsed:
    """Nobody answered within the delay."""

    solicitation_id: int


@event("mentoring.exchange_closed")
@dataclass(frozen=True)
class ExchangeClosed:
    """One of the two of an ask that was accepted said that it is over."""

    solicitation_id: int
    actor_id: int


@event("mentoring.need_task_rung")
@dataclass(frozen=True)
class NeedTaskRung:
    """A need has waited for so many days; each step once."""

    task_id: int
    step_days: int


@event("mentoring.asker_written_to")
@dataclass(frozen=True)
class AskerWrittenTo:
    """Somebody who animates writes to whoever's need waits: the first words of their conversation."""

    task_id: int
    animator_id: int


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


@event("mentoring.group_asked")
@dataclass(frozen=True)
class GroupAsked:
    """Somebody asks to join an open group."""

    ask_id: int


@event("mentoring.group_answered")
@dataclass(frozen=True)
class GroupAnswered:
    """The mentor of an open group said yes or no to somebody."""

    ask_id: int


@event("mentoring.mentorship_due")
@dataclass(frozen=True)
class MentorshipDue:
    """The day on which it was to end is there."""

    mentorship_id: int


@event("mentoring.keeper_named")
@dataclass(frozen=True)
class KeeperNamed:
    keeper_id: int


@event("mentoring.contact_named")
@dataclass(frozen=True)
class ContactNamed:
    """Somebody is whom to ask about what their organisation offers."""

    support_id: int
    user_id: int
    actor_id: int


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


@event("mentoring.introduction_made")
@dataclass(frozen=True)
class IntroductionMade:
    introduction_id: int


@event("mentoring.introduction_moved")
@dataclass(frozen=True)
class IntroductionMoved:
    """Somebody proposed another moment (`at`, in seconds of the epoch): the others are asked anew."""

    introduction_id: int
    actor_id: int
    at: int


@event("mentoring.introduction_declined")
@dataclass(frozen=True)
class IntroductionDeclined:
    introduction_id: int
    user_id: int


@event("mentoring.competence_proposed")
@dataclass(frozen=True)
class CompetenceProposed:
    proposal_id: int


@event("mentoring.competence_proposal_decided")
@dataclass(frozen=True)
class CompetenceProposalDecided:
    proposal_id: int
