"""Who can be named in a discussion: whoever can see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.text import capfirst
from django.utils.translation import get_language

from forums.models import Topic
from forums.queries.lens import categories_of
from peerhub.people.enums import CircleKind
from peerhub.people.folding import Fold, fold
from peerhub.people.models import ActorCategory, Circle, CircleMember, Membership, User, name_of

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
    """`people` can see the discussion; `unseen` are names of the network's members who cannot; `categories` are those
    that the person may name as a whole."""

    people: Sequence[Named] = ()
    unseen: Sequence[str] = ()
    categories: Sequence[ActorCategory] = ()


def reads_topic(user: User, topic: Topic) -> bool:
    """Whether the person can see the discussion."""
    return Topic.objects.visible_to(user).filter(pk=topic.pk).exists()


def readers_named(membership: Membership, circle: Circle, words: str) -> Readers:
    """Members whose names begin with `words`: those whom the circle lets read, and those whom it does not.

    Two queries at most; nothing for an empty search. The discussion is one that the member can see.
    """
    parts = fold(words).split()[:4]
    if not parts:
        return Readers()
    network_id = membership.network_id
    named = Membership.objects.active().filter(_begin_with(parts), network=network_id).exclude(user=membership.user_id)
    inside = Q() if circle.kind in {CircleKind.PUBLIC, CircleKind.NETWORK} else _inside(circle)
    columns = (
        "user_id",
        "user__given_name",
        "user__family_name",
        "affiliation__category__slug",
        "affiliation__category__label_en" if get_language() == "en" else "affiliation__category__label_fr",
        Case(When(user__shows_function=True, then=F("affiliation__title"))),
        Case(When(user__shows_territory=True, then=F("affiliation__territory__name"))),
    )
    found = named.filter(inside).order_by(*_BY_NAME)
    people = [_named(*row) for row in found.values_list(*columns)[:PEOPLE]]
    unseen = _unseen(named, inside) if inside and len(people) < PEOPLE else ()
    return Readers(people, unseen, _categories(membership, circle, parts))


def unseen_names(network_id: int, circle: Circle, ids: Collection[int]) -> list[str]:
    """Of these people (ids), the names of the members of the network whom the circle does not let read: nobody else's
    name is told. No query for nobody."""
    if not ids or circle.kind in {CircleKind.PUBLIC, CircleKind.NETWORK}:
        return []
    named = Membership.objects.active().filter(network=network_id, user__in=ids)
    return _unseen(named, _inside(circle))


def _categories(membership: Membership, circle: Circle, parts: Sequence[str]) -> list[ActorCategory]:
    """Of a circle of the whole network, the categories whose name begins so; for animators alone."""
    if not membership.is_animator or circle.kind not in {CircleKind.PUBLIC, CircleKind.NETWORK}:
        return []
    words = " ".join(parts)
    return [one for one in categories_of(membership.network_id) if fold(str(one.plural)).startswith(words)]


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
    rows = named.exclude(inside).order_by(*_BY_NAME).select_related("user")
    return [membership.user.full_name for membership in rows[:UNSEEN]]


def _named(pk: int, given: str, family: str, slug: str, label: str, title: str | None, territory: str | None) -> Named:
    note = " · ".join(part for part in (title, territory) if part)
    return Named(pk, name_of(given, family), capfirst(label), slug, note)
