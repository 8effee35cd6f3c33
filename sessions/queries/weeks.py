"""The sessions of one week: those that begin in it, and those that go on from the one before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone

from peerhub.people.models import Network
from peerhub.people.prepared import ForPerson, Marks
from sessions.models import PeerSession, PeerSessionQuerySet
from sessions.queries.filters import EVERYTHING, Filters
from sessions.queries.months import SHOWN_A_DAY, Day, Row, cards, counted, cut, days_of
from sessions.queries.sessions import LONGEST, Person, midnight

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekPage:
    """Seven days from Monday, in the viewer's zone, each with the sessions that begin on it; and what began before and
    is not over on Monday."""

    monday: date
    days: tuple[Day, ...]
    going_on: tuple[Row, ...] = ()

    @property
    def previous(self) -> date:
        return self.monday - WEEK

    @property
    def next(self) -> date:
        return self.monday + WEEK

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def is_empty(self) -> bool:
        return not self.going_on and not any(day.rows for day in self.days)


def week_page(user: Person, network: Network, monday: date, *, filters: Filters = EVERYTHING) -> WeekPage:
    """One query, and one more where a day has more than SHOWN_A_DAY."""
    zone = timezone.get_current_timezone_name()
    begins, ends = midnight(monday), midnight(monday + WEEK)
    bounds = {"since": begins - LONGEST, "begins": begins, "ends": ends}
    found: Sequence[Row]
    count: Callable[[], Iterable[tuple[date, int]]]
    if filters.query:
        asked = filters.apply(_within(user, **bounds), user, network)
        found, count = list(cards(asked, user, Value(zone))), partial(list, counted(asked, Value(zone)))
    else:
        found = _week.rows(user, zone=zone, network=network.pk, **bounds)
        count = partial(_counts.rows, user, zone=zone, network=network.pk, **bounds)
    days = cut(days_of(found), count)
    known = {day.date: day for day in days}
    week = [monday + timedelta(days=number) for number in range(7)]
    going_on = [row for day in days if day.date < monday for row in day.rows]
    return WeekPage(monday, tuple(known.get(day) or Day(day) for day in week), tuple(going_on[:SHOWN_A_DAY]))


def _within(user: Person, *, since: datetime, begins: datetime, ends: datetime) -> PeerSessionQuerySet:
    """Nothing lasts longer than LONGEST: what began before `since` is over, and not looked at."""
    return PeerSession.objects.visible_to(user).filter(starts_at__gte=since, starts_at__lt=ends, ends_at__gt=begins)


def _of_week(marks: Marks, user: Person) -> PeerSessionQuerySet:
    sessions = _within(user, since=marks.moment("since"), begins=marks.moment("begins"), ends=marks.moment("ends"))
    return sessions.filter(network=marks.integer("network"))


def _week_query(marks: Marks, user: Person) -> QuerySet[Any, Any]:
    return cards(_of_week(marks, user), user, Value(marks.text("zone")))


_week = ForPerson(_week_query)
_counts = ForPerson(lambda marks, user: counted(_of_week(marks, user), Value(marks.text("zone"))))
