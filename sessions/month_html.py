"""The days of a month as joined strings: each shows its sessions twice, in the table and in the list of a phone."""

from collections.abc import Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from peerhub.ui.times import day as day_words
from sessions.queries.months import AgendaPage, Day

# What a day is written from besides its sessions: language, zone, the current year, filters on the address.
Reader = tuple[str | None, str, int, str]


def table_html(agenda: AgendaPage, query: str) -> SafeString:
    """The rows of the table of a month. `query` holds the filters, for the links to whole days."""
    reader, today = _reader(query), timezone.localdate()
    weeks = (
        [_cell_html(day, day.date.month != agenda.month.month, day.date == today, reader) for day in week]
        for week in agenda.weeks
    )
    return format_html_join("", "<tr>{}</tr>", ((_joined(week),) for week in weeks))


def list_html(agenda: AgendaPage, query: str) -> SafeString:
    """The same days, one under the other."""
    reader = _reader(query)
    return _joined([_section_html(day, reader) for day in agenda.days])


def _joined(pieces: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _reader(query: str) -> Reader:
    return get_language(), timezone.get_current_timezone_name(), timezone.localdate().year, query


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
        _joined(cards),
        _others(day, reader),
    )


@lru_cache(maxsize=1024)
def _section_html(day: Day, reader: Reader) -> SafeString:
    lines = [(render_to_string("sessions/_session_line.html", {"session": session}),) for session in day.sessions]
    return format_html(
        '<section class="session-day"><h3 class="session-day__date"><span class="session-day__words">{}</span></h3>'
        '<ul class="session-day__list">{}</ul>{}</section>',
        day_words(day.date),
        format_html_join("", "<li>{}</li>", lines),
        _others(day, reader),
    )


def _others(day: Day, reader: Reader) -> SafeString:
    if not day.others:
        return SafeString()
    words = ngettext("et %(n)s autre", "et %(n)s autres", day.others) % {"n": day.others}
    return format_html(
        '<a class="month__others" href="?jour={}{}">{}<span class="visually-hidden">, {}</span></a>',
        f"{day.date:%Y-%m-%d}",
        reader[-1],
        words,
        day_words(day.date, weekday=False),
    )
