"""Who reads a session: closing it further, asking that it be opened, answering."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions.conclusion_forms import AnswerForm, ClosingForm, OpeningForm
from sessions.models import PeerSession
from sessions.policies.confidentiality import can_ask_to_lower, can_raise
from sessions.queries import confidentiality as queries
from sessions.queries.conclusions import conclusion_of, holds_envelopes
from sessions.queries.sessions import may_read, session_for
from sessions.services import confidentiality as services


@require_safe
@login_required
def confidentiality(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    mark_read(user=user, streak=f"session.{session.pk}")
    return _page(request, user, session)


@require_POST
@login_required
def close_to(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    form = ClosingForm(request.POST, targets=queries.closing_targets(session))
    if not form.is_valid():
        return _page(request, user, session, closing=form, status=422)
    try:
        services.raise_confidentiality(actor=user, session=session, target=form.cleaned_data["target"])
    except DomainError as refusal:
        return _page(request, user, session, refusal=refusal)
    messages.success(request, _("C’est fait : la séance et ce qui s’y est écrit sont en confidence."))
    if may_read(user, session):
        return see_other("sessions:confidentiality", session.pk)
    return see_other("sessions:session-list", session.network.slug)


@require_POST
@login_required
def ask_to_open(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    form = OpeningForm(request.POST, targets=queries.opening_targets(session))
    if not form.is_valid():
        return _page(request, user, session, opening=form, status=422)
    try:
        asked = services.ask_to_lower(actor=user, session=session, **form.cleaned_data)
    except DomainError as refusal:
        return _page(request, user, session, opening=form, refusal=refusal)
    granted = _("Aucun autre accord n’était à demander : la séance est ouverte.")
    sent = _("La demande est envoyée à chaque personne dont l’accord est nécessaire. Rien ne change sans lui.")
    messages.success(request, granted if asked.is_granted else sent)
    return see_other("sessions:confidentiality", session.pk)


@require_POST
@login_required
def answer(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    asked = or_404(queries.request_for, session, request_pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, user, session, status=422)
    try:
        services.answer_lowering(user=user, request=asked, agrees=form.cleaned_data["answer"] == "yes")
    except DomainError as refusal:
        return _page(request, user, session, refusal=refusal)
    messages.success(request, _("Votre réponse est notée."))
    return see_other("sessions:confidentiality", session.pk)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    asked = or_404(queries.request_for, session, request_pk)
    try:
        services.withdraw_request(actor=user, request=asked)
    except DomainError as refusal:
        return _page(request, user, session, refusal=refusal)
    messages.success(request, _("La demande est retirée."))
    return see_other("sessions:confidentiality", session.pk)


def _page(
    request: HttpRequest,
    user: User,
    session: PeerSession,
    *,
    closing: ClosingForm | None = None,
    opening: OpeningForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    membership = membership_for(user, session.network)
    requests = queries.requests_of(user, session)
    pending = next((one for one in requests if one.closed_at is None), None)
    mine = next((one for one in pending.voices.all() if one.user_id == user.pk), None) if pending else None
    context = {
        "network": session.network,
        "session": session,
        "can_raise": can_raise(user, membership, session),
        "can_ask": can_ask_to_lower(
            user,
            membership,
            session,
            conclusion_of(session),
            is_pending=pending is not None,
            has_envelopes=holds_envelopes(session),
        ),
        "closing": closing or ClosingForm(targets=queries.closing_targets(session)),
        "opening": opening or OpeningForm(targets=queries.opening_targets(session)),
        "requests": requests,
        "pending": pending,
        "mine": mine,
        "changes": queries.journal_of(user, session),
        "refusal": str(refusal) if refusal else "",
    }
    status = refusal_status(refusal) if refusal else status
    return render(request, "sessions/confidentiality.html", context, status=status)
