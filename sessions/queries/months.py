"""The sessions of a network by month: tuples, and of each day no more than a page can show."""

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.db.models import Count, DateField, DateTimeField, F, Func, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast, RowNumber
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR

from peerhub.people.models import ActorCategory, Circle, Delegation, Network
from peerhub.people.prepared import ForPerson, Marks, Shape
from sessions.models import PeerSession, PeerSessionQuerySet
from sessions.queries.filters import EVERYTHING, Filters
from sessions.queries.sessions import Person, midnight

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# Of one day; the others are on the page of that day.
SHOWN_A_DAY = 6

CARD = Shape(
    [
        (
            "",
            PeerSession,
            (
                *("id", "network", "circle", "title", "format", "place", "state", "video_provider", "video_url"),
                *("starts_at", "ends_at", "registered_count", "held_count", "capacity"),
            ),
        ),
        ("circle", Circle, ("id", "kind", "name", "network", "category", "delegation", "is_confidential")),
        (
            "circle__category",
            ActorCategory,
            ("id", "slug", "label_fr", "label_en", "plural_fr", "plural_en", "position"),
        ),
        ("circle__delegation", Delegation, ("id", "name", "network")),
    ]
)
STARTS_AT = CARD.columns.index("starts_at")
Row = tuple[Any, ...]


class Day(NamedTuple):
    """The first sessions that begin on one day, in the viewer's zone, and how many more there are."""

    date: date
    rows: tuple[Row, ...] = ()
    others: int = 0

    @property
    def sessions(self) -> list[PeerSession]:
        """As the pieces of lists show them: with their circle and `is_mine`."""
        return [session_of(row) for row in self.rows]


def session_of(row: Row) -> PeerSession:
    session: PeerSession = CARD.build(row)
    session.is_mine = row[-1]
    return session


@dataclass(frozen=True)
class AgendaPage:
    """One month, in the viewer's zone."""

    month: date
    previous: date
    next: date
    days: Sequence[Day]
    weeks: Sequence[Sequence[Day]]

    @property
    def weekdays(self) -> "list[_StrOrPromise]":
        return [WEEKDAYS_ABBR[number] for number in range(7)]


def agenda_page(user: Person, network: Network, month: date, *, filters: Filters = EVERYTHING) -> AgendaPage:
    """The sessions of a network that begin in the month of `month`, by day and by week (Monday first): one query, and
    one more where a day has more than SHOWN_A_DAY."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    zone = timezone.get_current_timezone_name()
    bounds = Bounds(begins=midnight(first), ends=midnight(following))
    found: list[Row]
    count: Callable[[], Iterable[tuple[date, int]]]
    if filters.query:
        asked = filters.apply(_beginning_in(user, **bounds), user, network)
        found, count = list(cards(asked, user, Value(zone))), partial(list, counted(asked, Value(zone)))
    else:
        found = _month.rows(user, zone=zone, network=network.pk, **bounds)
        count = partial(_counts.rows, user, zone=zone, network=network.pk, **bounds)
    days = cut(days_of(found), count)
    known = {day.date: day for day in days}
    weeks = [
        [known.get(day) or Day(day) for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return AgendaPage(first, (first - timedelta(days=1)).replace(day=1), following, days, weeks)


def days_of(rows: Iterable[Row]) -> list[Day]:
    zone = timezone.get_current_timezone()
    return [
        Day(day, tuple(group)) for day, group in groupby(rows, key=lambda row: row[STARTS_AT].astimezone(zone).date())
    ]


def cut(days: Sequence[Day], count: Callable[[], Iterable[tuple[date, int]]]) -> list[Day]:
    """SHOWN_A_DAY at most; the others are counted when there are some."""
    if all(len(day.rows) <= SHOWN_A_DAY for day in days):
        return list(days)
    counts = dict(count())
    return [
        Day(day.date, day.rows[:SHOWN_A_DAY], counts[day.date] - SHOWN_A_DAY) if len(day.rows) > SHOWN_A_DAY else day
        for day in days
    ]


# --- What is read -------------------------------------------------------------------------------------------------


class Bounds(TypedDict):
    begins: datetime
    ends: datetime


def _beginning_in(user: Person, *, begins: datetime, ends: datetime) -> PeerSessionQuerySet:
    return PeerSession.objects.visible_to(user).filter(starts_at__gte=begins, starts_at__lt=ends)


def _day(zone: Value) -> Cast:
    return Cast(
        Func(Cast(zone, TextField()), F("starts_at"), function="timezone", output_field=DateTimeField()), DateField()
    )


def cards(sessions: PeerSessionQuerySet, user: Person, zone: Value) -> QuerySet[Any, Any]:
    """One more of each day than is shown: it says whether to count. Keys are ranked first, and the few that remain are
    joined with what a card shows."""
    rank = Window(RowNumber(), partition_by=[_day(zone)], order_by=["starts_at", "pk"])
    shown = sessions.annotate(rank=rank).filter(rank__lte=SHOWN_A_DAY + 1)
    cards = PeerSession.objects.filter(pk__in=shown.values("pk")).with_mine(user).order_by("starts_at", "pk")
    return cards.values_list(*CARD.columns, "is_mine")


def counted(sessions: PeerSessionQuerySet, zone: Value) -> QuerySet[Any, Any]:
    return sessions.order_by().annotate(day=_day(zone)).values("day").annotate(n=Count("pk")).values_list("day", "n")


def _of_month(marks: Marks, user: Person) -> PeerSessionQuerySet:
    sessions = _beginning_in(user, begins=marks.moment("begins"), ends=marks.moment("ends"))
    return sessions.filter(network=marks.integer("network"))


_month = ForPerson(lambda marks, user: cards(_of_month(marks, user), user, Value(marks.text("zone"))))
_counts = ForPerson(lambda marks, user: counted(_of_month(marks, user), Value(marks.text("zone"))))
