"""What a person follows, as far as it is still open to that person."""

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import AnonymousUser

from forums.models import Forum, ForumSubscription, Tag, TagSubscription, Topic, TopicSubscription
from peerhub.people.models import Network, User
from peerhub.ui.pagination import Page, page_of

FOLLOWED_PER_PAGE = 30

Place = Literal["topic", "forum", "tag"]


@dataclass(frozen=True)
class Followed:
    """One thing that is followed, or muted; `level` is "" where none was chosen."""

    place: Place
    pk: int
    title: str
    url: str
    network: str
    level: str


def followed_topics(user: User, number: int) -> Page[TopicSubscription]:
    """The topics for which the person has a level, those that moved last first: two queries."""
    rows = TopicSubscription.objects.filter(user=user, topic__in=Topic.objects.visible_to(user))
    rows = rows.select_related("topic__network").defer("topic__title_vector")
    return page_of(rows.order_by("-topic__last_post_at", "-pk"), number, FOLLOWED_PER_PAGE)


def followed_forums(user: User) -> list[ForumSubscription]:
    rows = ForumSubscription.objects.filter(user=user, forum__in=Forum.objects.visible_to(user))
    return list(rows.select_related("forum__network").order_by("forum__network__name", "forum__title", "pk"))


def followed_tags(user: User) -> list[TagSubscription]:
    rows = TagSubscription.objects.filter(user=user, tag__network__in=Network.objects.visible_to(user))
    return list(rows.select_related("tag__network").order_by("tag__network__name", "tag__name", "pk"))


def followable_forum(user: User | AnonymousUser, pk: int) -> Forum:
    """A theme that the person can see. `Forum.DoesNotExist`."""
    return Forum.objects.themed().visible_to(user).select_related("network").get(pk=pk)


def followable_tag(user: User | AnonymousUser, pk: int) -> Tag:
    """A tag of a network that the person can see. `Tag.DoesNotExist`."""
    return Tag.objects.select_related("network").filter(network__in=Network.objects.visible_to(user)).get(pk=pk)


def forum_level(user: User | AnonymousUser, forum_id: int) -> str:
    """The level that the person chose for a theme, "" for none: for `forums/_follow.html`, one query."""
    return ForumSubscription.objects.filter(user=user.pk, forum=forum_id).values_list("level", flat=True).first() or ""


def tag_level(user: User | AnonymousUser, tag_id: int) -> str:
    """The level that the person chose for a tag, "" for none: for `forums/_follow.html`, one query."""
    return TagSubscription.objects.filter(user=user.pk, tag=tag_id).values_list("level", flat=True).first() or ""


def topic_level(user: User | AnonymousUser, topic_id: int) -> str:
    """The level that the person chose for a topic, "" for none: one query."""
    return TopicSubscription.objects.filter(user=user.pk, topic=topic_id).values_list("level", flat=True).first() or ""
