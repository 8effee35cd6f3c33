"""The themes of a network, as a person sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from forums.enums import TopicKind
from forums.models import Forum, ForumAnimator, Topic, TopicRead
from forums.queries.feeds import UNREAD_WINDOW, unread_query, unread_since
from forums.queries.standing import HAT, looks_after, membership_of, with_membership
from peerhub.people.models import Membership, Network, User
from peerhub.people.prepared import ForPerson, InstancesForPerson, Marks

# A theme, its children, theirs.
DEPTH = 3


@dataclass(frozen=True)
class ForumLine:
    """A theme in the tree of a network (depth 0 to 2), with how many of its topics the person has not read."""

    forum: Forum
    unread_count: int
    depth: int = 0


@dataclass(frozen=True)
class ForumPage:
    """A theme that a person opened, and what the person is in its network.

    `parent` is the theme above it (slug, title), if that one is open to the person too; `looks_after`: the person is
    named for this theme.
    """

    forum: Forum
    network: Network
    membership: Membership | None
    parent: tuple[str, str] | None = None
    has_children: bool = False
    has_news: bool = False
    looks_after: bool = False


_network_page = InstancesForPerson(
    lambda marks, user: with_membership(
        Network.objects.visible_to(user).defer("description").filter(slug=marks.text("slug")),
        user,
        HAT[0],
        path="memberships",
    )
)


def network_page_for(user: User | AnonymousUser, slug: str) -> tuple[Network, Membership | None]:
    """A network that the person can see, and the person's membership in it: one query. `Network.DoesNotExist`."""
    network: Network | None = _network_page.first(user, slug=slug)
    if network is None:
        raise Network.DoesNotExist
    return network, membership_of(network)


# --- One theme ----------------------------------------------------------------------------------------------------


def _theme(marks: Marks, user: User | AnonymousUser) -> QuerySet[Forum]:
    themes = Forum.objects.themed().visible_to(user)
    wanted = themes.filter(network__slug=marks.text("network_slug"), slug=marks.text("forum_slug"))
    above = themes.filter(pk=OuterRef("parent"))
    annotated = wanted.annotate(
        parent_slug=Subquery(above.values("slug")),
        parent_title=Subquery(above.values("title")),
        has_children=Exists(themes.filter(parent=OuterRef("pk"), is_archived=False)),
        named=Exists(ForumAnimator.objects.filter(forum=OuterRef("pk"), user=user.pk or 0)),
        has_news=Exists(_unread_announcements(user, OuterRef("pk"), marks.moment("since"))),
    )
    themed: QuerySet[Forum] = with_membership(
        annotated, user, *("network", "circle__category", "circle__delegation", HAT[0])
    )
    return themed


def _unread_announcements(user: User | AnonymousUser, forum: Any, since: datetime) -> QuerySet[Topic]:
    read = TopicRead.objects.filter(user=user.pk or 0, topic=OuterRef("pk"))
    news = Topic.objects.listed().filter(
        # Both values are named so that the index of a theme's list serves the range of time.
        forum=forum,
        is_pinned__in=[True, False],
        last_post_at__gt=since,
        kind=TopicKind.ANNOUNCEMENT,
    )
    return news.filter(~Exists(read))


_forum_page = InstancesForPerson(_theme)


def forum_for(user: User | AnonymousUser, network_slug: str, forum_slug: str) -> ForumPage:
    """A theme with its network and the person's membership there: one query. `Forum.DoesNotExist` when not visible."""
    since = timezone.now() - UNREAD_WINDOW
    forum = _forum_page.first(user, network_slug=network_slug, forum_slug=forum_slug, since=since)
    if forum is None:
        raise Forum.DoesNotExist
    membership = membership_of(forum)
    return ForumPage(
        forum,
        forum.network,
        membership,
        parent=(forum.parent_slug, forum.parent_title) if forum.parent_slug else None,
        has_children=forum.has_children,
        has_news=forum.has_news and membership is not None,
        looks_after=forum.named,
    )


