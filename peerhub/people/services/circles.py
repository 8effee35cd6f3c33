"""Circles and their people, kept in step with memberships, categories and delegations."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from peerhub.live.publish import recheck_on_commit
from peerhub.people.enums import CircleKind, Role
from peerhub.people.models import (
    ActorCategory,
    Circle,
    CircleMember,
    Delegation,
    Membership,
    Network,
    User,
)

DERIVED = (
    CircleKind.NETWORK,
    CircleKind.ANIMATORS,
    CircleKind.CATEGORY,
    CircleKind.CATEGORIES,
    CircleKind.DELEGATION,
    CircleKind.COHORT,
)


def public_circle() -> Circle:
    """The circle of everyone on the web; made on first use."""
    circle, _created = Circle.objects.get_or_create(kind=CircleKind.PUBLIC)
    return circle


@transaction.atomic
def ensure_network_circles(*, network: Network) -> None:
    """The two circles that every network has: its members, its animators."""
    for kind in (CircleKind.NETWORK, CircleKind.ANIMATORS):
        _ensure(kind=kind, network=network)


def category_circle(*, network: Network, category: ActorCategory, confidential: bool = False) -> Circle:
    """The circle of one actor category in a network; made, and filled, on first use."""
    return _ensure(kind=CircleKind.CATEGORY, network=network, category=category, is_confidential=confidential)


def categories_circle(*, network: Network, categories: Iterable[ActorCategory], confidential: bool = False) -> Circle:
    """The circle of several actor categories in a network, of one when they are one; made, and filled, on first use."""
    chosen = sorted(set(categories), key=lambda category: category.pk)
    if len(chosen) == 1:
        return category_circle(network=network, category=chosen[0], confidential=confidential)
    return _ensure(
        kind=CircleKind.CATEGORIES,
        network=network,
        categories=[category.pk for category in chosen],
        is_confidential=confidential,
        defaults={"name": ", ".join(category.plural_fr for category in chosen)[:120]},
    )


def delegation_circle(*, delegation: Delegation, confidential: bool = False) -> Circle:
    """The circle of one delegation; made, and filled, on first use."""
    return _ensure(
        kind=CircleKind.DELEGATION,
        network=delegation.network,
        delegation=delegation,
        is_confidential=confidential,
    )


@transaction.atomic
def create_cohort(
    *,
    network: Network,
    name: str,
    delegations: Iterable[int],
    categories: Iterable[int] = (),
    chosen: Iterable[int] = (),
    with_animators: bool = False,
    confidential: bool = False,
) -> Circle:
    """The people of some delegations (ids), in some categories (none: all), some chosen members (user ids), and maybe
    the network's animators; kept in step with memberships, delegations, hats and roles, as every derived circle."""
    circle = Circle.objects.create(
        kind=CircleKind.COHORT,
        network=network,
        name=name[:120],
        delegations=sorted(set(delegations)),
        categories=(ids := sorted(set(categories))),
        # Whose colour it wears, also once it is frozen.
        category_id=ids[0] if len(ids) == 1 else None,
        chosen=sorted(set(chosen)),
        has_animators=with_animators,
        is_confidential=confidential,
    )
    repair_circle(circle, write=True)
    circle.refresh_from_db()
    return circle


@transaction.atomic
def change_cohort(
    *, circle: Circle, delegations: Iterable[int] | None = None, add: Iterable[int] = (), drop: Iterable[int] = ()
) -> None:
    """Open a cohort to these delegations instead, or add and drop chosen members (user ids); who is no longer in it is
    out at once. What is not said stays as the row says it now, whatever the caller read before."""
    current = Circle.objects.select_for_update(no_key=True).get(pk=circle.pk, kind=CircleKind.COHORT)
    if delegations is not None:
        current.delegations = sorted(set(delegations))
    current.chosen = sorted((set(current.chosen) - set(drop)) | set(add))
    current.save(update_fields=["delegations", "chosen"])
    repair_circle(current, write=True)


def freeze_cohort(*, circle: Circle) -> bool:
    """Keep the people of a cohort as they are: who leaves a delegation later keeps what the cohort said. False when it
    was frozen already."""
    return bool(
        Circle.objects.filter(pk=circle.pk, kind=CircleKind.COHORT).update(kind=CircleKind.CUSTOM, categories=[])
    )


@transaction.atomic
def create_circle(
    *, network: Network, kind: CircleKind, name: str, members: Iterable[User] = (), confidential: bool = False
) -> Circle:
    """A circle whose people are chosen: of a session, of a conversation, or a hand-made list."""
    if kind not in {CircleKind.SESSION, CircleKind.CONVERSATION, CircleKind.CUSTOM}:
        raise ValueError(f"A circle of kind {kind} is derived, not made by hand.")
    circle = Circle.objects.create(network=network, kind=kind, name=name, is_confidential=confidential)
    for user in members:
        add_member(circle=circle, user=user)
    return circle


