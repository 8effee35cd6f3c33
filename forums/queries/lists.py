"""Lists of topics: of a theme, or of all the themes of a network. Rows are tuples, cut by key; nothing is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from forums.enums import ForumKind, TopicKind, TopicState, TopicView
from forums.models import Forum, Tag, Topic
from forums.queries.feeds import unread_query, unread_since
from forums.queries.muting import followed_by
from peerhub.people.enums import CircleKind
from peerhub.people.models import ActorCategory, Membership, Network, Territory, User
from peerhub.people.prepared import ForPerson, Marks

TOPICS_PER_PAGE = 30


class TopicRow(NamedTuple):
    """A line of a list of topics: the columns of TOPIC_COLUMNS, in that order, then whether it is unread."""

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
    answered_categories: tuple[int, ...]
    author_given_name: str
    author_family_name: str
    category_slug: str | None
    category_fr: str | None
    category_en: str | None
    forum_title: str
    territory: str | None
    circle_kind: str
    circle_category: int | None
    circle_categories: tuple[int, ...]
    is_confidential: bool
    # "cantine Cantine": slug and name of each tag.
    tags: tuple[str, ...]
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
    "forum__title",
    "territory__name",
    "circle__kind",
    "circle__category_id",
    "circle__categories",
    "circle__is_confidential",
)


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: one view, narrowed by any of the others."""

    view: TopicView = TopicView.LATEST
    kind: str = ""
    tag: Tag | None = None
    territory: Territory | None = None
    # A category that has not answered, where it could.
    lacking: ActorCategory | None = None
    forum: Forum | None = None
    # Where the page begins: after the row of one cursor, or before that of the other.
    before: str = ""
    after: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.tag or self.territory or self.lacking)

    @property
    def is_plain(self) -> bool:
        """The first page of the latest, which most people read: the one that is compiled once."""
        return self.view == TopicView.LATEST and not self.is_narrowed and not self.before and not self.after

    @property
    def pins_first(self) -> bool:
        return self.forum is not None and self.view == TopicView.LATEST


@dataclass(frozen=True)
class TopicListPage:
    """A page of topics; `older` and `newer` are the cursors of those beside it, None at an end."""

    rows: Sequence[TopicRow]
    older: str | None
    newer: str | None = None


class BadCursor(ValueError):
    """A cursor that is not ours."""


# --- What is read -------------------------------------------------------------------------------------------------


def _rows(topics: QuerySet[Topic], user: User | AnonymousUser) -> QuerySet[Any, Any]:
    mark = FilteredRelation("reads", condition=Q(reads__user=user.pk or 0))
    put_on = Tag.objects.filter(topics=OuterRef("pk")).order_by("name", "pk")
    tags = ArraySubquery(put_on.values(written=Concat("slug", Value(" "), "name")))
    return topics.annotate(mark=mark, put_on=tags).values_list(*TOPIC_COLUMNS, "put_on", "mark__last_number")


