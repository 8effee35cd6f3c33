"""Numbers as shapes, moments as words: seats, local times."""

import datetime as dt
from functools import lru_cache

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from peerhub.ui.components.base import attributes, bless, category_class, choice, register
from peerhub.ui.times import Reader, in_words, reader_now, zone_label


@register.simple_tag
def seats(
    taken: int, capacity: int | None = None, category: str = "", waiting: int = 0, mine: bool = False
) -> SafeString:
    """Seats as cells (a bar past 40), with the sentence. capacity None or 0: no limit, only the sentence."""
    free = max(0, (capacity or 0) - taken)
    if not capacity:
        words = ngettext("%(n)s personne inscrite", "%(n)s personnes inscrites", taken) % {"n": taken}
        return format_html('<div class="seats"><p class="seats__text">{}</p></div>', words)
    text = ngettext("%(n)s place prise sur %(capacity)s", "%(n)s places prises sur %(capacity)s", taken) % {
        "n": taken,
        "capacity": capacity,
    }
    if not free:
        full = ngettext("Complet : %(n)s place sur %(capacity)s", "Complet : %(n)s places sur %(capacity)s", taken)
        text = full % {"n": taken, "capacity": capacity}
    if waiting:
        text += " · " + ngettext("%(n)s en attente", "%(n)s en attente", waiting) % {"n": waiting}
    if capacity <= 40:
        own = 1 if mine and taken else 0
        filled = min(taken, capacity) - own
        cells = '<i class="y"></i>' * filled + '<i class="m"></i>' * own + "<i></i>" * free
        cells += '<i class="w"></i>' * min(waiting, 10)
        shape = bless(f'<div class="seats__cells" aria-hidden="true">{cells}</div>')
    else:
        share = round(100 * min(taken, capacity) / capacity)
        shape = bless(
            '<svg class="seats__bar" viewBox="0 0 100 7" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{share}" height="7"/></svg>'
        )
    return format_html(
        '<div class="seats{}">{}<p class="seats__text">{}</p></div>', category_class(category), shape, text
    )


_FORMATS = ("datetime", "date", "time", "short", "relative")


@register.simple_tag
def local_time(when: dt.datetime, format: str = "datetime", zone: bool = False) -> SafeString:
    """A moment in the viewer's zone: written by the server, kept right by the browser.

    format: "datetime", "date", "time", "short", "relative"; zone=True writes the zone out ("heure de Paris").
    """
    choice("local_time", "format", format, _FORMATS)
    return moment_html(when, format, zone, reader_now())


@lru_cache(maxsize=4096)
def moment_html(when: dt.datetime, format: str, zone: bool, reader: Reader) -> SafeString:
    """`local_time` for the active language and zone, which are those of `reader`. Kept, since each post and each line
    has one; joined, since the format is one of ours and the stamp has digits alone."""
    words = in_words(when, format)
    if zone:
        words = f"{words} ({zone_label(reader.zone)})"
    stamp = when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return bless(
        f'<local-time data-format="{format}"{attributes(data_zone=True) if zone else ""}>'
        f'<time datetime="{stamp}">{escape(words)}</time></local-time>'
    )


@register.simple_tag
def current_zone_label() -> str:
    """The active zone in words: "heure de Paris"."""
    return zone_label(timezone.get_current_timezone_name())