def announcements_of(user: User | AnonymousUser, opened: ForumPage, limit: int = 3) -> list[Topic]:
    """Announcements of a theme that the person has not opened yet, the newest first; a query where there are any."""
    if not opened.has_news or opened.membership is None:
        return []
    news = _unread_announcements(user, opened.forum.pk, unread_since(opened.membership)).exclude(author=user.pk)
    return list(news.only("pk", "title", "slug").order_by("-last_post_at", "-pk")[:limit])


def children_of(user: User | AnonymousUser, opened: ForumPage) -> list[Forum]:
    """The themes under this one that are open to the person; a query where there are any."""
    if not opened.has_children:
        return []
    children = Forum.objects.themed().visible_to(user).filter(parent=opened.forum, is_archived=False)
    return list(children.order_by("position", "title", "pk"))


# --- The tree -----------------------------------------------------------------------------------------------------


_forums = InstancesForPerson(
    lambda marks, user: (
        Forum.objects.themed()
        .visible_to(user)
        .filter(network=marks.integer("network"))
        .select_related("circle__category", "circle__delegation")
        .order_by("position", "title", "pk")
    )
)
_unread_counts = ForPerson(
    lambda marks, user: (
        unread_query(user, marks.integer("network"), marks.moment("since"))
        .order_by()
        .values("forum")
        .annotate(n=Count("pk"))
        .values_list("forum", "n")
    )
)


def forum_list_for(
    user: User | AnonymousUser, network: Network, membership: Membership | None = None
) -> list[ForumLine]:
    """The themes of a network that are open to the person, as a tree read from top to bottom: two queries for a
    member. A theme under one that is not open to the person stands at the top."""
    forums = _forums.all(user, network=network.pk)
    unread: dict[int, int] = {}
    if membership is not None and forums:
        unread = dict(_unread_counts.rows(user, network=network.pk, since=unread_since(membership)))
    return [ForumLine(forum, unread.get(forum.pk, 0), depth) for forum, depth in in_tree(forums)]


def in_tree(forums: Iterable[Forum]) -> list[tuple[Forum, int]]:
    """Each theme after the one above it, with its depth; siblings keep their order."""
    rows = list(forums)
    known = {forum.pk for forum in rows}
    under: dict[int | None, list[Forum]] = {}
    for forum in rows:
        under.setdefault(forum.parent_id if forum.parent_id in known else None, []).append(forum)
    placed: list[tuple[Forum, int]] = []

    def place(parent: int | None, depth: int) -> None:
        for forum in under.get(parent, []):
            placed.append((forum, depth))
            place(forum.pk, depth + 1)

    place(None, 0)
    return placed


def themes_to_curate(user: User, membership: Membership | None) -> list[ForumLine]:
    """The themes that the person may look after, archived ones too: every open one for an animator of the network,
    those that the person is named for otherwise."""
    if membership is None:
        return []
    themes = Forum.objects.themed().visible_to(user).filter(network=membership.network_id)
    if not membership.is_animator:
        themes = themes.filter(animator_rows__user=user)
    rows = themes.select_related("circle__category", "circle__delegation").order_by("position", "title", "pk")
    return [ForumLine(forum, 0, depth) for forum, depth in in_tree(rows)]


def theme_for(user: User | AnonymousUser, pk: int) -> ForumPage:
    """A theme by its key, for the pages that change it. `Forum.DoesNotExist` when not visible."""
    rows = Forum.objects.themed().visible_to(user).filter(pk=pk)
    forum: Forum = with_membership(rows, user, "network", "circle__category", "circle__delegation", HAT[0]).get()
    return ForumPage(forum, forum.network, membership_of(forum), looks_after=looks_after(user, forum.pk))


def readable_theme(user: User, pk: int) -> Forum | None:
    """A theme as it is now, if it is (still) open to the person."""
    return Forum.objects.themed().visible_to(user).filter(pk=pk).first()


def animators_of(forum: Forum) -> list[User]:
    """Those named for the theme who still see it."""
    rows = ForumAnimator.objects.filter(forum=forum, user__circle_memberships__circle=forum.circle_id)
    return [row.user for row in rows.select_related("user").order_by("user__family_name", "user__given_name")]
