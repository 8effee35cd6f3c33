"""What the pages of the forums show. Hot pages: rows are tuples, ranges instead of OFFSET, no COUNT."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from forums.enums import HeldState, TopicKind
from forums.fragments import PostRow
from forums.models import POSTS_PER_PAGE, ExperienceReport, Forum, HeldText, Post, Tag, Topic
from forums.queries.standing import membership_of, with_membership
from forums.queries.traces import EDIT_REASON
from peerhub.notifications.models import Notification
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Circle,
    Delegation,
    Membership,
    Network,
    Territory,
    User,
    circle_q,
)
from peerhub.people.prepared import ForPerson, Marks, Prepared, PreparedInstances, Shape

CATCH_UP_LIMIT = 200
POSTS_PRINTED = 500

# What the author lets others read beside their name (ADR 31).
_FUNCTION, _PLACE = Q(author__shows_function=True), Q(author__shows_territory=True)
_SIGNED = {
    "signed_title": Case(When(_FUNCTION, then=F("affiliation__title"))),
    "signed_organisation": Case(When(_FUNCTION, then=F("affiliation__organisation__name"))),
    "signed_territory": Case(When(_PLACE, then=F("affiliation__territory__name"))),
    "signed_population": Case(When(_PLACE, then=F("affiliation__territory__population"))),
}
POST_COLUMNS: tuple[str | Combinable, ...] = (
    "id",
    "number",
    "author_id",
    "author__given_name",
    "author__family_name",
    "affiliation__category__slug",
    "affiliation__category__label_fr",
    "affiliation__category__label_en",
    *_SIGNED,
    "body_html",
    "created_at",
    "edited_at",
    "is_removed",
    "removal_kind",
    "moved_to_id",
    "entered_by_id",
    "thanks_count",
    "useful_count",
    "tried_count",
    EDIT_REASON,
)


# --- A topic ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TopicHead:
    """A topic that a person opened: what the person is in its network, and how far the person has read."""

    topic: Topic
    membership: Membership | None
    read_number: int
    tags: Sequence[tuple[str, str]] = ()  # slug and name
    has_held: bool = False  # whether a text of the person waits there for approval
    rings: bool = False  # whether the bell says something of it


@dataclass(frozen=True)
class TopicPage:
    """The posts of one page, removed ones included (their stubs keep the numbers)."""

    posts: Sequence[PostRow]
    number: int
    page_count: int

    @property
    def is_last(self) -> bool:
        return self.number >= self.page_count


_CATEGORY = ("id", "slug", "label_fr", "label_en", "plural_fr", "plural_en", "position")
_HEAD = Shape(
    [
        (
            "",
            Topic,
            (
                *("id", "forum", "network", "circle", "kind", "title", "slug", "author", "author_affiliation"),
                *("accepted_post", "is_pinned", "is_locked", "post_count", "last_number", "last_post_at"),
                *("state", "lock_reason", "slow_seconds", "is_held", "territory"),
                *("accepted_by", "accepted_reason"),
                *("last_author", "answered_categories", "created_at", "changed_at"),
            ),
        ),
        ("forum", Forum, ("id", "network", "circle", "kind", "slug", "title", "topic_policy")),
        ("network", Network, ("id", "slug", "name", "tagline", "is_public", "join_policy")),
        (
            "circle",
            Circle,
            (
                *("id", "kind", "name", "network", "category", "categories", "delegation"),
                *("is_confidential", "member_count"),
            ),
        ),
        ("circle__category", ActorCategory, _CATEGORY),
        ("circle__delegation", Delegation, ("id", "name", "network")),
        ("accepted_post", Post, ("id", "topic", "number", "author")),
        ("accepted_post__author", User, ("id", "given_name", "family_name")),
        ("accepted_by", User, ("id", "given_name", "family_name")),
        ("territory", Territory, ("id", "kind", "code", "name", "population", "stratum")),
        (
            "mine",
            Membership,
            (
                *("id", "network", "user", "affiliation", "delegation", "role", "status", "joined_at"),
                "silenced_until",
            ),
        ),
        ("mine__affiliation", Affiliation, ("id", "user", "category", "title")),
        ("mine__affiliation__category", ActorCategory, _CATEGORY),
    ]
)


# « slug|name » of each tag of the topic: a slug holds no bar.
_TAG_WORDS = (
    Tag.objects.filter(topics=OuterRef("pk")).order_by("name", "pk").values_list(Concat("slug", Value("|"), "name"))
)


# What notifications about a topic are named by (`read_topic`).
_STREAK = Concat(Value("topic."), Cast(OuterRef("pk"), CharField()))


def _head_query(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    topics = Topic.objects.visible_to(user).filter(pk=marks.integer("pk"))
    marked = topics.annotate(
        mark=FilteredRelation("reads", condition=Q(reads__user=user.pk or 0)),
        tag_words=ArraySubquery(_TAG_WORDS),
        has_held=Exists(HeldText.objects.filter(topic=OuterRef("pk"), author=user.pk or 0, state=HeldState.WAITING)),
        rings=Exists(Notification.objects.unread().filter(recipient=user.pk or 0, streak=_STREAK)),
    )
    more = ("rings", "has_held", "tag_words", "mark__last_number")
    return with_membership(marked, user).values_list(*_HEAD.columns, *more)


_topic_head = ForPerson(_head_query)


def topic_for(user: User | AnonymousUser, pk: int) -> TopicHead:
    """A topic with its forum, network, circle, and the person's membership and read mark: one query.

    `Topic.DoesNotExist` for what the person may not see.
    """
    rows = _topic_head.rows(user, pk=pk)
    if not rows:
        raise Topic.DoesNotExist
    topic: Topic = _HEAD.build(rows[0])
    tags = [(slug, name) for slug, _bar, name in (words.partition("|") for words in rows[0][-2])]
    rings, has_held, _words, read_number = rows[0][-4:]
    return TopicHead(topic, membership_of(topic), read_number or 0, tags, has_held, rings)


def topic_page(topic: Topic, number: int) -> TopicPage:
    """Page `number` of a topic's posts: one range of the index (topic, number), as fast on page 60 as on page 1.

    `Post.DoesNotExist` past the last page. Visibility was judged by `topic_for`.
    """
    if number > topic.page_count:
        raise Post.DoesNotExist
    first = (number - 1) * POSTS_PER_PAGE + 1
    posts = _post_rows(topic.pk, first, POSTS_PER_PAGE)
    return TopicPage(posts, number, topic.page_count)


def printed_posts(topic: Topic, first: int) -> list[PostRow]:
    """The posts of a topic from number `first`, as many as are printed at once."""
    return _post_rows(topic.pk, first, POSTS_PRINTED)


_report = PreparedInstances(lambda marks: ExperienceReport.objects.filter(topic=marks.integer("topic")))


def report_of(topic: Topic) -> ExperienceReport | None:
    """The fields of an experience report; None for another kind, or for a report that was written as one text."""
    if topic.kind != TopicKind.REPORT:
        return None
    report: ExperienceReport | None = _report.first(topic=topic.pk)
    return report


def posts_after(topic: Topic, number: int) -> list[PostRow]:
    """What a page that stands at post `number` has missed; at most CATCH_UP_LIMIT, the oldest first."""
    return _post_rows(topic.pk, number + 1, CATCH_UP_LIMIT)


def posts_changed(topic: Topic, since: datetime, first: int, last: int) -> list[PostRow]:
    """Of posts number `first` to `last`, those that changed after `since`."""
    posts = Post.objects.filter(topic=topic, number__range=(first, last), changed_at__gt=since)
    return [PostRow._make(row) for row in posts.annotate(**_SIGNED).order_by("number").values_list(*POST_COLUMNS)]


def post_for(user: User | AnonymousUser, pk: int) -> Post:
    """A post with its topic, for its permalink; removed ones too: their place remains."""
    posts = Post.objects.filter(circle_q(user, "topic__circle")).select_related("topic__circle")
    return posts.defer("body", "body_html", "body_text", "body_vector", "topic__title_vector").get(pk=pk)


_posts_between = Prepared(
    lambda marks: (
        Post.objects.filter(
            topic=marks.integer("topic"), number__gte=marks.integer("first"), number__lt=marks.integer("end")
        )
        .annotate(**_SIGNED)
        .order_by("number")
        .values_list(*POST_COLUMNS)
    )
)


def _post_rows(topic_id: int, first: int, count: int) -> list[PostRow]:
    """Posts number `first` and following, `count` numbers at most."""
    return [PostRow._make(row) for row in _posts_between.rows(topic=topic_id, first=first, end=first + count)]
