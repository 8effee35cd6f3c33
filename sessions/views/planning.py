"""The animator's acts: a new session, changing one, calling one off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person
from peerhub.people.queries import membership_for, network_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions.forms import CancelForm, SessionForm
from sessions.policies.sessions import can_change_session, can_create_session
from sessions.queries import sessions as queries
from sessions.services import scheduling


@require_http_methods(["GET", "POST"])
@login_required
def session_create(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network = or_404(network_for, user, slug)
    allow(can_create_session(membership_for(user, network), network))
    form = SessionForm(
        request.POST or None,
        circles=queries.circles_for_planning(user, network),
        initial={"time_zone": user.time_zone, "format": request.GET.get("format", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            session = scheduling.create_session(
                author=user, network=network, circle=form.cleaned_data["circle"], **form.values()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La séance est annoncée à celles et ceux à qui elle est ouverte."))
            return see_other(session)
    context = {"network": network, "form": form}
    return render(request, "sessions/session_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@login_required
def session_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(queries.session_for, user, pk)
    allow(can_change_session(membership_for(user, session.network), session))
    form = SessionForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        try:
            has_moved = scheduling.update_session(actor=user, session=session, **form.values())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            moved = _("La séance est changée : les personnes inscrites reçoivent la nouvelle date dans leur agenda.")
            messages.success(request, moved if has_moved else _("La séance est enregistrée."))
            return see_other(session)
    context = {"network": session.network, "session": session, "form": form}
    return render(request, "sessions/session_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@login_required
def session_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that asks, then the act."""
    user = person(request)
    session = or_404(queries.session_for, user, pk)
    allow(can_change_session(membership_for(user, session.network), session))
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.cancel_session(actor=user, session=session, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La séance est annulée. Les personnes inscrites sont prévenues."))
            return see_other(session)
    context = {"network": session.network, "session": session, "form": form}
    return render(request, "sessions/session_cancel.html", context, status=422 if form.is_bound else 200)
