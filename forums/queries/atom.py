"""What Atom feeds tell: the newest posts, as far as their reader may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q
from django.db.models.functions import Left

from forums.enums import ForumKind, SubscriptionLevel
from forums.feed_keys import hash_of, secret_of
from forums.models import FeedToken, Forum, ForumSubscription, Post, TagSubscription, Topic, TopicSubscription
from forums.models.topics import TopicQuerySet
from forums.queries.search import Asked, newest_post_key, newest_posts
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Membership, Network, User, name_of

ENTRIES = 30
TEXT_CHARACTERS = 1000
SEARCHED = 20_000
_TOLD = (SubscriptionLevel.ALL, SubscriptionLevel.FIRST)


@dataclass(frozen=True)
class Entry:
    """A post in a feed. Of a confidential circle: that there is one, and when."""

    post_id: int
    written_at: datetime
    updated_at: datetime
    is_confidential: bool
    is_reply: bool = False
    title: str = ""
    text: str = ""
    author: str = ""
    forum_title: str = ""


def owner_of_token(secret: str) -> User:
    """Whose feeds the secret opens; `FeedToken.DoesNotExist` once it was revoked, or the account closed."""
    return FeedToken.objects.select_related("user").get(token=hash_of(secret), user__is_active=True).user


def feed_token_of(user: User) -> FeedToken | None:
    return FeedToken.objects.filter(user=user).first()


def secret_of_token(token: FeedToken) -> str | None:
    return secret_of(token.user_id, token.created_at, token.token)


def feed_forum_for(user: User | AnonymousUser, pk: int) -> Forum:
    """A theme to make a feed of; `Forum.DoesNotExist` when it is not open to the person."""
    return Forum.objects.themed().visible_to(user).select_related("network", "circle").get(pk=pk)


def feed_forums_of(user: User) -> list[Forum]:
    """The themes that the person may make a feed of: one query."""
    own = Membership.objects.filter(user=user, status=MembershipStatus.ACTIVE).values("network")
    forums = Forum.objects.themed().visible_to(user).filter(network__in=own).select_related("network", "circle")
    return list(forums.order_by("network__name", "position", "title", "pk"))


def entries_of_all(user: User | AnonymousUser, network: Network | None = None) -> list[Entry]:
    """Of all that the person may read, in one network or in all; to visitors, of the public themes of one."""
    topics = Topic.objects.visible_to(user)
    if network is not None:
        topics = topics.filter(network=network, forum__kind=ForumKind.THEMED)
    return _newest(user, topics)


def entries_of_forum(user: User | AnonymousUser, forum: Forum) -> list[Entry]:
    return _newest(user, Topic.objects.visible_to(user).filter(forum=forum))


def entries_followed(user: User) -> list[Entry]:
    """Of the topics, themes and tags that the person follows."""
    followed = Q(pk__in=TopicSubscription.objects.filter(user=user, level__in=_TOLD).values("topic"))
    followed |= Q(forum__in=ForumSubscription.objects.filter(user=user, level__in=_TOLD).values("forum"))
    tags = TagSubscription.objects.filter(user=user, level__in=_TOLD).values("tag")
    followed |= Q(pk__in=Topic.tags.through.objects.filter(tag__in=tags).values("topic"))
    return _newest(user, Topic.objects.visible_to(user).filter(followed))


def entries_found(user: User | AnonymousUser, network: Network | None, asked: Asked) -> list[Entry]:
    """Of what a search finds, the newest first, among the last SEARCHED posts: anybody may ask for the feed of any
    word, and a rare one would be looked for in all that was ever written."""
    reach = max(0, newest_post_key() - SEARCHED)
    return _entries(user, newest_posts(user, network, asked, after=reach, limit=ENTRIES))


def _newest(user: User | AnonymousUser, topics: TopicQuerySet) -> list[Entry]:
    """The newest posts are among those of the topics that moved last, and among the last numbers of each: so the feed
    of a theme never reads its whole past."""
    moved = list(topics.listed().order_by("-last_post_at", "-pk").values_list("pk", flat=True)[:ENTRIES])
    posts = Post.objects.visible_to(user).filter(topic__in=moved, number__gt=F("topic__last_number") - ENTRIES)
    return _entries(user, posts.order_by("-pk").values_list("pk", flat=True)[:ENTRIES])


def _entries(user: User | AnonymousUser, keys: Iterable[int]) -> list[Entry]:
    rows = (
        Post.objects.visible_to(user)
        .filter(pk__in=list(keys))
        .order_by("-pk")
        .annotate(text=Left("body_text", TEXT_CHARACTERS))
        .values_list(
            "pk", "created_at", "edited_at", "topic__circle__is_confidential", "number", "topic__title", "text",
            "author__given_name", "author__family_name", "topic__forum__title",
        )
    )  # fmt: skip
    return [_entry(*row) for row in rows]


def _entry(
    pk: int, at: datetime, edited_at: datetime | None, is_confidential: bool, number: int, title: str, text: str,
    given_name: str, family_name: str, forum_title: str,
) -> Entry:  # fmt: skip
    if is_confidential:
        return Entry(pk, at, at, is_confidential=True)
    author = name_of(given_name, family_name)
    return Entry(pk, at, edited_at or at, False, number > 1, title, text, author, forum_title)
