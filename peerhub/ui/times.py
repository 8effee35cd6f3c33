"""Dates and hours in words, in the language and the zone that are active. The browser says the same (local-time.js)."""

import datetime as dt
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NARROW = "\u202f"
NBSP = "\u00a0"

ZONES = {
    "Europe/Paris": _("heure de Paris"),
    "Europe/Brussels": _("heure de Bruxelles"),
    "Europe/Zurich": _("heure de Zurich"),
    "Europe/Luxembourg": _("heure de Luxembourg"),
    "Indian/Reunion": _("heure de La Réunion"),
    "Indian/Mayotte": _("heure de Mayotte"),
    "America/Guadeloupe": _("heure de la Guadeloupe"),
    "America/Martinique": _("heure de la Martinique"),
    "America/Cayenne": _("heure de la Guyane"),
    "America/Miquelon": _("heure de Saint-Pierre-et-Miquelon"),
    "America/St_Barthelemy": _("heure de Saint-Barthélemy"),
    "America/Marigot": _("heure de Saint-Martin"),
    "Pacific/Noumea": _("heure de Nouméa"),
    "Pacific/Tahiti": _("heure de Tahiti"),
    "Pacific/Wallis": _("heure de Wallis"),
    "UTC": _("heure universelle (UTC)"),
}


class Reader(NamedTuple):
    """What the words for a moment depend on besides the moment: past years are written out."""

    language: str
    zone: str
    year: int


def reader_now() -> Reader:
    """Of the active language and zone."""
    return Reader(get_language() or "fr", timezone.get_current_timezone_name(), timezone.localdate().year)


def zone_label(name: str) -> str:
    """Name a zone for people: "heure de Paris"; the city of the IANA name when it is not in our list."""
    if name in ZONES:
        return str(ZONES[name])
    city = name.rsplit("/", 1)[-1].replace("_", " ")
    return str(_("heure de %(city)s")) % {"city": city}


def clock(when: dt.datetime) -> str:
    """The hour as written in the active language: "14 h", "14 h 05", or "2:05 p.m." style "14:05" in English."""
    if (get_language() or "fr").startswith("fr"):
        return f"{when.hour}{NBSP}h{f'{NBSP}{when.minute:02d}' if when.minute else ''}"
    return f"{when.hour}:{when.minute:02d}"


def day(when: dt.date, *, weekday: bool = True, today: dt.date | None = None) -> str:
    """The day: "jeudi 26 novembre", with the year when it is not this one."""
    year = (today or timezone.localdate()).year
    # Of a page of twenty posts, or a month of sessions, the days are few: a month's name is looked for once.
    return _day(dt.date(when.year, when.month, when.day), weekday, when.year != year, get_language() or "fr")


@lru_cache(maxsize=4096)
def _day(when: dt.date, weekday: bool, has_year: bool, language: str) -> str:
    """In the active language, which is `language`."""
    french = language.startswith("fr")
    number = ("1er" if when.day == 1 else str(when.day)) if french else str(when.day)
    month = date_format(when, "F").lower() if french else date_format(when, "F")
    words = [number, month]
    if weekday:
        words.insert(0, date_format(when, "l").lower() if french else date_format(when, "l"))
    if has_year:
        words.append(str(when.year))
    return (
        f"{NBSP if not weekday else ' '}".join(words[:1]) + " " + NBSP.join(words[1:]) if weekday else NBSP.join(words)
    )


def in_words(when: dt.datetime, style: str = "datetime", *, zone: str | None = None) -> str:
    """Write a moment in the active zone (or `zone`): style "datetime", "date", "time", "short" or "relative".

    "relative" is written as "short" here: only a browser knows how much time has passed since.
    """
    local = timezone.localtime(when, ZoneInfo(zone) if zone else None)
    if style == "time":
        return clock(local)
    if style == "date":
        return day(local.date())
    if style == "datetime":
        return str(_("%(day)s à %(hour)s")) % {"day": day(local.date()), "hour": clock(local)}
    return str(_("%(day)s à %(hour)s")) % {"day": day(local.date(), weekday=False), "hour": clock(local)}
