"""Reads of series. Each raises `SessionSeries.DoesNotExist` for what the person may not see."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import HeldText, Post
from peerhub.people.models import Network, User, circle_q
from sessions.models import (
    TEXTS,
    Attendance,
    Conclusion,
    DatePoll,
    Decision,
    GuestSeat,
    Minutes,
    PeerSession,
    PeerSessionQuerySet,
    Registration,
    SessionSeries,
)
from sessions.queries.sessions import CANCELLED_KEPT, FEED_KEEPS
from sessions.recurrence import local_dates, local_of, parse, rhythm, sentence

Person = User | AnonymousUser


def series_for(user: Person, pk: int) -> SessionSeries:
    rows = SessionSeries.objects.visible_to(user).select_related("network", "circle__category", "circle__delegation")
    return rows.get(pk=pk)


# --- What keeps a date ---------------------------------------------------------------------------------------------


class Kept(StrEnum):
    """Why a date does not vanish."""

    PEOPLE = "people"  # somebody was invited, registered, waits, declined or left; or a guest was entered
    MESSAGES = "messages"  # something was written in its thread, or waits for approval there
    RECORD = "record"  # minutes, decisions, conclusions, attendance, or the poll that chose it


def kept_by(sessions: Iterable[PeerSession]) -> dict[int, frozenset[Kept]]:
    """Why each of these would not vanish; those that would are absent. One query. Read it with their rows held."""

    def of(*models: type[Model]) -> ExpressionWrapper[Q]:
        asked = [Exists(model._default_manager.filter(session=OuterRef("pk"))) for model in models]
        return ExpressionWrapper(reduce(or_, asked, Q()), output_field=BooleanField())

    written = Exists(Post.objects.filter(topic=OuterRef("topic"))) | Exists(
        HeldText.objects.filter(topic=OuterRef("topic"))
    )
    rows = PeerSession.objects.filter(pk__in=[session.pk for session in sessions]).values_list(
        "pk",
        of(Registration, GuestSeat),
        ExpressionWrapper(written, output_field=BooleanField()),
        of(Minutes, Decision, Conclusion, Attendance, DatePoll),
    )
    found = {pk: frozenset(kind for kind, is_so in zip(Kept, answers, strict=True) if is_so) for pk, *answers in rows}
    return {pk: kinds for pk, kinds in found.items() if kinds}


# --- Pages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Occurrence:
    """A date of the list: `kept` is said of what stands outside of the rule, to whoever runs the series."""

    session: PeerSession
    kept: frozenset[Kept] = frozenset()

    @property
    def why(self) -> str:
        """Why it stayed when the rule changed, in words."""
        words = {
            Kept.PEOPLE: _("des personnes y sont invitées ou inscrites"),
            Kept.MESSAGES: _("des messages y sont écrits"),
            Kept.RECORD: _("elle a un compte rendu ou des présences"),
        }
        return ", ".join(words[one] for one in Kept if one in self.kept)

    @property
    def is_outside(self) -> bool:
        return self.session.occurs_at is None

    @property
    def is_moved(self) -> bool:
        return not self.is_outside and self.session.starts_at != self.session.occurs_at


@dataclass(frozen=True)
class SeriesPage:
    """The dates that the person may see: those to come, soonest first; those over, latest first."""

    coming: list[Occurrence]
    past: list[Occurrence]

    @property
    def first_to_change(self) -> PeerSession | None:
        """The next date that follows the rule and may still be changed."""
        now = timezone.now()
        fitting = (one.session for one in self.coming if not one.is_outside and one.session.is_scheduled)
        return next((session for session in fitting if not session.has_begun(now)), None)

    @property
    def title(self) -> str:
        """A series has no title of its own: that of its next date, or of the last one."""
        dates = [*self.coming, *self.past]
        return next((one.session.title for one in dates if one.session.is_scheduled), dates[0].session.title)


def series_page(user: Person, series: SessionSeries, *, with_reasons: bool = False) -> SeriesPage:
    """`with_reasons` asks what keeps those that stand outside of the rule. Raises `SessionSeries.DoesNotExist` when
    the person may see none of its dates."""
    now = timezone.now()
    rows = list(_seen(user, series.pk).for_cards().with_mine(user).defer(*TEXTS).order_by("starts_at", "pk"))
    if not rows:
        raise SessionSeries.DoesNotExist
    outside = [row for row in rows if row.occurs_at is None]
    kept = kept_by(outside) if with_reasons and outside else {}
    dates = [Occurrence(row, kept.get(row.pk, frozenset())) for row in rows]
    coming = [one for one in dates if not one.session.is_over(now)]
    return SeriesPage(coming, [one for one in reversed(dates) if one.session.is_over(now)])


class Neighbour(NamedTuple):
    """The series before or after one: what it is called, and its first or last date, of those the person may see."""

    pk: int
    title: str
    at: datetime


class Neighbours(NamedTuple):
    before: Neighbour | None
    after: Neighbour | None


def neighbours_of(user: Person, series: SessionSeries) -> Neighbours:
    """What it continues, and what goes on where it ends: one query."""
    dates = PeerSession.objects.visible_to(user).filter(series=OuterRef("pk"))
    first, last = dates.order_by("starts_at", "pk"), dates.order_by("-starts_at", "-pk")
    rows = (
        SessionSeries.objects.visible_to(user)
        .filter(Q(pk=series.continues_id) | Q(continues=series.pk))
        .annotate(last_title=Subquery(last.values("title")[:1]), title=Subquery(first.values("title")[:1]))
        .annotate(last_at=Subquery(last.values("starts_at")[:1]), first_at=Subquery(first.values("starts_at")[:1]))
        .filter(title__isnull=False)
        .order_by("-pk")
        .values_list("pk", "last_title", "last_at", "title", "first_at")
    )
    before = after = None
    for pk, last_title, last_at, title, first_at in rows:
        if pk == series.continues_id:
            before = Neighbour(pk, last_title, last_at)
        else:
            after = Neighbour(pk, title, first_at)
    return Neighbours(before, after)


@dataclass(frozen=True)
class Place:
    """Where a session stands among the dates of its series that the person may see."""

    series_id: int
    rhythm: str
    number: int
    count: int
    previous: PeerSession | None
    next: PeerSession | None
    is_outside: bool


def place_in_series(user: Person, session: PeerSession) -> Place | None:
    """None for a session of no series, and for a person to whom the series is not open. One query, or none."""
    if session.series_id is None:
        return None
    rows = list(
        _seen(user, session.series_id)
        .filter(circle_q(user, "series__circle"))
        .select_related("series")
        .only("pk", "starts_at", "time_zone", "state", "series__rule")
        .order_by("starts_at", "pk")
    )
    where = next((place for place, row in enumerate(rows) if row.pk == session.pk), None)
    if where is None:
        return None
    series = rows[where].series
    return Place(
        series_id=session.series_id,
        rhythm=rhythm(parse(series.rule)) if series else "",
        number=where + 1,
        count=len(rows),
        previous=rows[where - 1] if where else None,
        next=rows[where + 1] if where + 1 < len(rows) else None,
        is_outside=session.occurs_at is None,
    )


def words_of(series: SessionSeries, *, with_end: bool) -> str:
    """The rule in a sentence. When it ends may tell of dates that the person does not see: for whoever runs it."""
    rule = parse(series.rule)
    return sentence(rule) if with_end else rhythm(rule)


def other_dates(session: PeerSession, user: Person) -> int:
    """How many other dates of its series, to come and following its rule, an act on this one may reach."""
    if session.series_id is None:
        return 0
    rows = _seen(user, session.series_id).scheduled().filter(occurs_at__isnull=False, starts_at__gt=timezone.now())
    return rows.exclude(pk=session.pk).count()


def _seen(user: Person, series_id: int) -> PeerSessionQuerySet:
    return PeerSession.objects.visible_to(user).filter(series=series_id)


# --- For calendars -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recurring:
    """What calendars show as one event that repeats: the dates, by `occurs_at`, that follow the rule and are open to
    the circle of the series. Needs `network` and `circle` of each."""

    series: SessionSeries
    sessions: tuple[PeerSession, ...]

    @property
    def absent(self) -> list[datetime]:
        """The local hours, between the first date and the last, that the rule says and that are not among them."""
        zone = self.series.time_zone
        present = {local_of(_occurs(one), zone) for one in self.sessions}
        first, last = min(present), max(present)
        said = local_dates(parse(self.series.rule), local_of(self.series.starts_at, zone))
        return [local for local in said if first < local < last and local not in present]


@dataclass(frozen=True)
class Agenda:
    """Sessions that stand by themselves, and series."""

    sessions: list[PeerSession]
    series: list[Recurring]


def public_agenda(network: Network, now: datetime | None = None) -> Agenda:
    """What everyone on the web may see of a network, as `public_sessions`; a series with a date among these is whole,
    but for what was cancelled long ago."""
    now = now or timezone.now()
    rows = PeerSession.objects.visible_to(AnonymousUser()).filter(network=network)
    recent = rows.filter(ends_at__gt=now - FEED_KEEPS)
    of_series = rows.filter(series__in=recent.exclude(series=None).values("series"))
    return _grouped((recent.filter(series=None) | of_series), now)


def series_agenda(user: Person, series: SessionSeries, now: datetime | None = None) -> Agenda:
    """The dates of one series that the person may see."""
    return _grouped(_seen(user, series.pk), now or timezone.now())


def _grouped(rows: PeerSessionQuerySet, now: datetime) -> Agenda:
    """Two queries at most: the sessions, with their series."""
    sessions: list[PeerSession] = []
    together: defaultdict[SessionSeries, list[PeerSession]] = defaultdict(list)
    for row in rows.for_cards().select_related("series").order_by("starts_at", "pk"):
        if row.cancelled_at and row.cancelled_at <= now - CANCELLED_KEPT:
            continue
        if row.series is not None and _repeats(row, row.series):
            together[row.series].append(row)
        elif row.ends_at > now - FEED_KEEPS:
            sessions.append(row)
    recurring = [Recurring(series, tuple(sorted(ones, key=_occurs))) for series, ones in together.items()]
    return Agenda(sessions, sorted(recurring, key=lambda one: one.series.pk))


def _repeats(session: PeerSession, series: SessionSeries) -> bool:
    """Whether the session is a date of the event that repeats. The RFC leaves out an hour that the clocks skip: such a
    date stands by itself."""
    if session.occurs_at is None or session.circle_id != series.circle_id:
        return False
    hour = local_of(series.starts_at, series.time_zone).time()
    return local_of(session.occurs_at, series.time_zone).time() == hour


def _occurs(session: PeerSession) -> datetime:
    if session.occurs_at is None:  # `_repeats` asked
        raise AssertionError
    return session.occurs_at
