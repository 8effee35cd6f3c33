"""Who can be named in a discussion: whoever can see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language

from peerhub.people.enums import CircleKind
from peerhub.people.folding import Fold, fold
from peerhub.people.models import Circle, CircleMember, Membership, User, name_of

PEOPLE = 8
UNSEEN = 3
_BY_NAME = (Fold("user__given_name"), Fold("user__family_name"), "user")


@dataclass(frozen=True)
class Named:
    """A person who may be named, as the completion shows them."""

    id: int
    name: str
    hat: str
    category: str
    note: str


@dataclass(frozen=True)
class Readers:
    """`people` can see the discussion; `unseen` are names of the network's members who cannot."""

    people: Sequence[Named]
    unseen: Sequence[str]


def readers_named(user: User, network_id: int, circle: Circle, words: str) -> Readers:
    """Members whose names begin with `words`: those whom the circle lets read, and those whom it does not.

    Two queries at most; nothing for an empty search. The discussion is one that `user` can see.
    """
    parts = fold(words).split()[:4]
    if not parts:
        return Readers((), ())
    named = Membership.objects.active().filter(_begin_with(parts), network=network_id).exclude(user=user)
    inside = Q() if circle.kind in {CircleKind.PUBLIC, CircleKind.NETWORK} else _inside(circle)
    columns = (
        "user_id",
        "user__given_name",
        "user__family_name",
        "affiliation__category__slug",
        "affiliation__category__label_en" if get_language() == "en" else "affiliation__category__label_fr",
        "affiliation__title",
        "affiliation__territory__name",
    )
    found = named.filter(inside).order_by(*_BY_NAME)
    people = [_named(*row) for row in found.values_list(*columns)[:PEOPLE]]
    return Readers(people, _unseen(named, inside) if inside and len(people) < PEOPLE else ())


def _begin_with(parts: Sequence[str]) -> Q:
    """Each word begins the given name or the family name; by indexes on both, whatever the size of the platform."""
    condition = Q()
    for part in parts:
        folded = User.objects.alias(given=Fold("given_name"), family=Fold("family_name"))
        condition &= Q(user__in=folded.filter(Q(given__startswith=part) | Q(family__startswith=part)).values("pk"))
    return condition


def _inside(circle: Circle) -> Q:
    return Q(user__in=CircleMember.objects.filter(circle=circle.pk).values("user"))


def _unseen(named: QuerySet[Membership], inside: Q) -> list[str]:
    rows = (
        named.exclude(inside)
        .order_by(*_BY_NAME)
        .select_related("user")
    )
    return [membership.user.full_name for membership in rows[:UNSEEN]]


def _named(pk: int, given: str, family: str, slug: str, label: str, title: str, territory: str | None) -> Named:
    note = " · ".join(part for part in (title, territory) if part)
    return Named(pk, name_of(given, family), capfirst(label), slug, note)
