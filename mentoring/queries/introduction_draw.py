"""What the drawing of introductions needs to know of people, in twelve queries however many they are."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q

from mentoring.enums import IntroductionState
from mentoring.models import (
    Absence,
    FreeSlot,
    Introduced,
    IntroducedPair,
    IntroductionOptIn,
    IntroductionRound,
    MentoringProfile,
)
from mentoring.pairing.drawing import Person
from mentoring.pairing.hours import Slot, Span, starts_of
from mentoring.queries.links import never_with_each
from peerhub.people.models import Membership, Network, User
from sessions.models import PeerSession, Registration

MINUTES = 45


def networks_to_draw(month: date) -> list[int]:
    """Networks where somebody may be met, and whose month was not drawn."""
    drawn = IntroductionRound.objects.filter(month=month, drawn_at__isnull=False).values("network")
    wished = IntroductionOptIn.objects.exclude(network__in=drawn).order_by("network")
    counts: dict[int, int] = {}
    for network in wished.values_list("network", flat=True):
        counts[network] = counts.get(network, 0) + 1
    return [network for network, count in counts.items() if count > 1]


def people_to_draw(network: Network, month: date, span: Span, now: datetime) -> list[Person]:
    """Everyone who wishes to be introduced in the network this month, and is free at some time of the span."""
    wishes = {one.user_id: one for one in _wishes(network, month, now)}
    members = Membership.objects.active().filter(network=network, user__in=wishes)
    members = members.exclude(silenced_until__gt=now).select_related("user", "affiliation__territory__parent__parent")
    by_user = {one.user_id: one for one in members}
    starts = free_starts({pk: one.user.time_zone for pk, one in by_user.items()}, span)
    never, met = never_with_each(by_user, network), _met(network, by_user)
    languages = _languages(by_user)
    waiting = _waiting(network, month, wishes)
    return [
        Person(
            key=pk,
            starts=starts[pk],
            own=frozenset(_own_places(member)),
            within=frozenset(_own_places(member) | _wider_places(member)),
            languages=frozenset(languages.get(pk) or [member.user.language]),
            never=frozenset(never[pk] | met[pk]),
            takes_three=wishes[pk].size > 2,
            waits=pk in waiting,
        )
        for pk, member in by_user.items()
        if starts[pk]
    ]


def free_starts(zones: dict[int, str], span: Span) -> dict[int, int]:
    """Of each of these people (id, time zone), the quarters at which a meeting may begin: within their slots, not on a
    day away, and not while they are expected in a session."""
    free = dict.fromkeys(zones, 0)
    for slot in FreeSlot.objects.filter(user__in=zones):
        free[slot.user_id] |= span.free([Slot(slot.weekday, slot.starts, slot.ends)], zones[slot.user_id])
    days = span.first.date(), span.end.date()
    for absence in Absence.objects.filter(user__in=zones, starts_on__lte=days[1], ends_on__gte=days[0]):
        free[absence.user_id] &= ~span.of_days(absence.starts_on, absence.ends_on, zones[absence.user_id])
    for user, starts_at, ends_at in _expected(zones, span):
        free[user] &= ~span.between(starts_at, ends_at)
    return {pk: starts_of(quarters, MINUTES) for pk, quarters in free.items()}


def _wishes(network: Network, month: date, now: datetime) -> list[IntroductionOptIn]:
    not_now = MentoringProfile.objects.filter(not_now_until__gte=now.date()).values("user")
    wishes = IntroductionOptIn.objects.filter(network=network).exclude(user__in=not_now)
    return list(wishes.filter(Q(skips_until__isnull=True) | Q(skips_until__lte=month)))


def _expected(users: Collection[int], span: Span) -> list[tuple[int, datetime, datetime]]:
    """When each is expected in a session, with a seat or to facilitate: two queries."""
    near = PeerSession.objects.scheduled().overlapping(span.first, span.end)
    seats = Registration.objects.registered().filter(user__in=users, session__in=near)
    runs = User.objects.filter(pk__in=users, facilitated_sessions__in=near)
    return [
        *seats.values_list("user", "session__starts_at", "session__ends_at"),
        *runs.values_list("pk", "facilitated_sessions__starts_at", "facilitated_sessions__ends_at"),
    ]


def _own_places(member: Membership) -> set[str]:
    """Their territory, its grouping, their delegation: whoever shares one is no stranger."""
    territory = member.affiliation.territory
    places = {f"territory {pk}" for pk in (territory.pk, territory.grouping_id) if pk} if territory else set()
    return places | ({f"delegation {member.delegation_id}"} if member.delegation_id else set())


def _wider_places(member: Membership) -> set[str]:
    """The département and the région around: whoever works for them is no stranger either."""
    territory = member.affiliation.territory
    parent = territory.parent if territory else None
    above = [parent.pk, parent.parent_id, parent.parent.parent_id if parent.parent else None] if parent else []
    return {f"territory {pk}" for pk in above if pk}


def _languages(users: Collection[int]) -> dict[int, list[str]]:
    return dict(MentoringProfile.objects.filter(user__in=users).values_list("user", "languages"))


def _met(network: Network, users: Collection[int]) -> dict[int, set[int]]:
    """Whom each was introduced to already."""
    met: dict[int, set[int]] = {pk: set() for pk in users}
    pairs = IntroducedPair.objects.filter(network=network, first__in=met, second__in=met)
    for first, second in pairs.values_list("first", "second"):
        met[first].add(second)
        met[second].add(first)
    return met


def _waiting(network: Network, month: date, wishes: dict[int, IntroductionOptIn]) -> set[int]:
    """Who was left out of the last drawing, or said yes to a meeting that did not come about."""
    drawn = IntroductionRound.objects.filter(network=network, month__lt=month, drawn_at__isnull=False)
    last = drawn.order_by("-month").first()
    if last is None or last.drawn_at is None:
        return set()
    failed = Q(introduction__state__in=[IntroductionState.DECLINED, IntroductionState.LAPSED])
    had_one = Introduced.objects.filter(introduction__round=last).exclude(failed & Q(accepted_at__isnull=False))
    served = set(had_one.values_list("user", flat=True))
    return {
        pk
        for pk, wish in wishes.items()
        if pk not in served
        and wish.since < last.drawn_at
        and not (wish.skips_until is not None and wish.skips_until > last.month)
    }
