"""The animator's acts: a new session or series, changing one, calling one off."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peerhub.people.http import INVALID, allow, person, submit
from peerhub.people.models import Network, User
from peerhub.people.queries import membership_for, network_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions import answer_words, series_words
from sessions.enums import SeriesScope
from sessions.forms import CancelForm, SessionForm
from sessions.models import PeerSession, SessionSeries
from sessions.policies.sessions import can_change_session, can_create_session
from sessions.queries import sessions as queries
from sessions.queries.circles import told_apart
from sessions.recurrence import local_of
from sessions.series_forms import RepeatForm
from sessions.services import scheduling, series
from sessions.views.series import chosen_scope, dates_to_see, scope_form


@require_http_methods(["GET", "POST"])
@login_required
def session_create(request: HttpRequest, slug: str) -> HttpResponse:
    """One session, or several at once, whose dates are shown before they are made."""
    user = person(request)
    network = or_404(network_for, user, slug)
    allow(can_create_session(membership_for(user, network), network))
    circles = queries.circles_for_planning(user, network)
    form = SessionForm(
        request.POST or None,
        circles=circles,
        apart=told_apart(user, circles),
        initial={"time_zone": user.time_zone, "format": request.GET.get("format", "")},
    )
    repeat = RepeatForm(request.POST or None)

    def act() -> HttpResponse | dict[str, Any]:
        preview = dates_to_see(request, form, repeat) if repeat.is_wanted else None
        return preview or _plan(request, user, network, form, repeat)

    made, status = submit(form, act, beside=[repeat], refused=INVALID)
    if isinstance(made, HttpResponse):
        return made
    context = {"network": network, "form": form, "repeat": repeat, "preview": made}
    return render(request, "sessions/session_form.html", context, status=200 if made else status)


def _plan(request: HttpRequest, user: User, network: Network, form: SessionForm, repeat: RepeatForm) -> HttpResponse:
    values = {"author": user, "network": network, "circle": form.cleaned_data["circle"], **form.values()}
    planned: PeerSession | SessionSeries
    if repeat.is_wanted:
        first = local_of(values["starts_at"], values["time_zone"]).date()
        planned = series.create_series(rule=repeat.rule(first), **values)
        told = _("La série est annoncée à celles et ceux à qui elle est ouverte.")
    else:
        planned = scheduling.create_session(**values)
        told = _("La séance est annoncée à celles et ceux à qui elle est ouverte.")
    messages.success(request, told)
    return see_other(planned)


@require_http_methods(["GET", "POST"])
@login_required
def session_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(queries.session_for, user, pk)
    allow(can_change_session(membership_for(user, session.network), session))
    form = SessionForm(request.POST or None, session=session)
    scope = scope_form(request, user, session)
    said, status = submit(
        form, lambda: _change(user, session, form, chosen_scope(scope)), beside=[scope], refused=INVALID
    )
    if said is not None:
        messages.success(request, said)
        return see_other(session)
    context = {"network": session.network, "session": session, "form": form, "scope": scope}
    return render(request, "sessions/session_form.html", context, status=status)


def _change(user: User, session: PeerSession, form: SessionForm, scope: str) -> str:
    """Change this date, or others of its series too; the sentence that says so."""
    if scope != SeriesScope.ONE:
        outcome = series.update_series(actor=user, session=session, scope=scope, values=form.values())
        return series_words.changed(outcome)
    is_told = scheduling.update_session(actor=user, session=session, **form.values())
    return answer_words.changed(session, is_told=is_told)


@require_http_methods(["GET", "POST"])
@login_required
def session_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that asks, then the act."""
    user = person(request)
    session = or_404(queries.session_for, user, pk)
    allow(can_change_session(membership_for(user, session.network), session))
    form = CancelForm(request.POST or None)
    scope = scope_form(request, user, session)

    def act() -> HttpResponse:
        return _call_off(request, user, session, form.cleaned_data["reason"], chosen_scope(scope))

    answer, status = submit(form, act, beside=[scope], refused=INVALID)
    if answer is not None:
        return answer
    context = {"network": session.network, "session": session, "form": form, "scope": scope}
    return render(request, "sessions/session_cancel.html", context, status=status)


def _call_off(request: HttpRequest, user: User, session: PeerSession, reason: str, scope: str) -> HttpResponse:
    if scope == SeriesScope.ONE:
        scheduling.cancel_session(actor=user, session=session, reason=reason)
        messages.success(request, answer_words.called_off(session))
        return see_other(session)
    outcome = series.cancel_dates(actor=user, session=session, scope=scope, reason=reason)
    messages.success(request, series_words.called_off(outcome))
    return see_other(outcome.series or reverse("sessions:session-list", args=[session.network.slug]))
