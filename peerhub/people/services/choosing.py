"""Choosing who may see something, in words, before any circle is made for it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError
from peerhub.people.models import ActorCategory, Circle, Delegation, Network, User
from peerhub.people.services.circles import (
    DERIVED,
    categories_circle,
    create_circle,
    delegation_circle,
    expected_members,
    public_circle,
)

# Those of a network whose people may be told apart from it: the others are open, or are it.
MAY_BE_CONFIDENTIAL = (CircleKind.CATEGORY, CircleKind.CATEGORIES, CircleKind.DELEGATION, CircleKind.CUSTOM)


@dataclass(frozen=True)
class CircleChoice:
    """Whom something is for. `categories`: of kind CATEGORY (which may name several), `people`: of kind CUSTOM."""

    kind: CircleKind
    categories: tuple[ActorCategory, ...] = ()
    delegation: Delegation | None = None
    people: tuple[User, ...] = ()
    name: str = ""
    is_confidential: bool = False


def prospect(*, network: Network, choice: CircleChoice) -> Circle:
    """The circle that this choice means, unsaved, with its `member_count`: what to show before it is made."""
    _check(choice)
    circle = Circle(network=network, kind=choice.kind, is_confidential=choice.is_confidential, name=choice.name)
    if choice.kind == CircleKind.PUBLIC:
        circle.network = None
    if choice.kind == CircleKind.CATEGORY:
        circle.category = choice.categories[0]
        if len(choice.categories) > 1:
            circle.kind, circle.category = CircleKind.CATEGORIES, None
            circle.categories = sorted(one.pk for one in choice.categories)
    circle.delegation = choice.delegation if choice.kind == CircleKind.DELEGATION else None
    circle.member_count = people_of(circle, choice).count()
    return circle


def people_of(circle: Circle, choice: CircleChoice) -> QuerySet[User]:
    """Who is, or will be, in the circle of a choice; nobody in particular for everyone on the web."""
    if circle.kind in DERIVED:
        return expected_members(circle)
    return User.objects.filter(pk__in=[one.pk for one in choice.people])


def circle_of(*, network: Network, choice: CircleChoice) -> Circle:
    """The circle of this choice: the one that is there, or a new one. Raises `DomainError` for what means nothing."""
    _check(choice)
    if choice.kind == CircleKind.PUBLIC:
        return public_circle()
    if choice.kind in {CircleKind.NETWORK, CircleKind.ANIMATORS}:
        return Circle.objects.of_network(network, choice.kind)
    if choice.kind == CircleKind.CATEGORY:
        return categories_circle(network=network, categories=choice.categories, confidential=choice.is_confidential)
    if choice.kind == CircleKind.DELEGATION and choice.delegation is not None:
        return delegation_circle(delegation=choice.delegation, confidential=choice.is_confidential)
    return create_circle(
        network=network,
        kind=CircleKind.CUSTOM,
        name=choice.name,
        members=choice.people,
        confidential=choice.is_confidential,
    )


def _check(choice: CircleChoice) -> None:
    lacks = {
        CircleKind.CATEGORY: not choice.categories,
        CircleKind.DELEGATION: choice.delegation is None,
        CircleKind.CUSTOM: not choice.people,
    }
    if choice.kind in {CircleKind.SESSION, CircleKind.CONVERSATION, CircleKind.CATEGORIES}:
        raise ValueError(f"A circle of kind {choice.kind} is not chosen.")
    if lacks.get(choice.kind):
        raise DomainError(_("Dites à qui ce thème est ouvert."))
    if choice.is_confidential and choice.kind not in MAY_BE_CONFIDENTIAL:
        raise DomainError(_("Ce qui est ouvert à tout un réseau, ou à son animation, ne peut pas être confidentiel."))


def is_within(inner: Circle, outer: Circle) -> bool:
    """Whether whoever is in `inner`, now and later, is in `outer` too, under a promise at least as strong: what was
    written for `outer` may be shown to `inner`."""
    if outer.is_confidential and not inner.is_confidential:
        return False
    if outer.pk == inner.pk or outer.kind == CircleKind.PUBLIC:
        return True
    if outer.network_id != inner.network_id:
        return False
    if outer.kind == CircleKind.NETWORK:
        return inner.kind != CircleKind.PUBLIC
    if outer.kind in {CircleKind.CATEGORY, CircleKind.CATEGORIES}:
        return bool(_categories(inner)) and _categories(inner) <= _categories(outer)
    if outer.kind == CircleKind.DELEGATION:
        return inner.kind == CircleKind.DELEGATION and inner.delegation_id == outer.delegation_id
    if outer.kind == CircleKind.CUSTOM and inner.kind == CircleKind.CUSTOM:
        chosen = set(outer.memberships.values_list("user", flat=True))
        return set(inner.memberships.values_list("user", flat=True)) <= chosen
    return False


def _categories(circle: Circle) -> set[int]:
    if circle.kind == CircleKind.CATEGORY and circle.category_id is not None:
        return {circle.category_id}
    return set(circle.categories)