def _of_forum(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    # The circle of a themed forum's topics is the forum's, which was judged when the forum was opened.
    topics = Topic.objects.listed().filter(forum=marks.integer("forum")).order_by("-is_pinned", "-last_post_at", "-id")
    return _rows(topics, user)[: TOPICS_PER_PAGE + 1]


def _latest(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    topics = Topic.objects.visible_to(user).listed()
    topics = topics.filter(network=marks.integer("network"), forum__kind=ForumKind.THEMED, last_number__gt=0)
    return _rows(topics.order_by("-last_post_at", "-id"), user)[: TOPICS_PER_PAGE + 1]


_first_topics, _latest_topics = ForPerson(_of_forum), ForPerson(_latest)


def topic_list(
    user: User | AnonymousUser, network: Network, membership: Membership | None, wanted: Wanted
) -> TopicListPage:
    """A page of the topics that the person may see and asked for: one query. Raises `BadCursor`."""
    if not wanted.is_plain:
        return _cut(wanted, _asked(user, network, membership, wanted), user, membership)
    if wanted.forum is not None:
        found = _first_topics.rows(user, forum=wanted.forum.pk)
    else:
        found = _latest_topics.rows(user, network=network.pk)
    rows = _topic_rows(found[:TOPICS_PER_PAGE], membership)
    return TopicListPage(rows, cursor_of(rows[-1]) if len(found) > TOPICS_PER_PAGE else None)


def _asked(
    user: User | AnonymousUser, network: Network, membership: Membership | None, wanted: Wanted
) -> QuerySet[Topic]:
    topics = Topic.objects.visible_to(user).filter(network=network, forum__kind=ForumKind.THEMED, last_number__gt=0)
    is_archive = wanted.view == TopicView.ARCHIVED
    topics = topics.filter(state=TopicState.ARCHIVED) if is_archive else topics.listed()
    topics = topics.filter(_viewed(user, network, membership, wanted.view))
    if wanted.forum is not None:
        topics = topics.filter(forum=wanted.forum)
    if wanted.kind:
        topics = topics.filter(kind=wanted.kind)
    if wanted.tag is not None:
        topics = topics.filter(pk__in=Topic.tags.through.objects.filter(tag=wanted.tag).values("topic"))
    if wanted.territory is not None:
        topics = topics.filter(_on(wanted.territory))
    if wanted.lacking is not None:
        topics = topics.filter(lacks(wanted.lacking.pk))
    return topics


def _viewed(user: User | AnonymousUser, network: Network, membership: Membership | None, view: TopicView) -> Q:
    if view == TopicView.UNANSWERED:
        return Q(kind=TopicKind.QUESTION, post_count__lte=1, accepted_post__isnull=True, is_locked=False)
    if view in PERSONAL and membership is None:
        return Q(pk__in=[])
    if view == TopicView.UNREAD and membership is not None:
        return Q(pk__in=unread_query(user, network.pk, unread_since(membership)).values("pk"))
    if view == TopicView.FOLLOWED:
        return followed_by(user)
    if view == TopicView.MINE:
        return Q(author=user.pk)
    return Q()


# The views of what one has read, follows and wrote: a visitor has none.
PERSONAL = (TopicView.UNREAD, TopicView.FOLLOWED, TopicView.MINE)


def lacks(category_id: int) -> Q:
    """Questions that nobody of this category has answered, where the circle has people of it."""
    could = (
        Q(circle__kind__in=[CircleKind.NETWORK, CircleKind.PUBLIC])
        | Q(circle__kind=CircleKind.CATEGORY, circle__category=category_id)
        | Q(circle__kind=CircleKind.CATEGORIES, circle__categories__contains=[category_id])
    )
    waiting = Q(kind=TopicKind.QUESTION, is_locked=False) & ~Q(answered_categories__contains=[category_id])
    return could & waiting


def _on(territory: Territory) -> Q:
    """On a territory or on what is part of it: a région holds départements, which hold communes."""
    return (
        Q(territory=territory)
        | Q(territory__parent=territory)
        | Q(territory__parent__parent=territory)
        | Q(territory__grouping=territory)
    )


# --- Cutting by key -----------------------------------------------------------------------------------------------


def cursor_of(row: TopicRow) -> str:
    """Where a list goes on beside this row: "1" if pinned, microseconds since 1970, id."""
    moment = round((row.last_post_at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)
    return f"{int(row.is_pinned)}-{moment}-{row.id}"


def _cut(
    wanted: Wanted, topics: QuerySet[Topic], user: User | AnonymousUser, membership: Membership | None
) -> TopicListPage:
    upwards = bool(wanted.after)
    if wanted.before or wanted.after:
        topics = topics.filter(_beyond(wanted.after or wanted.before, upwards=upwards, pins=wanted.pins_first))
    fields = ("is_pinned", "last_post_at", "id") if wanted.pins_first else ("last_post_at", "id")
    order = [F(name).asc() if upwards else F(name).desc() for name in fields]
    found = list(_rows(topics.order_by(*order), user)[: TOPICS_PER_PAGE + 1])
    rows = _topic_rows(found[:TOPICS_PER_PAGE], membership)
    has_more = len(found) > TOPICS_PER_PAGE
    if upwards:
        rows.reverse()
    if not rows:
        return TopicListPage(rows, None, None)
    has_older, has_newer = (True, has_more) if upwards else (has_more, bool(wanted.before))
    return TopicListPage(rows, cursor_of(rows[-1]) if has_older else None, cursor_of(rows[0]) if has_newer else None)


def _beyond(cursor: str, *, upwards: bool, pins: bool) -> Q:
    try:
        pinned, moment, pk = (int(part) for part in cursor.split("-"))
        when = datetime.fromtimestamp(moment // 1_000_000, tz=UTC).replace(microsecond=moment % 1_000_000)
    except (ValueError, OverflowError, OSError) as error:
        raise BadCursor from error
    if pk >= 2**63:
        raise BadCursor
    side = "gt" if upwards else "lt"
    beyond = Q(**{f"last_post_at__{side}e": when}) & (Q(**{f"last_post_at__{side}": when}) | Q(**{f"pk__{side}": pk}))
    if not pins:
        return beyond
    same = Q(is_pinned=bool(pinned)) & beyond
    past = Q(is_pinned=upwards)
    return same | past if bool(pinned) != upwards else same


def _topic_rows(rows: Iterable[tuple[Any, ...]], membership: Membership | None) -> list[TopicRow]:
    since = unread_since(membership) if membership is not None else None
    return [_topic_row(row, since) for row in rows]


def _topic_row(row: tuple[Any, ...], since: datetime | None) -> TopicRow:
    # Arrays come as lists; a row must be hashable, for what is written of it is kept.
    values = (tuple(value) if isinstance(value, list) else value for value in row)
    made = TopicRow._make([*values, False])
    if since is None or made.last_post_at <= since or made.last_number <= (made.read_number or 0):
        return made
    return made._replace(is_unread=True)
