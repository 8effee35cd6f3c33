"""The sessions of a network: those to come, by week, by month, those past; narrowed by what the address says."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peerhub.people.http import same_for_visitors, sign_in_if_absent
from peerhub.people.models import Membership, Network
from peerhub.people.queries import memberships_of, network_for
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404
from sessions.agenda_forms import Asked, asked_of, week_name
from sessions.enums import Format
from sessions.fragments import line_html
from sessions.month_html import list_html, table_html
from sessions.policies.programmes import can_run_programmes
from sessions.policies.sessions import can_create_session
from sessions.queries import sessions as queries
from sessions.queries.filters import Filters
from sessions.queries.months import agenda_page, session_of
from sessions.queries.polls import open_polls_of
from sessions.queries.programmes import current_programmes
from sessions.queries.weeks import week_page
from sessions.week_html import title_of, week_html


class DayView(NamedTuple):
    """The sessions that begin on one day, as HTML."""

    date: date
    words: str
    sessions: Sequence[SafeString]


class ViewLink(NamedTuple):
    label: str
    href: str
    is_here: bool


@require_safe
@sign_in_if_absent
@same_for_visitors
def session_list(request: HttpRequest, slug: str) -> HttpResponse:
    network = or_404(network_for, request.user, slug)
    membership = next((one for one in memberships_of(request.user) if one.network_id == network.pk), None)
    asked = asked_of(request.GET, request.user)
    context = _head(request, network, membership, asked)
    if asked.view == "month":
        return _month(request, network, asked, context)
    if asked.view == "week":
        return _week(request, network, asked, context)
    return _list(request, network, asked, context)


def _head(request: HttpRequest, network: Network, membership: Membership | None, asked: Asked) -> dict[str, Any]:
    here = reverse("sessions:session-list", args=[network.slug])
    return {
        "network": network,
        "membership": membership,
        "asked": asked,
        "here": here,
        "views": _view_links(here, asked),
        "formats": Format.choices,
        "can_create": can_create_session(membership, network),
        "can_run": can_run_programmes(membership, network),
        "programmes": current_programmes(request.user, network) if membership is not None else [],
    }


def _view_links(here: str, asked: Asked) -> list[ViewLink]:
    kept = asked.filters.query
    return [
        ViewLink(_("À venir"), f"{here}?{kept[1:]}" if kept else here, asked.view == "upcoming"),
        ViewLink(_("Semaine"), f"{here}?semaine={kept}", asked.view == "week"),
        ViewLink(_("Mois"), f"{here}?mois={kept}", asked.view == "month"),
        ViewLink(_("Passées"), f"{here}?passees=1{kept}", asked.view == "past"),
    ]


def _month(request: HttpRequest, network: Network, asked: Asked, context: dict[str, Any]) -> HttpResponse:
    agenda = agenda_page(request.user, network, asked.on, filters=asked.filters)
    context |= {
        "agenda": agenda,
        "table": table_html(agenda, asked.filters),
        "list": list_html(agenda.days, asked.filters),
    }
    return render(request, "sessions/session_month.html", context)


def _week(request: HttpRequest, network: Network, asked: Asked, context: dict[str, Any]) -> HttpResponse:
    week = week_page(request.user, network, asked.on, filters=asked.filters)
    context |= {
        "week": week,
        "week_title": title_of(week),
        "previous": week_name(week.previous),
        "next": week_name(week.next),
    }
    if not week.is_empty:
        going_on = [session_of(row) for row in week.going_on]
        context |= {
            "table": week_html(week, asked.filters),
            "going_on": [line_html(one, asked.filters.network_name(one.network_id)) for one in going_on],
            "list": list_html([day for day in week.days if day.rows], asked.filters),
        }
    return render(request, "sessions/session_week.html", context)


def _list(request: HttpRequest, network: Network, asked: Asked, context: dict[str, Any]) -> HttpResponse:
    page = queries.session_page(
        request.user,
        network,
        is_past=asked.view == "past",
        filters=asked.filters,
        on=asked.on if asked.view == "day" else None,
        page=page_number(request),
    )
    context |= {
        "page": page,
        "days": _days(queries.by_day(list(page.items)), asked.filters),
        "today": timezone.localdate(),
        "week": week_name(asked.on - timedelta(days=asked.on.weekday())),
        "open_polls": open_polls_of(request.user, network) if asked.view == "upcoming" else [],
    }
    return render(request, "sessions/session_list.html", context)


def _days(days: Iterable[queries.Day], filters: Filters) -> list[DayView]:
    return [
        DayView(day.date, day.words, [line_html(one, filters.network_name(one.network_id)) for one in day.sessions])
        for day in days
    ]