@transaction.atomic
def create_conversations(*, network: Network, groups: Sequence[Collection[User]]) -> list[Circle]:
    """For each of these groups, a confidential circle of a conversation, in their order: two statements."""
    circles = Circle.objects.bulk_create(
        Circle(network=network, kind=CircleKind.CONVERSATION, is_confidential=True, member_count=len(group))
        for group in groups
    )
    CircleMember.objects.bulk_create(
        CircleMember(circle=circle, user=user) for circle, group in zip(circles, groups, strict=True) for user in group
    )
    return circles


@transaction.atomic
def add_member(*, circle: Circle, user: User) -> bool:
    """Let a person in; False when the person was in already."""
    _row, created = CircleMember.objects.get_or_create(circle=circle, user=user)
    if created:
        Circle.objects.filter(pk=circle.pk).update(member_count=F("member_count") + 1)
    return created


@transaction.atomic
def remove_member(*, circle: Circle, user: User) -> bool:
    """Show a person out, on every open tab at once; False when the person was not in."""
    deleted, _rows = CircleMember.objects.filter(circle=circle, user=user).delete()
    if deleted:
        Circle.objects.filter(pk=circle.pk).update(member_count=F("member_count") - 1)
        recheck_on_commit(user.pk)
    return bool(deleted)


@transaction.atomic
def follow_membership(*, membership: Membership) -> None:
    """Put the derived circles of one membership in step; one that ended leaves every circle of the network."""
    user, network = membership.user, membership.network
    if not (membership.is_active and user.is_active):
        for circle in Circle.objects.filter(network=network, members=user):
            remove_member(circle=circle, user=user)
        return
    for circle in Circle.objects.filter(network=network, kind__in=DERIVED):
        if _belongs(membership, circle):
            add_member(circle=circle, user=user)
        else:
            remove_member(circle=circle, user=user)


def expected_members(circle: Circle) -> QuerySet[User]:
    """Who must be in a derived circle, by the memberships of its network."""
    condition = Q(memberships__network=circle.network_id) & Q(
        memberships__in=Membership.objects.active().filter(_membership_condition(circle))
    )
    return User.objects.filter(condition).distinct()


@transaction.atomic
def repair_circle(circle: Circle, *, write: bool) -> tuple[set[int], set[int], int]:
    """Compare a circle with what it must be: (user ids missing, user ids too many, error of the member count).

    Chosen circles (session, conversation, custom) have no other truth than their rows: only their count is compared.
    """
    actual = set(CircleMember.objects.filter(circle=circle).values_list("user_id", flat=True))
    derived = circle.kind in DERIVED
    expected = set(expected_members(circle).values_list("pk", flat=True)) if derived else actual
    missing, extra = expected - actual, actual - expected
    drift = circle.member_count - len(actual)
    if write and (missing or extra or drift):
        CircleMember.objects.bulk_create(
            [CircleMember(circle=circle, user_id=pk) for pk in missing], ignore_conflicts=True
        )
        CircleMember.objects.filter(circle=circle, user_id__in=extra).delete()
        Circle.objects.filter(pk=circle.pk).update(member_count=CircleMember.objects.filter(circle=circle).count())
        for pk in extra:
            recheck_on_commit(pk)
    return missing, extra, drift


def recount_circles() -> int:
    """Set every wrong `member_count` right in one statement; returns how many were wrong."""
    counted = (
        CircleMember.objects.filter(circle=OuterRef("pk"))
        .order_by()
        .values("circle")
        .annotate(n=Count("pk"))
        .values("n")
    )
    truth = Coalesce(Subquery(counted), 0)
    return Circle.objects.annotate(truth=truth).exclude(member_count=F("truth")).update(member_count=truth)


@transaction.atomic
def _ensure(*, kind: CircleKind, network: Network, **fields: Any) -> Circle:
    circle, created = Circle.objects.get_or_create(kind=kind, network=network, **fields)
    if created:
        repair_circle(circle, write=True)
        circle.refresh_from_db()
    return circle


def _membership_condition(circle: Circle) -> Q:
    condition = Q(network=circle.network_id)
    if circle.kind == CircleKind.ANIMATORS:
        condition &= Q(role=Role.ANIMATOR)
    elif circle.kind in {CircleKind.CATEGORY, CircleKind.CATEGORIES}:
        condition &= Q(affiliation__category__in=circle.categories or [circle.category_id])
        if circle.is_confidential:
            # A hat is declared by its wearer: what is said in confidence waits until an animator vouches for it.
            condition &= Q(hat_confirmed_at__isnull=False)
    elif circle.kind == CircleKind.COHORT:
        condition &= _cohort_condition(circle)
    elif circle.kind == CircleKind.DELEGATION:
        condition &= Q(delegation=circle.delegation_id)
    return condition


def _cohort_condition(circle: Circle) -> Q:
    condition = Q(delegation__in=circle.delegations)
    if circle.categories:
        condition &= Q(affiliation__category__in=circle.categories)
        if circle.is_confidential:
            condition &= Q(hat_confirmed_at__isnull=False)
    condition |= Q(user__in=circle.chosen)
    return condition | Q(role=Role.ANIMATOR) if circle.has_animators else condition


def _belongs(membership: Membership, circle: Circle) -> bool:
    return Membership.objects.filter(_membership_condition(circle), pk=membership.pk).exists()
