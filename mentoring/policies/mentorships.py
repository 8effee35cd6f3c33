"""What the people of a mentorship may do with it, and when. Pure: callers give what they loaded, peers included."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from mentoring.enums import MentorshipState
from mentoring.models import Mentorship, MentorshipPeer
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict

Person = User | AnonymousUser


def present_peers(mentorship: Mentorship) -> list[MentorshipPeer]:
    """Who is accompanied, or asked to be, now."""
    return [one for one in asked_peers(mentorship) if one.is_reached]


def asked_peers(mentorship: Mentorship) -> list[MentorshipPeer]:
    """The same as its mentor knows them, who is not told who was not reached: each takes a place."""
    return sorted((one for one in mentorship.peers.all() if one.left_at is None), key=lambda one: one.pk)


def inner_peers(mentorship: Mentorship) -> list[MentorshipPeer]:
    """Who is accompanied, and reads what its people write: in a group, those who gave their agreement."""
    return [one for one in present_peers(mentorship) if one.agreed_number or not mentorship.is_group]


def others_of(user: Person, mentorship: Mentorship) -> list[User]:
    """Everyone else in it, its mentor first: who has not answered yet is shown to its mentor alone."""
    peers = asked_peers(mentorship) if mentorship.mentor_id == user.pk else inner_peers(mentorship)
    return [one for one in (mentorship.mentor, *(peer.user for peer in peers)) if one.pk != user.pk]


def peer_of(mentorship: Mentorship, user: Person) -> MentorshipPeer | None:
    return next((one for one in present_peers(mentorship) if one.user_id == user.pk), None)


def has_agreed(mentorship: Mentorship, user: Person) -> bool:
    """Whether the person agreed to the terms as they stand."""
    number = mentorship.terms_number
    if mentorship.mentor_id == user.pk:
        return mentorship.mentor_agreed_number == number
    peer = next((one for one in asked_peers(mentorship) if one.user_id == user.pk), None)
    return peer is not None and peer.agreed_number == number


def can_take_part(user: Person, mentorship: Mentorship) -> Verdict:
    """Whether the person is its mentor, or one of its peers now."""
    if user.is_authenticated and (mentorship.mentor_id == user.pk or peer_of(mentorship, user)):
        return Allowed()
    return Denied(_("Ce mentorat ne vous est pas ouvert."), hide=True)


def can_follow(user: Person, mentorship: Mentorship) -> Verdict:
    """Whether its conversation, meetings and notes are the person's: of a group, once they gave their agreement."""
    if not (taking_part := can_take_part(user, mentorship)):
        return taking_part
    if mentorship.mentor_id == user.pk or any(one.user_id == user.pk for one in inner_peers(mentorship)):
        return Allowed()
    return Denied(_("Donnez d’abord votre accord : ce qui s’écrit dans ce groupe s’ouvre ensuite à vous."))


def can_propose_group(membership: Membership | None) -> Verdict:
    """Whether the person may offer to accompany several people of the network together."""
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour y accompagner quelqu’un."), hide=True)
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    return Allowed()


def can_agree(user: Person, mentorship: Mentorship) -> Verdict:
    if not (taking_part := can_take_part(user, mentorship)):
        return taking_part
    if mentorship.is_ended:
        return _ended()
    if has_agreed(mentorship, user):
        return Denied(_("Vous avez déjà donné votre accord."))
    return Allowed()


def can_change_terms(user: Person, mentorship: Mentorship) -> Verdict:
    """Either of two; in a group its mentor alone, since each change asks everyone to agree anew."""
    if not (taking_part := can_take_part(user, mentorship)):
        return taking_part
    if mentorship.is_ended:
        return _ended()
    return _the_mentor_in_a_group(user, mentorship)


def can_invite(user: Person, mentorship: Mentorship) -> Verdict:
    """The mentor asks people into a group, while it has places."""
    if mentorship.mentor_id != user.pk or not mentorship.is_group:
        return Denied(_("Seule la personne qui accompagne un groupe y invite."), hide=True)
    if mentorship.is_ended:
        return _ended()
    if len(asked_peers(mentorship)) >= mentorship.places:
        return Denied(_("Toutes les places de ce groupe sont prises."))
    return Allowed()


