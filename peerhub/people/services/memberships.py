"""Joining and leaving networks, hats and roles."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.outbox.services import emit
from peerhub.people.enums import MembershipStatus, Role
from peerhub.people.errors import DomainError, require
from peerhub.people.events import NetworkJoined, NetworkLeft
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
from peerhub.people.policies import can_join
from peerhub.people.services.circles import ensure_network_circles, follow_membership


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


@transaction.atomic
def join_network(*, user: User, network: Network, affiliation: Affiliation) -> Membership:
    """Join an open network with a hat. Joining twice is joining once. Raises `Refused` for a closed one."""
    existing = Membership.objects.select_for_update(of=["self"]).filter(user=user, network=network).first()
    require(can_join(user, network, existing))
    if existing and existing.is_active:
        return existing
    return add_membership(user=user, network=network, affiliation=affiliation)


@transaction.atomic
def add_membership(
    *,
    user: User,
    network: Network,
    affiliation: Affiliation,
    role: str = Role.MEMBER,
    delegation: Delegation | None = None,
) -> Membership:
    """Make a person an active member, whatever the network's policy (an import, an invitation, an animator)."""
    if affiliation.user_id != user.pk:
        raise DomainError(_("Cette casquette est celle de quelqu’un d’autre."))
    membership, _created = Membership.objects.update_or_create(
        user=user,
        network=network,
        defaults={
            "affiliation": affiliation,
            "role": role,
            "delegation": delegation,
            "status": MembershipStatus.ACTIVE,
            "joined_at": timezone.now(),
        },
    )
    follow_membership(membership=membership)
    emit(NetworkJoined(membership_id=membership.pk))
    return membership


@transaction.atomic
def change_hat(*, membership: Membership, affiliation: Affiliation) -> None:
    """Wear another of one's hats in a network; the circles of the category follow."""
    if affiliation.user_id != membership.user_id:
        raise DomainError(_("Cette casquette est celle de quelqu’un d’autre."))
    membership.affiliation = affiliation
    membership.save(update_fields=["affiliation"])
    follow_membership(membership=membership)


@transaction.atomic
def set_role(*, membership: Membership, role: Role) -> None:
    membership.role = role
    membership.save(update_fields=["role"])
    follow_membership(membership=membership)


@transaction.atomic
def end_membership(*, membership: Membership, status: MembershipStatus) -> None:
    """The person left, or is suspended: out of every circle of the network at once."""
    if status == MembershipStatus.ACTIVE:
        raise ValueError("An ended membership is left or suspended.")
    changed = Membership.objects.filter(pk=membership.pk).exclude(status=status).update(status=status)
    membership.status = status
    if changed:
        follow_membership(membership=membership)
        emit(NetworkLeft(membership_id=membership.pk))


@transaction.atomic
def deactivate_user(*, user: User) -> None:
    """Close an account: no sign-in, no circle, no socket. What the person wrote stays."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    for membership in user.memberships.select_related("user", "network"):
        membership.user = user
        follow_membership(membership=membership)
