"""The category lens: which kinds of actor have answered, and which have not yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache

from forums.enums import TopicKind
from forums.models import Topic
from peerhub.caching import recent
from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.models import ActorCategory, Membership

CATEGORIES_SECONDS = 300
_EVERY = "forums:categories"


@dataclass(frozen=True)
class Lens:
    """Which categories have answered, and which of those that could have not yet."""

    answered: Sequence[ActorCategory] = ()
    missing: Sequence[ActorCategory] = ()


def lens_for(topic: Topic) -> Lens:
    """The category lens of a topic; empty where it says nothing. Only a question waits for someone."""
    if topic.kind not in {TopicKind.QUESTION, TopicKind.DISCUSSION}:
        return Lens()
    circle = topic.circle
    could = could_answer(topic.network_id, circle.kind, circle.category_id, circle.categories)
    return Lens(
        answered=[one for one in could if one.pk in topic.answered_categories],
        missing=[one for one in could if one.pk not in topic.answered_categories]
        if topic.kind == TopicKind.QUESTION
        else [],
    )


def could_answer(
    network_id: int, kind: str, category_id: int | None, category_ids: Sequence[int]
) -> list[ActorCategory]:
    """The categories that a circle has people of; none where its people are chosen for something else."""
    if kind in {CircleKind.NETWORK, CircleKind.PUBLIC}:
        return categories_of(network_id)
    if kind not in {CircleKind.CATEGORY, CircleKind.CATEGORIES}:
        return []
    meant = {category_id, *category_ids}
    return [one for one in every_category() if one.pk in meant]


def categories_of(network_id: int) -> list[ActorCategory]:
    """The actor categories that are present in a network, in their order; up to five minutes old."""
    return categories_around(network_id)[0]


@recent
def every_category() -> list[ActorCategory]:
    """All the actor categories of the platform, in their order; up to five minutes old."""
    known: list[ActorCategory] | None = cache.get(_EVERY)
    return known if known is not None else _read_every()


@recent
def categories_around(network_id: int) -> tuple[list[ActorCategory], list[ActorCategory]]:
    """Those that are present in a network, and all of them, from one look at the cache."""
    key = f"forums:categories:{network_id}"
    known = cache.get_many([key, _EVERY])
    present, every = known.get(key), known.get(_EVERY)
    if present is None:
        active = Membership.objects.filter(network=network_id, status=MembershipStatus.ACTIVE)
        worn = active.order_by().values("affiliation__category").distinct()
        present = list(ActorCategory.objects.filter(pk__in=worn))
        cache.set(key, present, CATEGORIES_SECONDS)
    return present, every if every is not None else _read_every()


def _read_every() -> list[ActorCategory]:
    categories = list(ActorCategory.objects.all())
    cache.set(_EVERY, categories, CATEGORIES_SECONDS)
    return categories
