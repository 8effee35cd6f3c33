"""Who asks whom, and who answers. Pure: callers give what they loaded."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from mentoring.enums import SolicitationState
from mentoring.models import Need, Solicitation
from mentoring.policies.needs import can_look_for_help
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict

Person = User | AnonymousUser


def can_ask(user: Person, membership: Membership | None, need: Need) -> Verdict:
    """Its author asks people, while the need is open."""
    if need.author_id != user.pk:
        return Denied(_("Seule la personne qui cherche sollicite pour son besoin."), hide=True)
    if not (verdict := can_look_for_help(membership)):
        return verdict
    if not need.is_open:
        return Denied(_("Ce besoin n’est plus ouvert : personne n’est sollicité pour lui."))
    return Allowed()


def can_answer(user: Person, membership: Membership | None, solicitation: Solicitation) -> Verdict:
    """Whoever is asked answers, as long as it waits and the need is open. Needs the need."""
    if solicitation.peer_id != user.pk:
        return Denied(_("Seule la personne sollicitée répond."), hide=True)
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour y répondre."), hide=True)
    if not solicitation.is_pending or not solicitation.need.is_open:
        return Denied(_("Cette demande n’attend plus de réponse."))
    return Allowed()


def can_withdraw(user: Person, solicitation: Solicitation) -> Verdict:
    """Whoever asked takes back what nobody answered yet."""
    if solicitation.asker_id != user.pk:
        return Denied(_("Seule la personne qui demande retire sa demande."), hide=True)
    if solicitation.state not in {SolicitationState.QUEUED, SolicitationState.SENT}:
        return Denied(_("Cette demande a déjà sa réponse."))
    return Allowed()


def can_send_now(user: Person, solicitation: Solicitation, *, is_free: bool) -> Verdict:
    """Whoever asked sends what waits its turn, when nobody else is asked (`is_free`). Needs the need."""
    if solicitation.asker_id != user.pk:
        return Denied(_("Seule la personne qui demande envoie sa demande."), hide=True)
    if solicitation.state != SolicitationState.QUEUED or not solicitation.need.is_open:
        return Denied(_("Cette demande n’attend plus son tour."))
    if not is_free:
        return Denied(_("Une personne est déjà sollicitée : son tour viendra."))
    return Allowed()


def can_meet(user: Person, solicitation: Solicitation) -> Verdict:
    """The two agree on a moment, once it is accepted."""
    if user.pk not in {solicitation.asker_id, solicitation.peer_id}:
        return Denied(_("Cette demande ne vous est pas ouverte."), hide=True)
    if solicitation.state != SolicitationState.ACCEPTED:
        return Denied(_("On convient d’un moment quand la demande est acceptée."))
    if not solicitation.is_running:
        return Denied(_("Cet échange est clos."))
    return Allowed()


def can_close(user: Person, solicitation: Solicitation, *, has_mentorship: bool) -> Verdict:
    """Either of the two says that it is over; what became a mentorship ends as one."""
    if user.pk not in {solicitation.asker_id, solicitation.peer_id}:
        return Denied(_("Cette demande ne vous est pas ouverte."), hide=True)
    if not solicitation.is_running:
        return Denied(_("Il n’y a pas d’échange en cours."))
    if has_mentorship:
        return Denied(_("Cet échange est devenu un mentorat : il se termine sur sa page."))
    return Allowed()


@dataclass(frozen=True)
class SolicitationAbilities:
    """What the page of one offers to one person, judged once."""

    answer: bool
    withdraw: bool
    meet: bool

    @classmethod
    def of(cls, user: Person, membership: Membership | None, solicitation: Solicitation) -> "SolicitationAbilities":
        return cls(
            answer=bool(can_answer(user, membership, solicitation)),
            withdraw=bool(can_withdraw(user, solicitation)),
            meet=bool(can_meet(user, solicitation)),
        )
