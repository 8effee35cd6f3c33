"""The days of a month as joined strings: each shows its sessions twice, in the table and in the list of a phone."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from peerhub.ui.times import day as day_words
from sessions.fragments import line_html
from sessions.queries.filters import Filters
from sessions.queries.months import AgendaPage, Day


class Reader(NamedTuple):
    """What a day is written from besides its sessions."""

    language: str | None
    zone: str
    year: int
    query: str  # the filters, on the address of a whole day
    networks: tuple[tuple[int, str], ...]  # the names, where several networks meet

    def network_name(self, network_id: int) -> str:
        return dict(self.networks).get(network_id, "")


def table_html(agenda: AgendaPage, filters: Filters) -> SafeString:
    """The rows of the table of a month."""
    reader, today = reader_of(filters), timezone.localdate()
    weeks = (
        [_cell_html(day, day.date.month != agenda.month.month, day.date == today, reader) for day in week]
        for week in agenda.weeks
    )
    return format_html_join("", "<tr>{}</tr>", ((joined(week),) for week in weeks))


def list_html(days: Iterable[Day], filters: Filters) -> SafeString:
    """Days, one under the other."""
    reader = reader_of(filters)
    return joined([_section_html(day, reader) for day in days])


def joined(pieces: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def reader_of(filters: Filters) -> Reader:
    return Reader(
        get_language(),
        timezone.get_current_timezone_name(),
        timezone.localdate().year,
        filters.query,
        tuple((one.pk, one.name) for one in filters.networks),
    )


@lru_cache(maxsize=1024)
def _cell_html(day: Day, is_other: bool, is_today: bool, reader: Reader) -> SafeString:
    """Written from these facts alone, as all that is kept: no staleness is possible."""
    cards = [render_to_string("sessions/_month_session.html", {"session": session}) for session in day.sessions]
    return format_html(
        '<td class="month__day{}{}"><span class="month__number"{}>{}</span>{}{}</td>',
        " month__day--other" if is_other else "",
        " month__day--today" if is_today else "",
        format_html(' aria-current="{}"', "date") if is_today else "",
        day.date.day,
        joined(cards),
        others_html(day, reader),
    )


@lru_cache(maxsize=1024)
def _section_html(day: Day, reader: Reader) -> SafeString:
    lines = [(line_html(session, reader.network_name(session.network_id)),) for session in day.sessions]
    return format_html(
        '<section class="session-day"><h3 class="session-day__date"><span class="session-day__words">{}</span></h3>'
        '<ul class="session-day__list">{}</ul>{}</section>',
        day_words(day.date),
        format_html_join("", "<li>{}</li>", lines),
        others_html(day, reader),
    )


def others_html(day: Day, reader: Reader) -> SafeString:
    """How many more there are, and the way to them."""
    if not day.others:
        return SafeString()
    words = ngettext("et %(n)s autre", "et %(n)s autres", day.others) % {"n": day.others}
    return format_html(
        '<a class="month__others" href="?jour={}{}">{}<span class="visually-hidden">, {}</span></a>',
        f"{day.date:%Y-%m-%d}",
        reader.query,
        words,
        day_words(day.date, weekday=False),
    )
