"""The sessions of a network: those to come, by month, those past."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from peerhub.people.http import same_for_visitors, sign_in_if_absent
from peerhub.people.queries import membership_for, network_for
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404
from sessions.enums import Format
from sessions.forms import ListFilterForm
from sessions.fragments import line_html
from sessions.month_html import list_html, table_html
from sessions.policies.sessions import can_create_session
from sessions.queries import sessions as queries
from sessions.queries.months import agenda_page
from sessions.queries.polls import open_polls_of
from sessions.queries.programmes import has_programme


class DayView(NamedTuple):
    """The sessions that begin on one day, as HTML."""

    date: date
    words: str
    sessions: Sequence[SafeString]


def _views(days: Iterable[queries.Day]) -> list[DayView]:
    return [DayView(day.date, day.words, [line_html(session) for session in day.sessions]) for day in days]


@require_safe
@sign_in_if_absent
@same_for_visitors
def session_list(request: HttpRequest, slug: str) -> HttpResponse:
    network = or_404(network_for, request.user, slug)
    membership = membership_for(request.user, network)
    form = ListFilterForm(request.GET)
    form.is_valid()
    wishes = form.cleaned_data
    filters = queries.Filters(format=wishes.get("format") or "", is_mine=bool(wishes.get("miennes")))
    is_past = bool(wishes.get("passees"))
    context: dict[str, Any] = {
        "network": network,
        "membership": membership,
        "filters": filters,
        "formats": Format.choices,
        "is_past": is_past,
        "today": timezone.localdate(),
        "can_create": can_create_session(membership, network),
        "has_programme": membership is not None and has_programme(request.user, network),
    }
    if "mois" in request.GET:
        month = wishes.get("mois") or timezone.localdate()
        agenda = agenda_page(request.user, network, month, filters=filters)
        context["table"] = table_html(agenda, filters.query)
        context["list"] = list_html(agenda, filters.query)
        return render(request, "sessions/session_month.html", {**context, "agenda": agenda})
    on = wishes.get("jour")
    page = queries.session_page(
        request.user, network, is_past=is_past, filters=filters, on=on, page=page_number(request)
    )
    days = _views(queries.by_day(list(page.items)))
    context["open_polls"] = [] if is_past or on else open_polls_of(request.user, network)
    return render(request, "sessions/session_list.html", {**context, "page": page, "days": days, "on": on})
