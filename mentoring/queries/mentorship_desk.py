"""What animators see of the mentorships of a network: states, dates and categories. No text is read here: neither goals
nor notes, nor what anybody says of anybody, nor who is with whom."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, DateTimeField, Exists, Min, OuterRef, Subquery
from django.utils import timezone

from mentoring.enums import MentorshipEnd, MentorshipState, Rhythm
from mentoring.models import CheckIn, Mentorship, MentorshipPeer
from mentoring.queries.check_ins import help_wanted
from peerhub.people.models import ActorCategory, Membership, Network, User
from sessions.models import PeerSession

MOST = 200
UNSETTLED_DAYS = 14
UNANSWERED_DAYS = 7
# Twice what they agreed on and some; who meets « when it takes » is asked nothing.
UNMET_DAYS = {Rhythm.WEEKLY: 21, Rhythm.FORTNIGHTLY: 35, Rhythm.MONTHLY: 70}
LOOKED_BACK = timedelta(days=365)


class Delay(NamedTuple):
    """`code`: unsettled, overdue, unmet, unanswered; a template makes the sentence."""

    code: str
    days: int


class Facts(NamedTuple):
    """All that is read of a mentorship."""

    pk: int
    state: str
    is_group: bool
    rhythm: str
    mentor: int
    created_at: datetime
    starts_on: date
    ends_on: date
    last_met_at: datetime | None
    has_next: bool
    asked_at: datetime | None


@dataclass(frozen=True)
class DeskLine:
    """One mentorship that has not ended."""

    state: MentorshipState
    is_group: bool
    since: date
    ends_on: date
    last_met_at: datetime | None
    mentor: ActorCategory | None
    peers: list[ActorCategory]
    delays: list[Delay]


@dataclass(frozen=True)
class MentorshipDesk:
    """`states` counts those that have not ended, `endings` those that ended within a year."""

    lines: list[DeskLine]
    states: dict[str, int]
    endings: dict[str, int]
    help_wanted: list[CheckIn]


def mentorship_desk(animator: User, network: Network) -> MentorshipDesk:
    """Six queries. Those with the longest delay come first."""
    now = timezone.now()
    facts = _facts(network, now)
    peers: defaultdict[int, list[int]] = defaultdict(list)
    present = MentorshipPeer.objects.filter(mentorship__in=[one.pk for one in facts], left_at__isnull=True)
    for mentorship, user in present.order_by("pk").values_list("mentorship", "user"):
        peers[mentorship].append(user)
    people = {one.mentor for one in facts} | {user for users in peers.values() for user in users}
    worn = _categories(network, people)
    lines = [
        DeskLine(
            state=MentorshipState(one.state),
            is_group=one.is_group,
            since=one.starts_on,
            ends_on=one.ends_on,
            last_met_at=one.last_met_at,
            mentor=worn.get(one.mentor),
            peers=[worn[user] for user in peers[one.pk] if user in worn],
            delays=delays(one, now),
        )
        for one in facts
    ]
    ended = Mentorship.objects.filter(network=network, ended_at__gt=now - LOOKED_BACK).exclude(
        ending=MentorshipEnd.DECLINED
    )
    return MentorshipDesk(
        lines=sorted(lines, key=lambda line: -max((delay.days for delay in line.delays), default=-1)),
        states=dict(Counter(one.state for one in facts)),
        endings=dict(ended.order_by().values_list("ending").annotate(number=Count("pk"))),
        help_wanted=help_wanted(animator, network),
    )


def delays(one: Facts, now: datetime) -> list[Delay]:
    """What waits for longer than it should. Pure. One in pause is late in nothing."""
    today = timezone.localdate(now)
    if one.state == MentorshipState.PROPOSED:
        days = (now - one.created_at).days
        return [Delay("unsettled", days)] if days >= UNSETTLED_DAYS else []
    if one.state != MentorshipState.ACTIVE:
        return []
    found = []
    if one.ends_on < today:
        found.append(Delay("overdue", (today - one.ends_on).days))
    last = timezone.localdate(one.last_met_at) if one.last_met_at else one.starts_on
    unmet = (today - max(last, one.starts_on)).days
    if not one.has_next and unmet >= UNMET_DAYS.get(Rhythm(one.rhythm), unmet + 1):
        found.append(Delay("unmet", unmet))
    if one.asked_at and (waiting := (now - one.asked_at).days) >= UNANSWERED_DAYS:
        found.append(Delay("unanswered", waiting))
    return found


def _facts(network: Network, now: datetime) -> list[Facts]:
    met = PeerSession.objects.scheduled().filter(circle=OuterRef("circle"))
    held = met.filter(ends_at__lte=now).order_by("-ends_at").values("ends_at")[:1]
    asked = CheckIn.objects.filter(mentorship=OuterRef("pk"), asked_at__isnull=False, answer="").order_by()
    first_asked = asked.values("mentorship").annotate(first=Min("asked_at")).values("first")
    rows = Mentorship.objects.filter(network=network).exclude(state=MentorshipState.ENDED)
    rows = rows.annotate(
        last_met_at=Subquery(held, output_field=DateTimeField()),
        has_next=Exists(met.filter(starts_at__gt=now)),
        first_asked_at=Subquery(first_asked, output_field=DateTimeField()),
    )
    read = ("pk", "state", "is_group", "rhythm", "mentor", "created_at", "starts_on", "ends_on", "last_met_at")
    return [Facts(*row) for row in rows.order_by("created_at").values_list(*read, "has_next", "first_asked_at")[:MOST]]


def _categories(network: Network, people: set[int]) -> dict[int, ActorCategory]:
    known = ActorCategory.objects.in_bulk()
    hats = Membership.objects.filter(network=network, user__in=people).values_list("user", "affiliation__category")
    return {user: known[category] for user, category in hats if category in known}
