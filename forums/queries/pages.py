"""What the pages of the forums show. Hot pages: rows are tuples, ranges instead of OFFSET, no COUNT."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, FilteredRelation, Q, QuerySet

from forums.enums import ForumKind
from forums.fragments import PostRow
from forums.models import POSTS_PER_PAGE, Forum, Post, Topic
from forums.queries.feeds import unread_since, unread_topics
from forums.queries.standing import HAT, membership_of, with_membership
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Circle,
    Delegation,
    Membership,
    Network,
    User,
    circle_q,
)
from peerhub.people.prepared import ForPerson, InstancesForPerson, Marks, Prepared, Shape

TOPICS_PER_PAGE = 30
RECENT = 10
CATCH_UP_LIMIT = 200

POST_COLUMNS = (
    "id",
    "number",
    "author_id",
    "author__given_name",
    "author__family_name",
    "affiliation__category__slug",
    "affiliation__category__label_fr",
    "affiliation__category__label_en",
    "affiliation__title",
    "affiliation__organisation__name",
    "affiliation__territory__name",
    "affiliation__territory__population",
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
)


# --- Forums -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ForumLine:
    """A theme in the list of a network, with how many of its topics the person has not read (at most 99 count)."""

    forum: Forum
    unread_count: int


@dataclass(frozen=True)
class ForumPage:
    """A theme that a person opened, and what the person is in its network."""

    forum: Forum
    network: Network
    membership: Membership | None


_network_page = InstancesForPerson(
    lambda marks, user: with_membership(
        Network.objects.visible_to(user).defer("description").filter(slug=marks.text("slug")),
        user,
        HAT[0],
        path="memberships",
    )
)
_forum_page = InstancesForPerson(
    lambda marks, user: with_membership(
        Forum.objects.themed()
        .visible_to(user)
        .filter(network__slug=marks.text("network_slug"), slug=marks.text("forum_slug")),
        user,
        *("network", "circle__category", "circle__delegation", HAT[0]),
    )
)


def network_page_for(user: User | AnonymousUser, slug: str) -> tuple[Network, Membership | None]:
    """A network that the person can see, and the person's membership in it: one query. `Network.DoesNotExist`."""
    network: Network | None = _network_page.first(user, slug=slug)
    if network is None:
        raise Network.DoesNotExist
    return network, membership_of(network)


def forum_list_for(
    user: User | AnonymousUser, network: Network, membership: Membership | None = None
) -> list[ForumLine]:
    """The themes of a network that are open to the person, in their order: two queries for a member."""
    forums = (
        Forum.objects.themed()
        .visible_to(user)
        .filter(network=network)
        .select_related("circle__category", "circle__delegation")
        .order_by("position", "title", "pk")
    )
    unread = _unread_by_forum(user, network, membership)
    return [ForumLine(forum, unread.get(forum.pk, 0)) for forum in forums]


def forum_for(user: User | AnonymousUser, network_slug: str, forum_slug: str) -> ForumPage:
    """A theme with its network and the person's membership there: one query. `Forum.DoesNotExist` when not visible."""
    forum: Forum | None = _forum_page.first(user, network_slug=network_slug, forum_slug=forum_slug)
    if forum is None:
        raise Forum.DoesNotExist
    return ForumPage(forum, forum.network, membership_of(forum))


# --- Lists of topics ----------------------------------------------------------------------------------------------


class TopicRow(NamedTuple):
    """A line of a list of topics: the columns of TOPIC_COLUMNS, in that order."""

    id: int
    slug: str
    kind: str
    title: str
    is_pinned: bool
    is_locked: bool
    accepted_post_id: int | None
    post_count: int
    last_number: int
    last_post_at: datetime
    answered_categories: list[int]
    author_given_name: str
    author_family_name: str
    category_slug: str | None
    category_fr: str | None
    category_en: str | None
    last_given_name: str
    last_family_name: str
    forum_title: str
    read_number: int | None
    is_unread: bool

    @property
    def reply_count(self) -> int:
        return max(0, self.post_count - 1)

    @property
    def new_count(self) -> int:
        """How many posts the person has not read; 0 unless the topic counts as unread."""
        return self.last_number - (self.read_number or 0) if self.is_unread else 0


