"""A series: its dates, its rhythm, its calendar; and how far an act on one of its dates reaches."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, same_for_visitors, sign_in_if_absent
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import or_404, see_other, unless_known
from peerhub.ui.times import in_words, zone_label
from sessions import series_words
from sessions.calendars import MIMETYPE, feed_calendar
from sessions.enums import SeriesScope
from sessions.forms import SessionForm
from sessions.models import PeerSession, SessionSeries
from sessions.policies.series import can_change_others, can_change_series
from sessions.queries import series as queries
from sessions.recurrence import local_of, sentence
from sessions.series_forms import RepeatForm, RuleForm, ScopeForm, initial_rule, key_of
from sessions.services import series as services


@require_safe
@sign_in_if_absent
@same_for_visitors
def series_page(request: HttpRequest, pk: int) -> HttpResponse:
    series = or_404(queries.series_for, request.user, pk)
    membership = membership_for(request.user, series.network)
    can_change = can_change_series(membership, series)
    page = or_404(_page, request.user, series, bool(can_change))
    context = {
        "network": series.network,
        "membership": membership,
        "series": series,
        "page": page,
        "neighbours": queries.neighbours_of(request.user, series),
        "words": queries.words_of(series, with_end=bool(can_change)),
        "zone_there": zone_label(series.time_zone),
        "can_change": can_change,
        "first": page.first_to_change if can_change else None,
    }
    return render(request, "sessions/series.html", context)


def _page(user: Any, series: SessionSeries, with_reasons: bool) -> queries.SeriesPage:
    return queries.series_page(user, series, with_reasons=with_reasons)


@require_http_methods(["GET", "POST"])
@login_required
def series_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Another rhythm: the dates that it gives are shown before anything changes."""
    user = person(request)
    series = or_404(queries.series_for, user, pk)
    allow(can_change_series(membership_for(user, series.network), series))
    page = or_404(_page, user, series, False)
    form = RuleForm(request.POST or None, initial=_initial(series, page))
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            since = form.cleaned_data["since"]
            rule = form.rule(since)
            moments = services.dates_from(series, rule, since)
            if form.has_seen(moments) and "preview" not in request.POST:
                outcome = services.change_rule(actor=user, series=series, rule=rule, since=since)
                messages.success(request, series_words.ruled(outcome))
                return see_other(outcome.series or series)
            preview = _preview(moments, sentence(rule), series.time_zone)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"network": series.network, "series": series, "page": page, "form": form, "preview": preview}
    return render(request, "sessions/series_rule.html", context, status=422 if form.errors else 200)


@require_safe
@sign_in_if_absent
def series_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """One event that repeats, beside what stands by itself."""
    series = or_404(queries.series_for, request.user, pk)
    agenda = queries.series_agenda(request.user, series)
    content = feed_calendar(agenda.sessions, name=series.network.name, series=agenda.series)
    response = unless_known(request, content, content_type=MIMETYPE, caching="private, no-cache")
    response["Content-Disposition"] = f'attachment; filename="serie-{series.pk}.ics"'
    return response


# --- Beside the forms of one session -------------------------------------------------------------------------------


def scope_form(request: HttpRequest, user: User, session: PeerSession) -> ScopeForm | None:
    """Asks how far the act reaches, where it may reach other dates."""
    if not can_change_others(session) or session.has_begun() or not queries.other_dates(session, user):
        return None
    asked = request.GET.get("portee", "")
    initial = asked if asked in SeriesScope.values else SeriesScope.ONE
    return ScopeForm(request.POST or None, initial={"scope": initial})


def chosen_scope(form: ScopeForm | None) -> str:
    """Of a form that is valid, or absent."""
    return form.cleaned_data["scope"] if form else SeriesScope.ONE


def dates_to_see(request: HttpRequest, form: SessionForm, repeat: RepeatForm) -> dict[str, Any] | None:
    """The dates to show before they are made; None when these very dates were shown. Raises `DomainError`."""
    zone = form.cleaned_data["time_zone"]
    first = local_of(form.cleaned_data["starts_at"], zone)
    rule = repeat.rule(first.date())
    length = form.cleaned_data["ends_at"] - form.cleaned_data["starts_at"]
    moments = services.dates_of(rule, first, length, zone)
    if repeat.has_seen(moments) and "preview" not in request.POST:
        return None
    return _preview(moments, sentence(rule), zone)


def _preview(moments: list[datetime], words: str, zone: str) -> dict[str, Any]:
    dates = [in_words(moment, zone=zone) for moment in moments]
    return {"moments": moments, "dates": dates, "words": words, "zone": zone_label(zone), "key": key_of(moments)}


def _initial(series: SessionSeries, page: queries.SeriesPage) -> dict[str, Any]:
    first = page.first_to_change
    tomorrow = timezone.localdate() + timedelta(days=1)
    since = local_of(first.occurs_at, series.time_zone).date() if first and first.occurs_at else tomorrow
    return initial_rule(series, first, since)
