"""What a session decided: its page, its acts, and all that is one's own to do."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, press, refusal_status
from peerhub.people.models import Membership
from peerhub.people.queries import membership_for
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, safe_next, see_other
from sessions.aftermath_forms import DecisionForm
from sessions.models import Decision, PeerSession
from sessions.policies.decisions import can_change_decision, can_read_decisions, can_write_decisions
from sessions.policies.reports import can_waive_report
from sessions.queries import decisions as queries
from sessions.queries.reports import state_of
from sessions.queries.sessions import session_for
from sessions.queries.standing import standing_for
from sessions.services import decisions as services
from sessions.services import reports


def _read(request: HttpRequest, pk: int) -> tuple[PeerSession, Membership | None]:
    """404 for a session that the person may not see, 403 for one whose decisions the person may not read."""
    user = person(request)
    session = or_404(session_for, user, pk)
    membership = membership_for(user, session.network)
    allow(can_read_decisions(membership, session))
    return session, membership


@require_http_methods(["GET", "POST"])
@login_required
def decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """POST notes one more."""
    session, membership = _read(request, pk)
    user = person(request)
    form = DecisionForm(request.POST or None, owners=queries.owners_for(session))
    if request.method != "POST":
        mark_read(user=user, streak=f"session.{session.pk}")
        return _page(request, session, membership, form)
    if not form.is_valid():
        return _page(request, session, membership, form, status=422)
    try:
        services.add_decision(author=user, session=session, wish=form.wish)
    except DomainError as refusal:
        return _page(request, session, membership, form, refusal=refusal)
    messages.success(request, _("La décision est notée."))
    return see_other("sessions:decisions", session.pk)


@require_http_methods(["GET", "POST"])
@login_required
def decision(request: HttpRequest, pk: int, decision_pk: int) -> HttpResponse:
    """Edit one."""
    session, _membership = _read(request, pk)
    user = person(request)
    current = or_404(queries.decision_for, session, decision_pk)
    allow(can_change_decision(user, current, standing_for(user, session)))
    form = DecisionForm(request.POST or None, owners=queries.owners_for(session), decision=current)
    refusal: DomainError | None = None
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_decision(actor=user, decision=current, wish=form.wish, stamp=form.cleaned_data["stamp"])
        except DomainError as error:
            refusal, status = error, refusal_status(error)
        else:
            messages.success(request, _("La décision est modifiée."))
            return see_other("sessions:decisions", session.pk)
    theirs = refusal.current if isinstance(refusal, services.DecisionConflict) else None
    context = {
        "network": session.network,
        "session": session,
        "form": form if theirs is None else _over(request, session, theirs),
        "refusal": str(refusal) if refusal else "",
        "theirs": theirs,
    }
    return render(request, "sessions/decision.html", context, status=status)


def _over(request: HttpRequest, session: PeerSession, theirs: Decision) -> DecisionForm:
    """What was typed, to be sent over the text that is shown now."""
    data = request.POST.copy()
    data["stamp"] = services.stamp_of(theirs)
    return DecisionForm(data, owners=queries.owners_for(session), decision=theirs)


@require_POST
@login_required
def decision_done(request: HttpRequest, pk: int, decision_pk: int) -> HttpResponse:
    session, _membership = _read(request, pk)
    current = or_404(queries.decision_for, session, decision_pk)
    is_done = request.POST.get("done") == "1"
    act = partial(services.tick_decision, actor=person(request), decision=current, done=is_done)
    press(request, act, _("C’est noté comme fait.") if is_done else _("C’est de nouveau à faire."))
    return _back(request, session)


@require_POST
@login_required
def decision_remove(request: HttpRequest, pk: int, decision_pk: int) -> HttpResponse:
    session, _membership = _read(request, pk)
    current = or_404(queries.decision_for, session, decision_pk)
    act = partial(services.remove_decision, actor=person(request), decision=current)
    press(request, act, _("La décision est retirée."))
    return _back(request, session)


@require_POST
@login_required
def report_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """There will be no minutes; or, with `waived` empty, they are waited for after all."""
    session, _membership = _read(request, pk)
    is_waived = request.POST.get("waived") == "1"
    act = partial(reports.waive_report, actor=person(request), session=session, waived=is_waived)
    done = _("C’est noté : plus personne ne sera relancé.") if is_waived else _("Le compte rendu est attendu.")
    press(request, act, done)
    return _back(request, session)


@require_safe
@login_required
def my_decisions(request: HttpRequest) -> HttpResponse:
    page = queries.own_decisions(person(request), page_number(request))
    late = {row.pk for row in page.items if queries.is_late(row)}
    return render(request, "sessions/my_decisions.html", {"page": page, "late": late})


def _back(request: HttpRequest, session: PeerSession) -> HttpResponse:
    there = see_other("sessions:decisions", session.pk)["Location"]
    return see_other(safe_next(request, there))


def _page(
    request: HttpRequest,
    session: PeerSession,
    membership: Membership | None,
    form: DecisionForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    standing = standing_for(user, session)
    state = state_of(session)
    context: dict[str, Any] = {
        "network": session.network,
        "session": session,
        "lines": queries.decision_lines(user, session, standing),
        "can_write": can_write_decisions(session, standing),
        "form": form,
        "report": state,
        "can_waive": can_waive_report(membership, session, state),
        "refusal": str(refusal) if refusal else "",
    }
    return render(request, "sessions/decisions.html", context, status=refusal_status(refusal) if refusal else status)
