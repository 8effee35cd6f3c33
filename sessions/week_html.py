"""A week as a grid of joined strings: days side by side, hours down, parallel sessions beside one another; what lasts
for several days above. A table, which needs no style of its own for each session."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from peerhub.ui.times import NBSP, clock
from peerhub.ui.times import day as day_words
from sessions.models import PeerSession
from sessions.month_html import Reader, joined, others_html, reader_of
from sessions.queries.filters import Filters
from sessions.queries.months import Day, session_of
from sessions.queries.weeks import WeekPage
from sessions.week_grid import QUARTER, Span, hours_shown, last_day, place, span_of

AN_HOUR = 60 // QUARTER
SATURDAY = 5


class _Slot(NamedTuple):
    """Rows of a lane: a session, over one lane or more; None where one of the first lane reaches over."""

    span: Span
    session: PeerSession | None
    width: int = 1


@dataclass(frozen=True)
class _Column:
    """One day: its sessions by lane, in order; at least one lane."""

    day: Day
    lanes: tuple[tuple[_Slot, ...], ...]


@dataclass(frozen=True)
class _Band:
    """A session of several days: the columns that it covers, the last one excluded."""

    session: PeerSession
    first: int
    last: int


def week_html(week: WeekPage, filters: Filters) -> SafeString:
    """The table of a week."""
    return _table_html(week, timezone.localdate(), reader_of(filters))


@lru_cache(maxsize=256)
def _table_html(week: WeekPage, today: date, reader: Reader) -> SafeString:
    """Written from these facts alone, as all that is kept: no staleness is possible."""
    several = _of_several_days(week)
    columns = [_column(day) for day in _shown(week, today, several)]
    hours = hours_shown([slot.span for column in columns for lane in column.lanes for slot in lane])
    return format_html(
        "<thead><tr><td></td>{}</tr></thead><tbody>{}{}</tbody>{}",
        joined([_head_html(column, today) for column in columns]),
        _bands_html(several, columns, reader),
        _rows_html(columns, hours, reader),
        _foot_html(columns, reader),
    )


def _of_several_days(week: WeekPage) -> list[PeerSession]:
    sessions = [session_of(row) for row in week.going_on]
    return sessions + [one for day in week.days for one in day.sessions if _lasts(one)]


def _lasts(session: PeerSession) -> bool:
    return _last_day(session) > timezone.localtime(session.starts_at).date()


def _last_day(session: PeerSession) -> date:
    return last_day(timezone.localtime(session.starts_at), timezone.localtime(session.ends_at))


def _shown(week: WeekPage, today: date, several: Iterable[PeerSession]) -> list[Day]:
    """The days of work; those of the week-end too when today or something is on one of them."""
    weekend = week.days[SATURDAY:]
    is_wanted = any(day.rows or day.date == today for day in weekend)
    is_wanted = is_wanted or any(_last_day(session) >= weekend[0].date for session in several)
    return list(week.days if is_wanted else week.days[:SATURDAY])


def _column(day: Day) -> _Column:
    sessions = [one for one in day.sessions if not _lasts(one)]
    spans = [span_of(timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)) for one in sessions]
    every = place(spans)
    count = 1 + max((placed.lane for placed in every), default=0)
    lanes: list[list[_Slot]] = [[] for _number in range(count)]
    for placed in every:
        session = sessions[placed.number]
        if placed.is_alone:
            lanes[0].append(_Slot(placed.span, session, count))
            for lane in lanes[1:]:
                lane.append(_Slot(placed.span, None))
        else:
            lanes[placed.lane].append(_Slot(placed.span, session))
    return _Column(day, tuple(tuple(lane) for lane in lanes))


def _head_html(column: _Column, today: date) -> SafeString:
    is_today = column.day.date == today
    return format_html(
        '<th class="week__day{}" scope="{}" colspan="{}"{}>{}</th>',
        " week__day--today" if is_today else "",
        "colgroup" if len(column.lanes) > 1 else "col",
        len(column.lanes),
        format_html(' aria-current="{}"', "date") if is_today else "",
        day_words(column.day.date),
    )


def _session_html(session: PeerSession, length: str, reader: Reader) -> SafeString:
    network_name = reader.network_name(session.network_id)
    context = {"session": session, "length": length, "network_name": network_name}
    return render_to_string("sessions/_week_session.html", context)


# --- Of several days ------------------------------------------------------------------------------------------------


def _bands_html(several: Iterable[PeerSession], columns: list[_Column], reader: Reader) -> SafeString:
    """Rows above the hours: a session covers the days that it lasts."""
    bands = [_band(session, columns) for session in several]
    rows: dict[int, list[_Band]] = defaultdict(list)
    for placed in place([Span(band.first, band.last) for band in bands]):
        rows[placed.lane].append(bands[placed.number])
    head = _("Plusieurs jours")
    return format_html_join(
        "",
        '<tr class="week__band"><th scope="row" class="week__hour">{}</th>{}</tr>',
        ((head if number == 0 else "", _band_html(rows[number], columns, reader)) for number in sorted(rows)),
    )


def _band(session: PeerSession, columns: list[_Column]) -> _Band:
    begins, ends = timezone.localtime(session.starts_at).date(), _last_day(session)
    covered = [number for number, column in enumerate(columns) if begins <= column.day.date <= ends]
    return _Band(session, covered[0], covered[-1] + 1) if covered else _Band(session, 0, 1)


def _band_html(bands: Iterable[_Band], columns: list[_Column], reader: Reader) -> SafeString:
    cells, at = [], 0
    for band in bands:
        cells.append(_gap_html(columns[at : band.first]))
        width = sum(len(column.lanes) for column in columns[band.first : band.last])
        cells.append(format_html('<td colspan="{}">{}</td>', width, _session_html(band.session, "long", reader)))
        at = band.last
    return joined([*cells, _gap_html(columns[at:])])


def _gap_html(columns: list[_Column]) -> SafeString:
    width = sum(len(column.lanes) for column in columns)
    return format_html('<td colspan="{}"></td>', width) if width else SafeString()


# --- Hours ----------------------------------------------------------------------------------------------------------


def _rows_html(columns: list[_Column], hours: tuple[int, int], reader: Reader) -> SafeString:
    first, last = hours[0] * AN_HOUR, hours[1] * AN_HOUR
    cells: dict[int, list[SafeString]] = defaultdict(list)
    for column in columns:
        for number, lane in enumerate(column.lanes):
            for row, cell in _lane_cells(lane, first, last, reader, is_first=number == 0):
                cells[row].append(cell)
    return format_html_join(
        "",
        "<tr>{}{}</tr>",
        ((_hour_html(row) if row % AN_HOUR == 0 else "", joined(cells[row])) for row in range(first, last)),
    )


def _hour_html(row: int) -> SafeString:
    hour = clock(datetime(2000, 1, 1, row // AN_HOUR, tzinfo=UTC))
    return format_html('<th scope="row" class="week__hour" rowspan="{}">{}</th>', AN_HOUR, hour)


def _lane_cells(
    lane: Iterable[_Slot], first: int, last: int, reader: Reader, *, is_first: bool
) -> Iterable[tuple[int, SafeString]]:
    """Each session, and the gaps between: cut at whole hours, where the lines of the grid are."""
    at = first
    edge = " week__cell--first" if is_first else ""
    for span, session, width in lane:
        yield from _gaps(at, span.first, is_first=is_first)
        at = span.last
        if session is None:
            continue
        cell = '<td class="week__cell{}" rowspan="{}" colspan="{}">{}</td>'
        rows = span.last - span.first
        html = _session_html(session, "short" if rows < AN_HOUR else "", reader)
        yield span.first, format_html(cell, edge, rows, width, html)
    yield from _gaps(at, last, is_first=is_first)


def _gaps(at: int, until: int, *, is_first: bool) -> Iterable[tuple[int, SafeString]]:
    edge = " week__gap--first" if is_first else ""
    while at < until:
        end = min((at // AN_HOUR + 1) * AN_HOUR, until)
        line = " week__gap--hour" if at % AN_HOUR == 0 else ""
        yield at, format_html('<td class="week__gap{}{}" rowspan="{}"></td>', line, edge, end - at)
        at = end


def _foot_html(columns: list[_Column], reader: Reader) -> SafeString:
    """Under each day, how many more sessions there are."""
    if not any(column.day.others for column in columns):
        return SafeString()
    cells = format_html_join(
        "", '<td colspan="{}">{}</td>', ((len(column.lanes), others_html(column.day, reader)) for column in columns)
    )
    return format_html("<tfoot><tr><td></td>{}</tr></tfoot>", cells)


def title_of(week: WeekPage) -> str:
    """« Semaine du 23 au 29 novembre 2026 », in short where both ends share month and year."""
    monday, sunday = week.monday, week.sunday
    far = timedelta(days=400)
    first = day_words(monday, weekday=False, today=monday if monday.year == sunday.year else monday + far)
    words = {
        # Its number alone: the month is said once.
        "first": first.split(NBSP)[0] if monday.month == sunday.month else first,
        "last": day_words(sunday, weekday=False, today=sunday + far),
    }
    return _("Semaine du %(first)s au %(last)s") % words
