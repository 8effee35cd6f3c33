"""Taking a seat, waiting for one, giving it back."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.models import User
from peerhub.ui.shortcuts import or_404, safe_next, see_other
from sessions import answer_words
from sessions.enums import RegistrationState
from sessions.models import PeerSession
from sessions.queries import sessions as queries
from sessions.seat_forms import DeclineForm
from sessions.services import registration as services
from sessions.services.seats import decline as decline_seat
from sessions.views.session import page_context

Act = Callable[[User, PeerSession], str]


@require_http_methods(["GET", "POST"])
@login_required
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """POST takes the seat, or the one that is offered. GET comes here after signing in, and shows the page."""

    def act(user: User, session: PeerSession) -> str:
        services.register(user=user, session=session, accept_clash="accept_clash" in request.POST)
        return answer_words.seat_taken(session)

    return _acted(request, pk, act)


@require_http_methods(["GET", "POST"])
@login_required
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    def act(user: User, session: PeerSession) -> str:
        row = services.wait_for_seat(user=user, session=session)
        if row.is_registered:
            return _("Une place s’était libérée : elle est à vous.")
        return _("Vous êtes en attente. Dès qu’une place se libère pour vous, elle vous est proposée.")

    return _acted(request, pk, act)


@require_http_methods(["GET", "POST"])
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    def act(user: User, session: PeerSession) -> str:
        services.withdraw(user=user, session=session)
        return answer_words.seat_left(session)

    return _acted(request, pk, act)


@require_http_methods(["GET", "POST"])
@login_required
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Not coming, with a word; of an offer: passing it on."""

    def act(user: User, session: PeerSession) -> str:
        form = DeclineForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""  # a no counts, whatever its word
        before = queries.registration_of(user, session)
        had_offer = before is not None and before.state == RegistrationState.OFFERED
        decline_seat(user=user, session=session, note=note)
        return answer_words.declined(session, had_offer=had_offer)

    return _acted(request, pk, act)


def _acted(request: HttpRequest, pk: int, act: Act) -> HttpResponse:
    """Do it and say so; a clash asks, a refusal shows the page with its reason."""
    user = person(request)
    session = or_404(queries.session_to_act_on, user, pk)
    if request.method != "POST":
        return see_other(session)
    try:
        # Gone meanwhile, with a rule that no longer says it: 404.
        sentence = or_404(act, user, session)
    except services.Clash as clash:
        others = queries.visible_among(user, clash.sessions)
        context = {"network": session.network, "session": session, "others": others, "refusal": str(clash)}
        return render(request, "sessions/clash.html", context, status=409)
    except services.NoSeat as refusal:
        # Of a session in demand, many come too late at once: a small page.
        context = {"network": session.network, "session": session, "refusal": str(refusal)}
        return render(request, "sessions/no_seat.html", context, status=409)
    except DomainError as refusal:
        session = or_404(queries.session_for, user, pk)
        context = {**page_context(user, session), "refusal": str(refusal)}
        return render(request, "sessions/session.html", context, status=refusal_status(refusal))
    messages.success(request, sentence)
    return see_other(safe_next(request, session.get_absolute_url()))
