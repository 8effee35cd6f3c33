"""What the person is in the network of a row: joined into the row's own query, so that it costs none."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import FilteredRelation, Q, QuerySet

from forums.models import Forum, ForumAnimator, Topic
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Membership, Network, User

HAT = ("mine__affiliation__category", "mine__affiliation__territory", "mine__affiliation__organisation")


def with_membership(
    rows: "QuerySet[Any]", user: User | AnonymousUser, *related: str, path: str = "network__memberships"
) -> "QuerySet[Any]":
    """Rows with the person's active membership of their network (see `membership_of`), and `related` beside it."""
    condition = Q(**{f"{path}__user": user.pk or 0, f"{path}__status": MembershipStatus.ACTIVE})
    mine = FilteredRelation(path, condition=condition)
    joined: QuerySet[Any] = rows.annotate(mine=mine)
    return joined.select_related(*related)


def membership_of(row: Topic | Forum | Network) -> Membership | None:
    """The active membership, with its hat as far as it was asked for, of a row read by `with_membership`."""
    membership: Membership | None = getattr(row, "mine", None)
    return membership


def looks_after(user: User | AnonymousUser, forum_id: int) -> bool:
    """Whether the person is named for the theme, beside the network's animators."""
    return user.is_authenticated and ForumAnimator.objects.filter(forum=forum_id, user=user.pk).exists()
