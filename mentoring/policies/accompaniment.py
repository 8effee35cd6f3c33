"""What the people of a mentorship, or of an ask that was accepted, may keep and say around it. Pure: callers give what
they loaded (of a mentorship, its peers)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mentoring.enums import MentorshipEnd, MentorshipState, SolicitationState
from mentoring.models import Mentorship, Solicitation
from mentoring.policies.mentorships import can_follow, inner_peers
from peerhub.people.models import Circle, Membership, Network, User
from peerhub.people.verdicts import Allowed, Denied, Verdict

# What people thank each other for.
Helped = Mentorship | Solicitation


@dataclass(frozen=True)
class Around:
    """One person's part in it: with whom they exchange thanks and opinions, and whether it is time."""

    helped: Helped
    others: list[User]
    thank: Verdict
    give_feedback: Verdict

    @property
    def network(self) -> Network:
        return self.helped.network

    @property
    def circle(self) -> Circle:
        """Of its people. Neither a mentorship nor an ask that was accepted is without."""
        if self.helped.circle is None:
            raise ValueError("Nobody was asked yet.")
        return self.helped.circle

    @property
    def mentorship(self) -> Mentorship | None:
        return self.helped if isinstance(self.helped, Mentorship) else None

    @property
    def solicitation(self) -> Solicitation | None:
        return self.helped if isinstance(self.helped, Solicitation) else None

    def other(self, pk: int) -> User | None:
        return next((one for one in self.others if one.pk == pk), None)


def around(user: User, helped: Helped) -> Around:
    """In a group, each peer and the mentor; peers have nothing to say of each other."""
    if isinstance(helped, Mentorship):
        return _around_mentorship(user, helped)
    others = {helped.asker_id: [helped.peer], helped.peer_id: [helped.asker]}.get(user.pk, [])
    accepted: Verdict = Allowed()
    if not others:
        accepted = Denied(_("Cette demande ne vous est pas ouverte."), hide=True)
    elif helped.state != SolicitationState.ACCEPTED:
        accepted = Denied(_("On remercie quand l’aide a été acceptée."))
    return Around(helped, others, thank=accepted, give_feedback=accepted)


def _around_mentorship(user: User, mentorship: Mentorship) -> Around:
    following = can_follow(user, mentorship)
    if not following:
        return Around(mentorship, [], thank=following, give_feedback=following)
    is_mentor = mentorship.mentor_id == user.pk
    others = [one.user for one in inner_peers(mentorship)] if is_mentor else [mentorship.mentor]
    began = mentorship.is_running or mentorship.ending in {MentorshipEnd.DONE, MentorshipEnd.LEFT}
    is_over = mentorship.state == MentorshipState.ENDED and began
    return Around(
        mentorship,
        others,
        thank=Allowed() if began else Denied(_("Ce mentorat n’a pas commencé.")),
        give_feedback=Allowed() if is_over else Denied(_("On donne son avis quand le mentorat est terminé.")),
    )


def can_speak(membership: Membership | None) -> Verdict:
    """Whether what the person writes is shown to others. What they keep for themselves asks nothing of this."""
    if membership is None or not membership.is_active:
        return Denied(_("Vous n’êtes plus membre de ce réseau."))
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    return Allowed()
