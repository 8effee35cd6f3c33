"""Taking a seat and giving it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peerhub.people.errors import DomainError
from peerhub.people.http import person
from peerhub.ui.shortcuts import or_404, safe_next, see_other
from sessions.queries import sessions as queries
from sessions.services import registration as services
from sessions.views.session import page_context


@require_http_methods(["GET", "POST"])
@login_required
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """POST takes the seat. GET comes here after signing in, and shows the page with its button."""
    user = person(request)
    session = or_404(queries.session_for, user, pk)
    if request.method != "POST":
        return see_other(session)
    try:
        services.register(user=user, session=session, accept_clash="accept_clash" in request.POST)
    except services.Clash as clash:
        others = queries.visible_among(user, clash.sessions)
        context = {"network": session.network, "session": session, "others": others, "refusal": str(clash)}
        return render(request, "sessions/clash.html", context, status=409)
    except DomainError as refusal:
        session = or_404(queries.session_for, user, pk)
        context = {**page_context(user, session), "refusal": str(refusal)}
        return render(request, "sessions/session.html", context, status=409)
    messages.success(request, _("Votre place est réservée. Vous recevrez un rappel la veille et une heure avant."))
    return see_other(safe_next(request, session.get_absolute_url()))


@require_http_methods(["GET", "POST"])
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(queries.session_for, user, pk)
    if request.method != "POST":
        return see_other(session)
    try:
        services.withdraw(user=user, session=session)
    except DomainError as refusal:
        context = {**page_context(user, session), "refusal": str(refusal)}
        return render(request, "sessions/session.html", context, status=409)
    messages.success(request, _("C’est noté : votre place est libre pour quelqu’un d’autre."))
    return see_other(safe_next(request, session.get_absolute_url()))
