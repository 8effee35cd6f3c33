"""Who may offer a training, hold a place in it, and lead it. Pure: callers give what they loaded."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from mentoring.enums import PlaceState, TrainingState
from mentoring.models import Training, TrainingPlace
from peerhub.people.models import Membership, User
from peerhub.people.policies import can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict


def can_see_training(user: User | AnonymousUser, training: Training) -> Verdict:
    """Whether its page may be opened; the twin of `Training.objects.visible_to`. Needs its circle."""
    if user.is_authenticated and user.is_active:
        is_offered = training.state != TrainingState.DRAFT and can_see_circle(user, training.circle)
        if is_offered or training.trainer_id == user.pk:
            return Allowed()
    return Denied(_("Cette formation ne vous est pas ouverte."), hide=True)


def can_offer_training(membership: Membership | None) -> Verdict:
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour y proposer une formation."), hide=True)
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    return Allowed()


def can_lead(membership: Membership | None, training: Training) -> Verdict:
    """Whether the person sees who follows, notes presence, gives certificates: who offers it, while in the network."""
    is_inside = membership is not None and membership.is_active and membership.network_id == training.network_id
    if membership is not None and is_inside and membership.user_id == training.trainer_id:
        return Allowed()
    return Denied(_("Cette page est celle de la personne qui propose la formation."))


def can_change_training(membership: Membership | None, training: Training) -> Verdict:
    verdict = can_lead(membership, training)
    if not verdict:
        return verdict
    if training.state == TrainingState.ENDED:
        return Denied(_("Cette formation est terminée."))
    return can_offer_training(membership)


def can_claim_place(membership: Membership | None, training: Training) -> Verdict:
    """Whether the person may take a place, or wait for one."""
    if membership is None or not membership.is_active or membership.network_id != training.network_id:
        return Denied(_("Rejoignez ce réseau pour suivre ses formations."))
    if membership.user_id == training.trainer_id:
        return Denied(_("C’est vous qui proposez cette formation."))
    if training.state != TrainingState.OPEN:
        return Denied(_("Cette formation n’est pas ouverte."))
    return Allowed()


def can_leave_place(training: Training, place: TrainingPlace | None) -> Verdict:
    if place is None or place.state == PlaceState.LEFT:
        return Denied(_("Vous n’avez pas de place dans cette formation."))
    if training.state != TrainingState.OPEN:
        return Denied(_("Cette formation n’est pas ouverte."))
    return Allowed()


@dataclass(frozen=True)
class TrainingAbilities:
    """What the page of a training offers to one person."""

    lead: bool
    change: bool
    claim: bool
    leave: bool
    follow: bool

    @classmethod
    def of(cls, membership: Membership | None, training: Training, place: TrainingPlace | None) -> "TrainingAbilities":
        holds = place is not None and place.state == PlaceState.HELD
        is_in = place is not None and place.state != PlaceState.LEFT
        return cls(
            lead=bool(can_lead(membership, training)),
            change=bool(can_change_training(membership, training)),
            claim=bool(can_claim_place(membership, training)) and not is_in,
            leave=bool(can_leave_place(training, place)),
            follow=holds,
        )
