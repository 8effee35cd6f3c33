"""Reads of introductions. Each raises `Introduction.DoesNotExist` for what the person may not see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from mentoring.enums import IntroductionState
from mentoring.models import DirectoryEntry, FreeSlot, Introduction, IntroductionOptIn, IntroductionRound
from mentoring.models.introductions import IntroductionQuerySet
from mentoring.pairing.hours import Span, each
from mentoring.policies.introductions import awaits, place_of, present
from mentoring.queries.introduction_draw import free_starts
from peerhub.people.models import Network, User
from sessions.enums import SessionState

PAST_SHOWN = 24
# Rounds are drawn in the first days of a month; whoever comes later is drawn the next month.
DRAWN_UNTIL_DAY = 7
# An introduction waits so long for the answers of its people.
ANSWER_DAYS = 30
MOMENTS_SHOWN = 6
MOMENTS_WITHIN_DAYS = 21


@dataclass(frozen=True)
class IntroductionLine:
    """One introduction, as one of its people reads it."""

    introduction: Introduction
    others: list[User]
    awaits_me: bool

    @property
    def names(self) -> str:
        return ", ".join(one.full_name for one in self.others)


@dataclass(frozen=True)
class IntroductionsPage:
    wish: IntroductionOptIn | None
    slots: list[FreeSlot]
    current: list[IntroductionLine]
    past: list[IntroductionLine]
    next_draw: date
    skips: bool


def introductions_page(user: User, network: Network, now: datetime) -> IntroductionsPage:
    """What a person asked for, and whom they met or are to meet in a network: six queries."""
    mine = _shown(Introduction.objects.visible_to(user)).filter(network=network, people__user=user)
    found = list(mine.order_by("-round__month", "-pk")[:PAST_SHOWN])
    open_ = [one for one in found if one.state in {IntroductionState.PROPOSED, IntroductionState.PLANNED}]
    wish = IntroductionOptIn.objects.filter(user=user, network=network).first()
    return IntroductionsPage(
        wish=wish,
        slots=list(FreeSlot.objects.filter(user=user)),
        current=[line_of(user, one) for one in open_],
        past=[line_of(user, one) for one in found if one not in open_],
        next_draw=_next_draw(network, wish, now),
        skips=bool(wish and wish.skips_until and wish.skips_until > first_of_month(now)),
    )


def introduction_for(user: User, pk: int) -> Introduction:
    return _shown(Introduction.objects.visible_to(user)).get(pk=pk)


def introductions_by_id(user: User, ids: Iterable[int]) -> dict[int, Introduction]:
    """Those of these that the person may open: two queries."""
    return {one.pk: one for one in _shown(Introduction.objects.visible_to(user)).filter(pk__in=set(ids))}


def loaded_introduction(pk: int) -> Introduction | None:
    """For what reacts to an event: seen by nobody."""
    return _shown(Introduction.objects.all()).filter(pk=pk).first()


def line_of(user: User, introduction: Introduction) -> IntroductionLine:
    """Who declined is of it no more, except on their own page."""
    others = [one.user for one in introduction.people.all() if one.user_id != user.pk]
    if introduction.state != IntroductionState.DECLINED:
        others = [one.user for one in present(introduction) if one.user_id != user.pk]
    return IntroductionLine(introduction, others, awaits(user, introduction))


@dataclass(frozen=True)
class Met:
    """Somebody of an introduction, with what their directory shows of them, and what they answered."""

    user: User
    entry: DirectoryEntry | None
    has_accepted: bool


def people_of(user: User, introduction: Introduction) -> list[Met]:
    """The others: one query."""
    others = {one.pk: one for one in line_of(user, introduction).others}
    entries = DirectoryEntry.objects.visible_to(user).with_person().filter(network=introduction.network_id)
    by_user = {one.user_id: one for one in entries.filter(user__in=others)}
    places = {pk: place_of(other, introduction) for pk, other in others.items()}
    return [
        Met(other, by_user.get(pk), bool((place := places[pk]) and place.accepted_at)) for pk, other in others.items()
    ]


def moments_of(introduction: Introduction, now: datetime) -> list[datetime]:
    """A few instants at which all of its people are free, the first of each day: four queries."""
    zones = {one.user_id: one.user.time_zone for one in present(introduction)}
    span = Span(now + timedelta(days=1), MOMENTS_WITHIN_DAYS)
    shared = ~0
    for starts in free_starts(zones, span).values():
        shared &= starts
    zone, found = ZoneInfo(settings.DEFAULT_TIME_ZONE), dict[date, datetime]()
    for bit in each(shared & (1 << MOMENTS_WITHIN_DAYS * 96) - 1):
        moment = span.at(bit)
        found.setdefault(moment.astimezone(zone).date(), moment)
    return [one for one in found.values() if one != introduction.proposed_at][:MOMENTS_SHOWN]


def to_close(now: datetime) -> list[int]:
    """Those that are over: met, cancelled, or without an answer for too long."""
    unanswered = Q(state=IntroductionState.PROPOSED, created_at__lte=now - timedelta(days=ANSWER_DAYS))
    held = Q(session__isnull=True) | Q(session__ends_at__lte=now) | ~Q(session__state=SessionState.SCHEDULED)
    over = Q(state=IntroductionState.PLANNED) & held
    return list(Introduction.objects.filter(unanswered | over).order_by("pk").values_list("pk", flat=True))


def awaiting_in(user: User, network_id: int) -> list[int]:
    """Those of a network that are proposed to the person (ids)."""
    mine = Introduction.objects.filter(
        network=network_id, state=IntroductionState.PROPOSED, people__user=user, people__declined_at__isnull=True
    )
    return list(mine.order_by("pk").values_list("pk", flat=True))


def first_of_month(now: datetime) -> date:
    """Of the month in which the platform is."""
    return now.astimezone(ZoneInfo(settings.DEFAULT_TIME_ZONE)).date().replace(day=1)


def _next_draw(network: Network, wish: IntroductionOptIn | None, now: datetime) -> date:
    """The day of the next drawing which the person may be in."""
    month = first_of_month(now)
    today = now.astimezone(ZoneInfo(settings.DEFAULT_TIME_ZONE)).date()
    drawn = IntroductionRound.objects.filter(network=network, month=month, drawn_at__isnull=False).exists()
    skips_until = wish.skips_until if wish else None
    if not drawn and today.day <= DRAWN_UNTIL_DAY and not (skips_until and skips_until > month):
        return today
    following = next_month(month)
    return max(following, skips_until) if skips_until else following


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _shown(introductions: IntroductionQuerySet) -> IntroductionQuerySet:
    return introductions.select_related("network", "circle", "session", "topic", "round").prefetch_related(
        "people__user"
    )
