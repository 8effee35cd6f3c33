"""What the forums tell other pages: unread topics, questions that wait for someone, the latest public topics."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from forums.enums import ForumKind, TopicKind
from forums.models import Topic, TopicRead, topic_url
from forums.queries.muting import not_muted
from peerhub.people.enums import CircleKind
from peerhub.people.models import Membership, Network, User, initials_of, name_of
from peerhub.people.prepared import ForPerson, Marks

# What moved before is not counted as unread: nobody catches up with months, and the count stays cheap.
UNREAD_WINDOW = timedelta(days=30)
UNREAD_LIMIT = 100  # counted no further: shown as 99+
# As many as a page of another product shows at most.
LINES = 10


class TopicLine(NamedTuple):
    """A topic in a list of another page."""

    id: int
    slug: str
    kind: str
    title: str
    forum_title: str
    post_count: int
    last_number: int
    created_at: datetime
    last_post_at: datetime
    author_given_name: str
    author_family_name: str
    category_slug: str | None
    is_confidential: bool
    read_number: int | None

    @property
    def url(self) -> str:
        return topic_url(self.id, self.slug)

    @property
    def unread_url(self) -> str:
        """Straight to the first post that was not read."""
        return f"{self.url}?non-lu"

    @property
    def reply_count(self) -> int:
        return max(0, self.post_count - 1)

    @property
    def new_count(self) -> int:
        return self.last_number - (self.read_number or 0)

    @property
    def author_name(self) -> str:
        return name_of(self.author_given_name, self.author_family_name)

    @property
    def initials(self) -> str:
        return initials_of(self.author_given_name, self.author_family_name)


_COLUMNS = (
    "id",
    "slug",
    "kind",
    "title",
    "forum__title",
    "post_count",
    "last_number",
    "created_at",
    "last_post_at",
    "author__given_name",
    "author__family_name",
    "author_affiliation__category__slug",
    "circle__is_confidential",
)


def unread_since(membership: Membership) -> datetime:
    """From when on what moves is unread for a member: joining, or the window, whichever is later."""
    return max(membership.joined_at, timezone.now() - UNREAD_WINDOW)


def unread_topics(user: User | AnonymousUser, network: Network, membership: Membership) -> QuerySet[Topic]:
    """Topics that the person can see, and has neither read to their end nor muted."""
    return unread_query(user, network.pk, unread_since(membership))


def unread_query(user: User | AnonymousUser, network_id: int, since: datetime) -> QuerySet[Topic]:
    """Topics of a network that moved since then and that the person has neither read to their end nor muted."""
    read = TopicRead.objects.filter(user=user.pk or 0, topic=OuterRef("pk"), last_number__gte=OuterRef("last_number"))
    topics = Topic.objects.visible_to(user).listed()
    return topics.filter(~Exists(read), not_muted(user), network=network_id, last_post_at__gt=since, last_number__gt=0)


def unread_topics_for(
    user: User | AnonymousUser, network: Network, membership: Membership | None, limit: int = 5
) -> list[TopicLine]:
    """The topics that the person has not read, the last moved first: one query."""
    if membership is None:
        return []
    rows = _latest_unread.rows(user, network=network.pk, since=unread_since(membership))
    return [TopicLine(*row) for row in rows[:limit]]


def _awaiting(marks: Marks, user: User | AnonymousUser) -> QuerySet[Any, Any]:
    return _line_rows(
        Topic.objects.visible_to(user)
        .listed()
        .filter(
            network=marks.integer("network"),
            kind=TopicKind.QUESTION,
            accepted_post__isnull=True,
            is_locked=False,
            forum__kind=ForumKind.THEMED,
        )
        .exclude(author=user.pk)
        .exclude(answered_categories__contains=[marks.integer("category")])
        .order_by("post_count", "created_at", "pk"),
        user,
    )


def questions_awaiting(user: User | AnonymousUser, membership: Membership | None, limit: int = 3) -> list[TopicLine]:
    """Open questions of the network that nobody of the person's category has answered: one query.

    Those that nobody has answered at all come first, the oldest of them before the others: a question without an
    answer is somebody's task.
    """
    if membership is None:
        return []
    rows = _questions.rows(user, network=membership.network_id, category=membership.affiliation.category_id)
    return [TopicLine(*row) for row in rows[:limit]]


def unanswered_questions(user: User | AnonymousUser, network: Network, limit: int = 6) -> list[TopicLine]:
    """Questions of a network, visible to the person, that nobody has answered; the oldest first: one query."""
    questions = (
        Topic.objects.visible_to(user)
        .listed()
        .filter(
            network=network,
            kind=TopicKind.QUESTION,
            accepted_post__isnull=True,
            is_locked=False,
            post_count__lte=1,
            forum__kind=ForumKind.THEMED,
        )
    )
    return _lines(questions.order_by("created_at", "pk"), user, limit)


def latest_public_topics(network: Network, limit: int = 5) -> list[TopicLine]:
    """What everyone on the web may read of a network's discussions, the last moved first: one query."""
    topics = Topic.objects.listed().filter(
        network=network, circle__kind=CircleKind.PUBLIC, forum__kind=ForumKind.THEMED, last_number__gt=0
    )
    return _lines(topics.order_by("-last_post_at", "-pk"), AnonymousUser(), limit)


def _lines(topics: QuerySet[Topic], user: User | AnonymousUser, limit: int) -> list[TopicLine]:
    return [TopicLine(*row) for row in _line_rows(topics, user)[:limit]]


def _line_rows(topics: QuerySet[Topic], user: User | AnonymousUser) -> QuerySet[Any, Any]:
    mark = FilteredRelation("reads", condition=Q(reads__user=user.pk or 0))
    return topics.annotate(mark=mark, read_number=F("mark__last_number")).values_list(*_COLUMNS, "read_number")


_latest_unread = ForPerson(
    lambda marks, user: _line_rows(
        unread_query(user, marks.integer("network"), marks.moment("since")).order_by("-last_post_at", "-pk"), user
    )[:LINES]
)
_questions = ForPerson(lambda marks, user: _awaiting(marks, user)[:LINES])