TOPIC_COLUMNS = (
    "id",
    "slug",
    "kind",
    "title",
    "is_pinned",
    "is_locked",
    "accepted_post_id",
    "post_count",
    "last_number",
    "last_post_at",
    "answered_categories",
    "author__given_name",
    "author__family_name",
    "author_affiliation__category__slug",
    "author_affiliation__category__label_fr",
    "author_affiliation__category__label_en",
    "last_author__given_name",
    "last_author__family_name",
    "forum__title",
)


@dataclass(frozen=True)
class TopicListPage:
    """A page of topics; `older` is the cursor of the next one, None at the end."""

    rows: Sequence[TopicRow]
    older: str | None


def _rows(topics: QuerySet[Topic], user: User | AnonymousUser) -> QuerySet[Any, Any]:
    mark = FilteredRelation("reads", condition=Q(reads__user=user.pk or 0))
    return topics.annotate(mark=mark).values_list(*TOPIC_COLUMNS, "mark__last_number")


def _of_forum(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    # The circle of a themed forum's topics is the forum's, which was judged when the forum was opened.
    topics = Topic.objects.listed().filter(forum=marks.integer("forum")).order_by("-is_pinned", "-last_post_at", "-id")
    return _rows(topics, user)[: TOPICS_PER_PAGE + 1]


def _recent(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    topics = Topic.objects.visible_to(user).listed()
    topics = topics.filter(network=marks.integer("network"), forum__kind=ForumKind.THEMED, last_number__gt=0)
    return _rows(topics.order_by("-last_post_at", "-id"), user)[:RECENT]


_first_topics, _recent_topics = ForPerson(_of_forum), ForPerson(_recent)


def topic_list_page(
    user: User | AnonymousUser, forum: Forum, membership: Membership | None, before: str = ""
) -> TopicListPage:
    """Topics of a forum that the person can see, pinned first, then by last post: one query, cut by key."""
    if before:
        older = (
            Topic.objects.listed()
            .filter(_older_than(before), forum=forum)
            .order_by("-is_pinned", "-last_post_at", "-id")
        )
        found: Sequence[tuple[Any, ...]] = list(_rows(older, user)[: TOPICS_PER_PAGE + 1])
    else:
        found = _first_topics.rows(user, forum=forum.pk)
    rows = _topic_rows(found, membership)
    page = rows[:TOPICS_PER_PAGE]
    return TopicListPage(page, cursor_of(page[-1]) if len(rows) > TOPICS_PER_PAGE else None)


def recent_topics(user: User | AnonymousUser, network: Network, membership: Membership | None) -> list[TopicRow]:
    """The RECENT topics of a network that moved last, of all the themes open to the person: one query."""
    return _topic_rows(_recent_topics.rows(user, network=network.pk), membership)


def cursor_of(row: TopicRow) -> str:
    """Where a list goes on after this row: "1" if pinned, microseconds since 1970, id."""
    moment = round((row.last_post_at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)
    return f"{int(row.is_pinned)}-{moment}-{row.id}"


def _older_than(cursor: str) -> Q:
    """Raises `Topic.DoesNotExist` for a cursor that is not ours."""
    try:
        pinned, moment, pk = (int(part) for part in cursor.split("-"))
        when = datetime.fromtimestamp(moment // 1_000_000, tz=UTC).replace(microsecond=moment % 1_000_000)
    except (ValueError, OverflowError, OSError) as error:
        raise Topic.DoesNotExist from error
    below = Q(last_post_at__lte=when) & (Q(last_post_at__lt=when) | Q(pk__lt=pk))
    if pinned:
        return Q(is_pinned=False) | (Q(is_pinned=True) & below)
    return Q(is_pinned=False) & below


def _topic_rows(rows: Sequence[tuple[Any, ...]], membership: Membership | None) -> list[TopicRow]:
    if membership is None:
        return [TopicRow._make((*row, False)) for row in rows]
    since = unread_since(membership)
    return [TopicRow._make((*row, row[9] > since and row[8] > (row[-1] or 0))) for row in rows]


# --- A topic ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TopicHead:
    """A topic that a person opened: what the person is in its network, and how far the person has read."""

    topic: Topic
    membership: Membership | None
    read_number: int


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
                *("state", "lock_reason", "slow_seconds", "is_held", "accepted_reason", "territory"),
                *("last_author", "answered_categories", "created_at", "changed_at"),
            ),
        ),
        ("forum", Forum, ("id", "network", "circle", "kind", "slug", "title", "topic_policy")),
        ("network", Network, ("id", "slug", "name", "tagline", "is_public", "join_policy")),
        (
            "circle",
            Circle,
            ("id", "kind", "name", "network", "category", "delegation", "is_confidential", "member_count"),
        ),
        ("circle__category", ActorCategory, _CATEGORY),
        ("circle__delegation", Delegation, ("id", "name", "network")),
        ("mine", Membership, ("id", "network", "user", "affiliation", "delegation", "role", "status", "joined_at")),
        ("mine__affiliation", Affiliation, ("id", "user", "category", "title")),
        ("mine__affiliation__category", ActorCategory, _CATEGORY),
    ]
)


