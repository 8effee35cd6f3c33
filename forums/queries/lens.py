"""The category lens: which kinds of actor have answered, and which have not yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache

from forums.enums import TopicKind
from forums.models import Topic
from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.models import ActorCategory, Membership

CATEGORIES_SECONDS = 300


@dataclass(frozen=True)
class Lens:
    """Which categories have answered, and which of those that could have not yet."""

    answered: Sequence[ActorCategory] = ()
    missing: Sequence[ActorCategory] = ()


def lens_for(topic: Topic) -> Lens:
    """The category lens of a topic; empty where it says nothing. Only a question waits for someone."""
    kinds, circles = {TopicKind.QUESTION, TopicKind.DISCUSSION}, {CircleKind.NETWORK, CircleKind.PUBLIC}
    if topic.kind not in kinds or topic.circle.kind not in circles:
        return Lens()
    categories = categories_of(topic.network_id)
    return Lens(
        answered=[one for one in categories if one.pk in topic.answered_categories],
        missing=[one for one in categories if one.pk not in topic.answered_categories]
        if topic.kind == TopicKind.QUESTION
        else [],
    )


def categories_of(network_id: int) -> list[ActorCategory]:
    """The actor categories that are present in a network, in their order; up to five minutes old."""
    key = f"forums:categories:{network_id}"
    categories: list[ActorCategory] | None = cache.get(key)
    if categories is None:
        active = Membership.objects.filter(network=network_id, status=MembershipStatus.ACTIVE)
        present = active.order_by().values("affiliation__category").distinct()
        categories = list(ActorCategory.objects.filter(pk__in=present))
        cache.set(key, categories, CATEGORIES_SECONDS)
    return categories
