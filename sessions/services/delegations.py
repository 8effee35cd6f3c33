"""Delegations: their seats, their lead, their people, and who answers for an elected official."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.people.errors import DomainError, require
from peerhub.people.models import Delegation, Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.memberships import set_delegation
from sessions.models import Delegate, Enrolment, Programme
from sessions.policies.programmes import can_lead, can_name_delegate, can_revoke_delegate
from sessions.services.programmes import hold_programme, keep_the_past


@transaction.atomic
def set_enrolment(*, actor: User, enrolment: Enrolment, seats: int | None, lead: int | None) -> Enrolment:
    """The animator says how many people a delegation may have in the programme (None: no limit), and who leads it (a
    user id, of the delegation). Raises `DomainError` below the number of those who are in it."""
    hold_programme(actor, enrolment.programme)
    current = _hold(enrolment)
    people = _people(current.delegation)
    if seats is not None and seats < len(people):
        text = ngettext(
            "Cette délégation compte déjà %(people)d personne : retirez-la d’abord.",
            "Cette délégation compte déjà %(people)d personnes : retirez-en d’abord.",
            len(people),
        )
        raise DomainError(text % {"people": len(people)})
    if lead is not None and lead not in people:
        raise DomainError(_("La ou le référent·e se choisit parmi les personnes de la délégation."))
    current.seats, current.lead_id = seats, lead
    current.save(update_fields=["seats", "lead"])
    return current


@transaction.atomic
def add_person(*, actor: User, enrolment: Enrolment, membership: Membership) -> None:
    """Let a member of the network into a delegation, within its seats; once when twice. The circles follow at once.

    Raises `DomainError` when no seat is left, or when the person is in another delegation."""
    current = _hold(enrolment)
    network = current.programme.network
    require(can_lead(membership_for(actor, network), current))
    person = Membership.objects.active().select_for_update(of=("self",)).filter(pk=membership.pk).first()
    if person is None or person.network_id != network.pk:
        raise DomainError(_("Cette personne n’est pas membre du réseau."))
    if person.delegation_id == current.delegation_id:
        return
    if person.delegation_id is not None:
        raise DomainError(_("Cette personne est déjà dans une autre délégation."))
    taken = len(_people(current.delegation))
    # A delegation may follow several programmes: the narrowest of their limits holds.
    limits = Enrolment.objects.filter(delegation=current.delegation_id, seats__isnull=False)
    if any(seats is not None and taken >= seats for seats in limits.values_list("seats", flat=True)):
        raise DomainError(_("Toutes les places de la délégation sont prises : demandez-en à l’animation."))
    _keep_the_pasts(current)
    set_delegation(membership=_loaded(person), delegation=current.delegation)


@transaction.atomic
def remove_person(*, actor: User, enrolment: Enrolment, membership: Membership) -> None:
    """Out of the delegation, and of the circles that it opens, at once; once when twice."""
    current = _hold(enrolment)
    require(can_lead(membership_for(actor, current.programme.network), current))
    person = Membership.objects.filter(pk=membership.pk, delegation=current.delegation_id).first()
    if person is None:
        return
    _keep_the_pasts(current)
    Enrolment.objects.filter(delegation=current.delegation_id, lead=person.user_id).update(lead=None)
    set_delegation(membership=_loaded(person), delegation=None)


@transaction.atomic
def name_delegate(*, actor: User, network: Network, principal: User, user: User) -> Delegate:
    """Say who may answer for an elected official of the network, until it is revoked; once when twice."""
    for_whom = Membership.objects.active().with_hat().filter(network=network, user=principal).first()
    if for_whom is None:
        raise DomainError(_("Cette personne n’est pas membre du réseau."))
    require(can_name_delegate(membership_for(actor, network), for_whom))
    if principal.pk == user.pk:
        raise DomainError(_("Choisissez une autre personne."))
    if membership_for(user, network) is None:
        raise DomainError(_("Cette personne n’est pas membre du réseau."))
    try:
        with transaction.atomic():
            return Delegate.objects.create(network=network, principal=principal, user=user, named_by=actor)
    except IntegrityError:
        return Delegate.objects.active().get(network=network, principal=principal, user=user)


@transaction.atomic
def revoke_delegate(*, actor: User, delegate: Delegate) -> bool:
    """From now on this person answers no more for the other; False when it was revoked already."""
    require(can_revoke_delegate(membership_for(actor, delegate.network), delegate))
    return bool(Delegate.objects.active().filter(pk=delegate.pk).update(revoked_at=timezone.now()))


def _hold(enrolment: Enrolment) -> Enrolment:
    """The delegation's row is what two adding at once wait for: its seats are counted by one at a time."""
    Delegation.objects.select_for_update(no_key=True).get(pk=enrolment.delegation_id)
    return Enrolment.objects.select_related("programme__network", "delegation").get(pk=enrolment.pk)


def _people(delegation: Delegation) -> set[int]:
    return set(Membership.objects.active().filter(delegation=delegation).values_list("user_id", flat=True))


def _loaded(membership: Membership) -> Membership:
    return Membership.objects.select_related("user", "network").get(pk=membership.pk)


def _keep_the_pasts(enrolment: Enrolment) -> None:
    """Before anyone comes or goes: what took place belongs to those who were there."""
    for programme in Programme.objects.filter(enrolments__delegation=enrolment.delegation_id).order_by("pk"):
        keep_the_past(programme=programme)
