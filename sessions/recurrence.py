"""Rules of repetition (RFC 5545) on the clocks of one zone. Pure: no row, no clock.

A rule gives local days and hours; `instant` makes a moment of each. An hour that the change to summer time skips is
moved to the same distance after the gap, one that the change to winter time repeats is the first of the two: the date
takes place, near the hour that people know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from peerhub.ui.times import day

MOST = 52
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
# A week of a month that every month has, and the last one.
_NTH = {
    1: gettext_lazy("premier"),
    2: gettext_lazy("deuxième"),
    3: gettext_lazy("troisième"),
    4: gettext_lazy("quatrième"),
    LAST: gettext_lazy("dernier"),
}


class Frequency(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True)
class Rule:
    """Weekly on `weekdays` (Monday is 0), or monthly: on the `nth` of one weekday, or on `month_day`. It ends after
    `count` dates or on the local day `until`; one of the two is set."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int = 0
    month_day: int = 0
    count: int | None = None
    until: date | None = None

    @property
    def text(self) -> str:
        """As it is kept: `UNTIL` is the last second of a local day."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            parts.append("BYDAY=" + ",".join(f"{self.nth or ''}{CODES[one]}" for one in self.weekdays))
        if self.month_day:
            parts.append(f"BYMONTHDAY={self.month_day}")
        parts.append(f"COUNT={self.count}" if self.count is not None else f"UNTIL={self.until:%Y%m%d}T235959")
        return ";".join(parts)

    def ending(self, until: date) -> Rule:
        """The same dates, up to that day."""
        return replace(self, count=None, until=until)

    def lasting(self, count: int) -> Rule:
        return replace(self, count=count, until=None)


def parse(text: str) -> Rule:
    """The rule that `Rule.text` wrote; raises `ValueError` or `KeyError` for any other."""
    parts = dict(part.split("=", 1) for part in text.split(";"))
    days = [one for one in parts.get("BYDAY", "").split(",") if one]
    nths = {int(one[:-2] or 0) for one in days}
    if len(nths) > 1 or ("COUNT" in parts) == ("UNTIL" in parts):
        raise ValueError(text)
    return Rule(
        frequency=Frequency(parts["FREQ"]),
        interval=int(parts.get("INTERVAL", 1)),
        weekdays=tuple(sorted(CODES.index(one[-2:]) for one in days)),
        nth=nths.pop() if nths else 0,
        month_day=int(parts.get("BYMONTHDAY", 0)),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%S").date() if "UNTIL" in parts else None,  # noqa: DTZ007
    )


# --- Rules made of what an animator chooses ------------------------------------------------------------------------


def weekly(days: Iterable[int], *, every: int = 1, count: int | None = None, until: date | None = None) -> Rule:
    return Rule(Frequency.WEEKLY, every, tuple(sorted(set(days))), count=count, until=until)


def monthly_on_weekday(
    first: date, *, is_last: bool = False, count: int | None = None, until: date | None = None
) -> Rule:
    """« Le deuxième mardi », where `first` is one; the fifth of a month is its last."""
    nth = LAST if is_last else nth_of(first)
    return Rule(Frequency.MONTHLY, 1, (first.weekday(),), nth=nth, count=count, until=until)


def monthly_on_day(first: date, *, count: int | None = None, until: date | None = None) -> Rule:
    """On the same day of the month; shorter months, which have no such day, are left out."""
    return Rule(Frequency.MONTHLY, month_day=first.day, count=count, until=until)


def nth_of(day: date) -> int:
    nth = (day.day - 1) // 7 + 1
    return nth if nth < 5 else LAST


def is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month


def shifted(rule: Rule, first: date, days: int) -> Rule:
    """The rule of the same dates so many days later, `first` being one of them; monthly ones may differ by a week."""
    if not days:
        return rule
    until = rule.until + timedelta(days=days) if rule.until else None
    if rule.frequency == Frequency.WEEKLY:
        return replace(rule, weekdays=tuple(sorted((one + days) % 7 for one in rule.weekdays)), until=until)
    moved = first + timedelta(days=days)
    if rule.month_day:
        return replace(rule, month_day=moved.day, until=until)
    nth = LAST if rule.nth == LAST and is_last_of_month(moved) else nth_of(moved)
    return replace(rule, weekdays=(moved.weekday(),), nth=nth, until=until)


# --- Dates ---------------------------------------------------------------------------------------------------------


def local_dates(rule: Rule, first: datetime, *, most: int = MOST) -> list[datetime]:
    """The local hours (naive) of the rule from `first` on, `most` of them at most. `first` itself is one only if it
    fits: else it is where the search begins."""
    days = [weekday(one, rule.nth) if rule.nth else weekday(one) for one in rule.weekdays]
    found = rrule(
        WEEKLY if rule.frequency == Frequency.WEEKLY else MONTHLY,
        dtstart=first,
        interval=rule.interval,
        byweekday=days or None,
        bymonthday=rule.month_day or None,
        count=rule.count,
        until=datetime.combine(rule.until, time.max) if rule.until else None,
    )
    return list(islice(found, most))


def instant(local: datetime, zone: str) -> datetime:
    """The moment (UTC) at which the clocks of the zone show it: after the gap where they skip it, the first time where
    they show it twice."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local_of(moment: datetime, zone: str) -> datetime:
    """What the clocks of the zone show then (naive)."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


# --- Words ---------------------------------------------------------------------------------------------------------


def rhythm(rule: Rule) -> str:
    """« toutes les deux semaines, le mardi »: how often, and not until when."""
    if rule.frequency == Frequency.WEEKLY:
        days = _listed([_("le %(day)s") % {"day": WEEKDAYS[one]} for one in rule.weekdays])
        if rule.interval == 1:
            return _("chaque semaine, %(days)s") % {"days": days}
        if rule.interval == 2:
            return _("toutes les deux semaines, %(days)s") % {"days": days}
        return _("toutes les %(n)d semaines, %(days)s") % {"n": rule.interval, "days": days}
    if rule.month_day:
        return _("chaque mois, le %(number)s") % {"number": _("1er") if rule.month_day == 1 else rule.month_day}
    return _("chaque mois, le %(nth)s %(day)s") % {"nth": _NTH[rule.nth], "day": WEEKDAYS[rule.weekdays[0]]}


def sentence(rule: Rule) -> str:
    """« toutes les deux semaines, le mardi, jusqu’au 3 mars 2027 »."""
    words = {"rhythm": rhythm(rule)}
    if rule.until:
        # Seen from another year, so that the year is said.
        return _("%(rhythm)s, jusqu’au %(day)s") % {**words, "day": day(rule.until, weekday=False, today=date.min)}
    count = rule.count or 0
    return ngettext("%(rhythm)s, %(n)d fois", "%(rhythm)s, %(n)d fois", count) % {**words, "n": count}


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s et %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
