"""Saying when a session takes place, in words, on the clocks of a given zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from peerhub.ui.times import clock, day


def hour(moment: datetime, zone: str) -> str:
    """« 14 h 30 » there."""
    return clock(moment.astimezone(ZoneInfo(zone)))


def date_words(moment: datetime, zone: str) -> str:
    """« jeudi 26 novembre » there, with the year when it is another one."""
    return day(moment.astimezone(ZoneInfo(zone)).date())


def span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """« jeudi 26 novembre, de 14 h à 17 h » there."""
    words = {
        "day": date_words(starts_at, zone),
        "start": hour(starts_at, zone),
        "end": hour(ends_at, zone),
        "last_day": date_words(ends_at, zone),
    }
    if words["day"] == words["last_day"]:
        return _("%(day)s, de %(start)s à %(end)s") % words
    return _("du %(day)s à %(start)s au %(last_day)s à %(end)s") % words


def agree(moment: datetime, zone: str, other: str) -> bool:
    """Whether the clocks of both zones show the same at that instant."""
    return moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.astimezone(ZoneInfo(other)).utcoffset()


def days_ahead(moment: datetime, now: datetime, zone: str) -> int:
    """How many midnights of the zone lie between: 0 today, 1 tomorrow."""
    there = ZoneInfo(zone)
    return (moment.astimezone(there).date() - now.astimezone(there).date()).days