def can_lead_group(user: Person, mentorship: Mentorship) -> Verdict:
    """The mentor of a group takes back what was not answered, opens it to the network, and answers who asks to join."""
    if mentorship.mentor_id != user.pk or not mentorship.is_group:
        return Denied(_("Seule la personne qui accompagne un groupe y invite."), hide=True)
    return _ended() if mentorship.is_ended else Allowed()


def can_ask_to_join(membership: Membership | None, mentorship: Mentorship) -> Verdict:
    """Whether somebody who is not in it may ask to join a group. Whoever was asked into it answers there."""
    if membership is None or not membership.is_active or membership.network_id != mentorship.network_id:
        return Denied(_("Ce groupe ne vous est pas ouvert."), hide=True)
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    is_in = any(one.user_id == membership.user_id for one in present_peers(mentorship))
    if not mentorship.is_open or mentorship.is_ended or is_in or mentorship.mentor_id == membership.user_id:
        return Denied(_("Ce groupe ne prend plus de demandes."))
    if len(asked_peers(mentorship)) >= mentorship.places:
        return Denied(_("Toutes les places de ce groupe sont prises."))
    return Allowed()


def can_pause(user: Person, mentorship: Mentorship) -> Verdict:
    if not (changing := can_change_terms(user, mentorship)):
        return changing
    if mentorship.state != MentorshipState.ACTIVE:
        return Denied(_("On ne met en pause qu’un mentorat en cours."))
    return Allowed()


def can_resume(user: Person, mentorship: Mentorship) -> Verdict:
    if not (changing := can_change_terms(user, mentorship)):
        return changing
    if mentorship.state != MentorshipState.PAUSED:
        return Denied(_("Ce mentorat n’est pas en pause."))
    return Allowed()


def can_end(user: Person, mentorship: Mentorship) -> Verdict:
    """Say that it came to its end; of a group, its mentor does."""
    if not (changing := can_change_terms(user, mentorship)):
        return changing
    if not mentorship.is_running:
        return Denied(_("Ce mentorat n’a pas commencé."))
    return Allowed()


def can_leave(user: Person, mentorship: Mentorship) -> Verdict:
    """At any time, and without a reason."""
    if not (taking_part := can_take_part(user, mentorship)):
        return taking_part
    return _ended() if mentorship.is_ended else Allowed()


def can_meet(user: Person, mentorship: Mentorship) -> Verdict:
    """Whether the person may set a time for its people: of two, also to get to know each other before agreeing."""
    if not (following := can_follow(user, mentorship)):
        return following
    if mentorship.state == MentorshipState.PAUSED:
        return Denied(_("Ce mentorat est en pause."))
    return _ended() if mentorship.is_ended else Allowed()


def can_look_again(user: Person, mentorship: Mentorship) -> Verdict:
    """Whether the person, who was accompanied, may look for somebody else from here."""
    if not any(one.user_id == user.pk for one in mentorship.peers.all()):
        return Denied(_("Seule une personne accompagnée cherche de nouveau."), hide=True)
    if peer_of(mentorship, user) and not mentorship.is_ended:
        return Denied(_("Ce mentorat est encore en cours."))
    return Allowed()


def _ended() -> Verdict:
    return Denied(_("Ce mentorat est terminé."))


def _the_mentor_in_a_group(user: Person, mentorship: Mentorship) -> Verdict:
    if mentorship.is_group and mentorship.mentor_id != user.pk:
        return Denied(_("Dans un groupe, c’est la personne qui accompagne qui en décide."))
    return Allowed()


@dataclass(frozen=True)
class MentorshipAbilities:
    """What the page of a mentorship offers to one person."""

    agree: bool
    change_terms: bool
    invite: bool
    pause: bool
    resume: bool
    end: bool
    leave: bool
    follow: bool
    meet: bool
    look_again: bool

    @classmethod
    def of(cls, user: Person, mentorship: Mentorship) -> "MentorshipAbilities":
        return cls(
            agree=bool(can_agree(user, mentorship)),
            change_terms=bool(can_change_terms(user, mentorship)),
            invite=bool(can_invite(user, mentorship)),
            pause=bool(can_pause(user, mentorship)),
            resume=bool(can_resume(user, mentorship)),
            end=bool(can_end(user, mentorship)),
            leave=bool(can_leave(user, mentorship)),
            follow=bool(can_follow(user, mentorship)),
            meet=bool(can_meet(user, mentorship)),
            look_again=bool(can_look_again(user, mentorship)),
        )
