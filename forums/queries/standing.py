"""What the person is in the network of a row: joined into the row's own query, so that it costs none."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import FilteredRelation, Q, QuerySet

from forums.models import Forum, Topic
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Membership, User

HAT = ("mine__affiliation__category", "mine__affiliation__territory", "mine__affiliation__organisation")


def with_membership(
    rows: "QuerySet[Topic] | QuerySet[Forum]", user: User | AnonymousUser, *related: str
) -> "QuerySet[Any]":
    """Rows with the person's active membership of their network (see `membership_of`), and `related` beside it."""
    mine = FilteredRelation(
        "network__memberships",
        condition=Q(network__memberships__user=user.pk or 0, network__memberships__status=MembershipStatus.ACTIVE),
    )
    joined: QuerySet[Any] = rows.annotate(mine=mine)
    return joined.select_related(*related)


def membership_of(row: Topic | Forum) -> Membership | None:
    """The active membership, with its hat as far as it was asked for, of a row read by `with_membership`."""
    membership: Membership | None = getattr(row, "mine", None)
    return membership
