"""Reads of open groups, and of who asks to join them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from mentoring.enums import MentorshipState
from mentoring.models import GroupAsk, Mentorship
from mentoring.models.mentorships import MentorshipQuerySet
from mentoring.policies.mentorships import asked_peers, can_ask_to_join, present_peers
from mentoring.queries.links import never_with_each
from peerhub.people.models import Membership, Network

LISTED = 60


class Part(StrEnum):
    """What an open group is to who reads its line."""

    LEADS = "leads"
    IN = "in"
    WAITS = "waits"
    REFUSED = "refused"
    MAY_ASK = "may_ask"
    MAY_NOT = "may_not"


@dataclass(frozen=True)
class OpenGroup:
    """Its terms, and how many places are left: never who is in it."""

    mentorship: Mentorship
    free_places: int
    part: Part
    ask: GroupAsk | None = None


def open_groups(membership: Membership) -> list[OpenGroup]:
    """Those of a network, and those that the person asked to join: three queries."""
    asks = {one.mentorship_id: one for one in GroupAsk.objects.filter(user=membership.user_id)}
    rows = of_network(membership.network).filter(Q(is_open=True) | Q(pk__in=asks))
    return [_line(membership, one, asks.get(one.pk)) for one in rows.order_by("-created_at", "-pk")[:LISTED]]


def of_network(network: Network) -> MentorshipQuerySet:
    """Groups that go on, with their mentor and peers; callers say whose."""
    groups = Mentorship.objects.filter(network=network, is_group=True).exclude(state=MentorshipState.ENDED)
    return groups.select_related("mentor", "competence", "network").prefetch_related("peers")


def _line(membership: Membership, group: Mentorship, ask: GroupAsk | None) -> OpenGroup:
    free = max(0, group.places - len(asked_peers(group)))
    return OpenGroup(group, free, _part(membership, group, ask), ask)


def _part(membership: Membership, group: Mentorship, ask: GroupAsk | None) -> Part:
    if group.mentor_id == membership.user_id:
        return Part.LEADS
    if any(one.user_id == membership.user_id for one in present_peers(group)):
        return Part.IN
    if ask is not None:
        return Part.REFUSED if ask.answered_at else Part.WAITS
    return Part.MAY_ASK if can_ask_to_join(membership, group) else Part.MAY_NOT


def asks_to_read(mentorship: Mentorship) -> list[GroupAsk]:
    """Those that its mentor may grant, the oldest first: of members, whom nobody in it is kept apart from, nor anybody
    who asked before: whoever is let in makes none vanish. One query, and four where there are any. Needs its peers."""
    inside = {mentorship.mentor_id, *(one.user_id for one in present_peers(mentorship))}
    members = Membership.objects.active().filter(network=mentorship.network_id)
    waiting = GroupAsk.objects.filter(
        mentorship=mentorship, answered_at__isnull=True, user__in=members.values("user")
    ).exclude(user__in=inside)
    asks = list(waiting.select_related("user").order_by("asked_at", "pk"))
    if not asks:
        return []
    apart = never_with_each([one.user_id for one in asks], mentorship.network)
    found = []
    for one in asks:
        if apart[one.user_id].isdisjoint(inside):
            found.append(one)
            inside.add(one.user_id)
    return found


def asks_with(ids: Iterable[int]) -> list[GroupAsk]:
    """For what reacts to an event, and for notifications, which say nothing of it: seen by nobody."""
    return list(GroupAsk.objects.select_related("mentorship__network").filter(pk__in=set(ids)))
