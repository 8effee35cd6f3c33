"""Joining and leaving networks, hats and roles."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.services import emit
from peerhub.people.enums import MembershipStatus, Role
from peerhub.people.errors import DomainError, require
from peerhub.people.events import NetworkJoined, NetworkLeft, ProfileChanged
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Delegation,
    Membership,
    Network,
    Organisation,
    Territory,
    User,
)
from peerhub.people.policies import can_confirm_hat, can_join, can_leave
from peerhub.people.services.circles import ensure_network_circles, follow_membership
from peerhub.people.services.organisations import find_or_create_organisation


@transaction.atomic
def create_network(
    *,
    slug: str,
    name: str,
    tagline: str = "",
    description: str = "",
    is_public: bool = True,
    join_policy: str,
) -> Network:
    network = Network.objects.create(
        slug=slug,
        name=name,
        tagline=tagline,
        description=description,
        is_public=is_public,
        join_policy=join_policy,
    )
    ensure_network_circles(network=network)
    return network


def add_affiliation(
    *,
    user: User,
    category: ActorCategory,
    organisation: Organisation | None = None,
    territory: Territory | None = None,
    title: str = "",
) -> Affiliation:
    """A new hat for a person."""
    return Affiliation.objects.create(
        user=user, category=category, organisation=organisation, territory=territory, title=title.strip()
    )


@dataclass(frozen=True)
class NewHat:
    """A hat as a person describes it; the organisation by its name."""

    category: ActorCategory
    title: str = ""
    organisation: str = ""
    territory: Territory | None = None


@transaction.atomic
def create_hat(*, user: User, hat: NewHat) -> Affiliation:
    """A new hat, whose organisation is found or made."""
    organisation = find_or_create_organisation(name=hat.organisation, territory=hat.territory, category=hat.category)
    return add_affiliation(
        user=user, category=hat.category, organisation=organisation, territory=hat.territory, title=hat.title
    )


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, on: date) -> None:
    """Put a hat away: it is kept with its last day. Refused while it is worn in a network."""
    worn = Membership.objects.active().filter(affiliation=affiliation).select_related("network").first()
    if worn:
        raise DomainError(
            _("Vous portez cette casquette dans « %(network)s » : choisissez-en d’abord une autre pour ce réseau.")
            % {"network": worn.network.name}
        )
    affiliation.ends_on = max(on, affiliation.starts_on or on)
    affiliation.save(update_fields=["ends_on"])


@transaction.atomic
def join_network(*, user: User, network: Network, affiliation: Affiliation | NewHat) -> Membership:
    """Join an open network with a hat, one's own or a new one. Joining twice is joining once.

    Raises `Refused` for a closed network and for a person who is suspended there.
    """
    # One person joins once at a time: two clicks do not make two hats.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    existing = Membership.objects.select_for_update(of=["self"]).filter(user=user, network=network).first()
    require(can_join(user, network, existing))
    if existing and existing.is_active:
        return existing
    if isinstance(affiliation, NewHat):
        affiliation = create_hat(user=user, hat=affiliation)
    return _activate(user=user, network=network, affiliation=affiliation, hat_confirmed_at=None)


@transaction.atomic
def add_membership(
    *,
    user: User,
    network: Network,
    affiliation: Affiliation,
    role: str = Role.MEMBER,
    delegation: Delegation | None = None,
) -> Membership:
    """Make a person an active member, whatever the network's policy: an import, an invitation, an animator, who by
    this act vouches for the hat."""
    return _activate(
        user=user,
        network=network,
        affiliation=affiliation,
        role=role,
        delegation=delegation,
        hat_confirmed_at=timezone.now(),
    )


def _activate(*, user: User, network: Network, affiliation: Affiliation, **fields: Any) -> Membership:
    if affiliation.user_id != user.pk:
        raise DomainError(_("Cette casquette est celle de quelqu’un d’autre."))
    membership, _created = Membership.objects.update_or_create(
        user=user,
        network=network,
        defaults={
            "affiliation": affiliation,
            "role": Role.MEMBER,
            "delegation": None,
            "status": MembershipStatus.ACTIVE,
            "suspended_until": None,
            "joined_at": timezone.now(),
            **fields,
        },
    )
    follow_membership(membership=membership)
    emit(NetworkJoined(membership_id=membership.pk))
    return membership


@transaction.atomic
def change_hat(*, membership: Membership, affiliation: Affiliation) -> None:
    """Wear another of one's hats in a network; the circles of the category follow, the confidential ones once an
    animator has confirmed the hat."""
    if affiliation.user_id != membership.user_id:
        raise DomainError(_("Cette casquette est celle de quelqu’un d’autre."))
    _hold(membership)
    if membership.affiliation_id == affiliation.pk:
        return
    membership.affiliation = affiliation
    membership.hat_confirmed_at = None
    membership.save(update_fields=["affiliation", "hat_confirmed_at"])
    follow_membership(membership=membership)
    emit(ProfileChanged(user_id=membership.user_id))


@transaction.atomic
def confirm_hat(*, animator: Membership, membership: Membership, affiliation_id: int) -> None:
    """An animator vouches for the hat that a member of the same network wears there; the confidential circle of its
    category opens. Raises `DomainError` when the member wears another one meanwhile."""
    require(can_confirm_hat(animator, membership))
    confirmed = Membership.objects.filter(pk=membership.pk, affiliation_id=affiliation_id).update(
        hat_confirmed_at=timezone.now()
    )
    if not confirmed:
        raise DomainError(_("Cette personne porte une autre casquette depuis : relisez avant de confirmer."))
    Affiliation.objects.filter(pk=affiliation_id).update(confirmed_by=animator.user_id, confirmed_at=timezone.now())
    follow_membership(membership=Membership.objects.select_related("user", "network").get(pk=membership.pk))


@transaction.atomic
def set_delegation(*, membership: Membership, delegation: Delegation | None) -> None:
    """Put a member into a delegation of the network, or out of it; the circles follow at once."""
    if delegation is not None and delegation.network_id != membership.network_id:
        raise DomainError(_("Cette délégation est celle d’un autre réseau."))
    _hold(membership)
    membership.delegation = delegation
    membership.save(update_fields=["delegation"])
    follow_membership(membership=membership)


@transaction.atomic
def set_role(*, membership: Membership, role: Role) -> None:
    _hold(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    follow_membership(membership=membership)


def _hold(membership: Membership) -> None:
    """Lock the row and read its status anew: who is suspended meanwhile must not come back into the circles."""
    membership.status = Membership.objects.select_for_update().values_list("status", flat=True).get(pk=membership.pk)


@transaction.atomic
def leave_network(*, membership: Membership) -> None:
    """The person leaves; raises `Refused` for the only animator."""
    locked = Membership.objects.select_for_update(of=["self"]).select_related("network", "user").get(pk=membership.pk)
    require(can_leave(locked))
    end_membership(membership=locked, status=MembershipStatus.LEFT)


@transaction.atomic
def end_membership(*, membership: Membership, status: MembershipStatus) -> None:
    """The person left, or is suspended until an act ends it: out of every circle of the network at once."""
    if status == MembershipStatus.ACTIVE:
        raise ValueError("An ended membership is left or suspended.")
    Membership.objects.filter(pk=membership.pk, suspended_until__isnull=False).update(suspended_until=None)
    changed = Membership.objects.filter(pk=membership.pk).exclude(status=status).update(status=status)
    membership.status, membership.suspended_until = status, None
    if changed:
        follow_membership(membership=membership)
        emit(NetworkLeft(membership_id=membership.pk))


@transaction.atomic
def suspend_member(*, membership: Membership, until: datetime) -> None:
    """Out of every circle of the network until then; `due_suspensions` finds it when its end has come."""
    end_membership(membership=membership, status=MembershipStatus.SUSPENDED)
    Membership.objects.filter(pk=membership.pk).update(suspended_until=until)
    membership.suspended_until = until


def silence_member(*, membership: Membership, until: datetime | None) -> None:
    """The person reads and does not write until then; None: from now on the person writes again."""
    Membership.objects.filter(pk=membership.pk).update(silenced_until=until)
    membership.silenced_until = until


def due_suspensions() -> list[Membership]:
    """Suspensions whose end has come."""
    due = Membership.objects.filter(status=MembershipStatus.SUSPENDED, suspended_until__lte=timezone.now())
    return list(due.select_related("user", "network").order_by("pk"))


@transaction.atomic
def reinstate_membership(*, membership: Membership) -> bool:
    """A suspension ends: back into the circles. False when there was none (any more)."""
    changed = Membership.objects.filter(pk=membership.pk, status=MembershipStatus.SUSPENDED).update(
        status=MembershipStatus.ACTIVE, suspended_until=None
    )
    if changed:
        membership.status, membership.suspended_until = MembershipStatus.ACTIVE, None
        follow_membership(membership=membership)
        emit(NetworkJoined(membership_id=membership.pk))
    return bool(changed)


@transaction.atomic
def deactivate_user(*, user: User) -> None:
    """Close an account: no sign-in, no circle, no socket. What the person wrote stays."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    emit(ProfileChanged(user_id=user.pk))
    _follow_memberships(user)


@transaction.atomic
def reactivate_user(*, user: User) -> None:
    """Open a closed account again: its active memberships take their circles back."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    emit(ProfileChanged(user_id=user.pk))
    _follow_memberships(user)


def _follow_memberships(user: User) -> None:
    for membership in user.memberships.select_related("user", "network"):
        membership.user = user
        follow_membership(membership=membership)