def _head_query(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    topics = Topic.objects.visible_to(user).filter(pk=marks.integer("pk"))
    marked = topics.annotate(mark=FilteredRelation("reads", condition=Q(reads__user=user.pk or 0)))
    return with_membership(marked, user).values_list(*_HEAD.columns, "mark__last_number")


_topic_head = ForPerson(_head_query)


def topic_for(user: User | AnonymousUser, pk: int) -> TopicHead:
    """A topic with its forum, network, circle, and the person's membership and read mark: one query.

    `Topic.DoesNotExist` for what the person may not see.
    """
    rows = _topic_head.rows(user, pk=pk)
    if not rows:
        raise Topic.DoesNotExist
    topic: Topic = _HEAD.build(rows[0])
    return TopicHead(topic, membership_of(topic), rows[0][-1] or 0)


def topic_page(topic: Topic, number: int) -> TopicPage:
    """Page `number` of a topic's posts: one range of the index (topic, number), as fast on page 60 as on page 1.

    `Post.DoesNotExist` past the last page. Visibility was judged by `topic_for`.
    """
    if number > topic.page_count:
        raise Post.DoesNotExist
    first = (number - 1) * POSTS_PER_PAGE + 1
    posts = _post_rows(topic.pk, first, POSTS_PER_PAGE)
    return TopicPage(posts, number, topic.page_count)


def posts_after(topic: Topic, number: int) -> list[PostRow]:
    """What a page that stands at post `number` has missed; at most CATCH_UP_LIMIT, the oldest first."""
    return _post_rows(topic.pk, number + 1, CATCH_UP_LIMIT)


def posts_changed(topic: Topic, since: datetime, first: int, last: int) -> list[PostRow]:
    """Of posts number `first` to `last`, those that changed after `since`."""
    posts = Post.objects.filter(topic=topic, number__range=(first, last), changed_at__gt=since)
    return [PostRow._make(row) for row in posts.order_by("number").values_list(*POST_COLUMNS)]


def post_for(user: User | AnonymousUser, pk: int) -> Post:
    """A post with its topic, for its permalink; removed ones too: their place remains."""
    posts = Post.objects.filter(circle_q(user, "topic__circle")).select_related("topic__circle")
    return posts.defer("body", "body_html", "body_text", "body_vector", "topic__title_vector").get(pk=pk)


_posts_between = Prepared(
    lambda marks: (
        Post.objects.filter(
            topic=marks.integer("topic"), number__gte=marks.integer("first"), number__lt=marks.integer("end")
        )
        .order_by("number")
        .values_list(*POST_COLUMNS)
    )
)


def _post_rows(topic_id: int, first: int, count: int) -> list[PostRow]:
    """Posts number `first` and following, `count` numbers at most."""
    return [PostRow._make(row) for row in _posts_between.rows(topic=topic_id, first=first, end=first + count)]


def _unread_by_forum(user: User | AnonymousUser, network: Network, membership: Membership | None) -> dict[int, int]:
    if membership is None:
        return {}
    unread = unread_topics(user, network, membership).order_by()
    return dict(unread.values_list("forum").annotate(n=Count("pk")))
