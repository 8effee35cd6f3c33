"""Reads that span the products: a member's home, the animator's desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, IntegerField, Q, Subquery
from django.db.models.functions import TruncWeek
from django.utils import timezone

from forums.models import Post
from forums.queries import search as topics
from forums.queries.feeds import (
    UNREAD_LIMIT,
    TopicLine,
    questions_awaiting,
    unanswered_questions,
    unread_query,
    unread_since,
    unread_topics_for,
)
from mentoring.models import DirectoryEntry
from mentoring.queries.directory import search_people
from mentoring.queries.need_tasks import waiting_needs_count
from mentoring.queries.waiting import Waiting, waiting_for
from peerhub.moderation.queries import judgeable_count, sealed_count
from peerhub.notifications.queries import unread_count, unread_of
from peerhub.people.models import ActorCategory, Membership, Network, User
from peerhub.people.prepared import ForPerson, PreparedInstances
from peerhub.people.queries import hats_to_confirm
from sessions.models import PeerSession
from sessions.queries.sessions import (
    Attention,
    next_session_for,
    search_sessions,
    sessions_needing_attention,
    upcoming_for,
)


class Unread(NamedTuple):
    """What a person has not read: on the bell, and of the topics of a network (to UNREAD_LIMIT and no further)."""

    notifications: int
    topics: int


NOTHING_UNREAD = Unread(0, 0)


class _CountOf(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


_unread = ForPerson(
    lambda marks, user: User.objects.filter(pk=user.pk or 0).values_list(
        _CountOf(unread_of(user.pk or 0).order_by().values("pk")),
        _CountOf(
            unread_query(user, marks.integer("network"), marks.moment("since")).order_by().values("pk")[:UNREAD_LIMIT]
        ),
    )
)


def unread_for(user: User, membership: Membership | None) -> Unread:
    """The two numbers that surround every page of a member: one query. Of no network, those of the bell alone."""
    if membership is None:
        return Unread(unread_count(user), 0)
    rows = _unread.rows(user, network=membership.network_id, since=unread_since(membership))
    return Unread(*rows[0]) if rows else NOTHING_UNREAD


NEWCOMER_DAYS = 21
ACTIVITY_WEEKS = 8


@dataclass(frozen=True)
class MemberHome:
    next_session: PeerSession | None
    waiting: list[Waiting]  # for the person's answer, in all their networks
    questions: list[TopicLine]
    unread: list[TopicLine]
    upcoming: list[PeerSession]
    newcomers: list[Membership]


_newcomers = PreparedInstances(
    lambda marks: (
        Membership.objects.active()
        .with_hat()
        .filter(network=marks.integer("network"), joined_at__gte=marks.moment("since"))
        .exclude(user=marks.integer("user"))
        # Who is not in the directory is not welcomed by name either.
        .exclude(user__directory_choices__is_listed=False)
        .order_by("-joined_at", "-pk")[:4]
    )
)


def member_home(user: User, membership: Membership) -> MemberHome:
    """What a member finds on arriving in a network: six queries."""
    network = membership.network
    next_session = next_session_for(user, network)
    upcoming = upcoming_for(user, network, limit=5)
    return MemberHome(
        next_session=next_session,
        waiting=waiting_for(user),
        questions=questions_awaiting(user, membership, limit=3),
        unread=unread_topics_for(user, network, membership, limit=5),
        upcoming=[session for session in upcoming if session != next_session][:4],
        newcomers=_newcomers.all(
            network=network.pk, since=timezone.now() - timedelta(days=NEWCOMER_DAYS), user=user.pk
        ),
    )


@dataclass(frozen=True)
class CategoryShare:
    category: ActorCategory
    members: int
    spoke: int  # of them, how many wrote something that the animator can see in the last weeks


@dataclass(frozen=True)
class Week:
    starts_on: date
    posts: int


@dataclass(frozen=True)
class Desk:
    members: int
    newcomers: int
    never_came: int
    categories: list[CategoryShare]
    weeks: list[Week]
    silent: list[TopicLine]
    attention: list[Attention]
    hats: list[Membership]
    cases: int  # reports and waiting texts that the animator may judge
    sealed_cases: int  # those in circles that are closed to the animator
    needs: int  # those that nobody answered since three days

    @property
    def busiest(self) -> int:
        """The scale of the plot: posts of the busiest week, at least one."""
        return max(1, *(week.posts for week in self.weeks))


def desk(user: User, membership: Membership) -> Desk:
    """What the animator of a network should know today. It counts only what the animator may see."""
    network = membership.network
    now = timezone.now()
    since = _monday(now) - timedelta(weeks=ACTIVITY_WEEKS - 1)
    members = Membership.objects.active().filter(network=network)
    totals = members.aggregate(
        members=Count("pk"),
        newcomers=Count("pk", filter=Q(joined_at__gte=now - timedelta(days=NEWCOMER_DAYS))),
        never_came=Count("pk", filter=Q(user__last_login__isnull=True)),
    )
    posts = Post.objects.visible_to(user).filter(topic__network=network, created_at__gte=since)
    by_category = dict(members.order_by().values_list("affiliation__category").annotate(n=Count("pk")))
    spoke = dict(posts.order_by().values_list("affiliation__category").annotate(n=Count("author", distinct=True)))
    by_week = {
        start.date(): count
        for start, count in posts.order_by()
        .annotate(week=TruncWeek("created_at"))
        .values_list("week")
        .annotate(n=Count("pk"))
    }
    weeks = [(since + timedelta(weeks=number)).date() for number in range(ACTIVITY_WEEKS)]
    return Desk(
        **totals,
        categories=[
            CategoryShare(category, by_category[category.pk], spoke.get(category.pk, 0))
            for category in ActorCategory.objects.filter(pk__in=by_category)
        ],
        weeks=[Week(start, by_week.get(start, 0)) for start in weeks],
        silent=unanswered_questions(user, network),
        attention=sessions_needing_attention(user, network),
        hats=hats_to_confirm(membership),
        cases=judgeable_count(user, network),
        sealed_cases=sealed_count(user, network),
        needs=waiting_needs_count(user, network),
    )


def _monday(now: datetime) -> datetime:
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=local.weekday())


@dataclass(frozen=True)
class Found:
    topics: topics.Answer
    sessions: Sequence[PeerSession] = ()
    people: Sequence[DirectoryEntry] = ()

    @property
    def count(self) -> int:
        return self.topics.total + len(self.sessions) + len(self.people)


def search(user: User | AnonymousUser, network: Network | None, asked: topics.Asked, number: int = 1) -> Found:
    """A page of the discussions that the person may see, in one network or in all; on the first one, unless filters of
    discussions are set, the best of the sessions and of the people: one query for each. Raises `topics.PageTooFar`."""
    found = topics.search(user, network, asked, number)
    if number > 1 or asked.filters or not asked.words:
        return Found(found)
    return Found(
        topics=found,
        sessions=search_sessions(user, network, asked.words),
        people=search_people(user, network, asked.words, limit=6),
    )
