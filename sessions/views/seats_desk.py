"""The seats of a session for who runs it, and answering for others."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.people.errors import DomainError
from peerhub.people.http import person, press, refusal_status, submit
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import integer, or_404, see_other
from sessions.models import PeerSession
from sessions.policies.seats import can_answer
from sessions.policies.sessions import can_change_session
from sessions.queries import seats as queries
from sessions.queries.answering import session_to_answer
from sessions.queries.sessions import session_for, visible_among
from sessions.seat_forms import AnswerForm, GuestForm, RulesForm, rule_formset
from sessions.services import seats, seats_for_others
from sessions.services.registration import Clash
from sessions.views.around import facilitated_session


def _desk(request: HttpRequest, session: PeerSession, status: int = 200, **forms: Any) -> HttpResponse:
    user = person(request)
    context = {
        "network": session.network,
        "session": session,
        "roster": queries.roster_of(session),
        "can_change": can_change_session(membership_for(user, session.network), session),
        "can_answer": can_answer(session),
        "rules_form": RulesForm(session=session),
        "rule_forms": rule_formset(None, session),
        "guest_form": GuestForm(session=session),
        "others": [one for one in queries.answerables(user, session, only_asked=False) if not one.registration],
        **forms,
    }
    return render(request, "sessions/seats_desk.html", context, status=status)


@require_safe
@login_required
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    return _desk(request, facilitated_session(request, pk))


@require_POST
@login_required
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    session = facilitated_session(request, pk)
    form, rows = RulesForm(request.POST, session=session), rule_formset(request.POST, session)

    def act() -> PeerSession:
        wishes = [wish for row in rows if (wish := row.wish()) is not None]
        return seats.set_rules(actor=person(request), session=session, rules=wishes, **form.cleaned_data)

    ruled, status = submit(form, act, beside=[rows])
    if ruled is not None:
        messages.success(request, _("Les règles sont enregistrées. Les places libres sont proposées à qui attend."))
        return see_other("sessions:seats", pk)
    return _desk(request, session, status, rules_form=form, rule_forms=rows)


@require_POST
@login_required
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    session = facilitated_session(request, pk)
    delegation = integer(request.POST.get("delegation", ""))
    act = partial(seats.chase_silent, actor=person(request), session=session, delegation_id=delegation)
    press(request, act, _chased_words)
    return see_other("sessions:seats", pk)


def _chased_words(count: int) -> str:
    if not count:
        return _("Personne à relancer : chacun·e l’a été depuis moins d’un jour.")
    return ngettext("%(n)d personne est relancée.", "%(n)d personnes sont relancées.", count) % {"n": count}


@require_POST
@login_required
def guest_add(request: HttpRequest, pk: int) -> HttpResponse:
    session = facilitated_session(request, pk)
    form = GuestForm(request.POST, session=session)
    seated, status = submit(
        form, lambda: seats_for_others.seat_guest(actor=person(request), session=session, **form.cleaned_data)
    )
    if seated is not None:
        messages.success(request, _("La place est réservée à son nom."))
        return see_other("sessions:seats", pk)
    return _desk(request, session, status, guest_form=form)


@require_POST
@login_required
def guest_remove(request: HttpRequest, pk: int, guest: int) -> HttpResponse:
    session = facilitated_session(request, pk)
    act = partial(seats_for_others.remove_guest, actor=person(request), session=session, guest_id=guest)
    press(request, act, _("La place est libre."))
    return see_other("sessions:seats", pk)


@require_safe
@login_required
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """« Pourquoi ces places »."""
    session = facilitated_session(request, pk)
    entries = queries.log_of(session, integer(request.GET.get("avant", "")))
    more = entries[-1].number if len(entries) == queries.LOG_SHOWN else None
    context = {"network": session.network, "session": session, "entries": entries, "more": more}
    return render(request, "sessions/seats_log.html", context)


# --- Answering for others ---------------------------------------------------------------------------------------------


def _answering(request: HttpRequest, pk: int) -> tuple[User, PeerSession, bool]:
    """The session in which the person may answer for somebody, and whether the person may see it."""
    user = person(request)
    try:
        return user, session_for(user, pk), True
    except PeerSession.DoesNotExist:
        return user, or_404(session_to_answer, user, pk), False


@require_safe
@login_required
def answer_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Those for whom the person may answer: the lead's delegation, the delegate's principal."""
    user, session, is_visible = _answering(request, pk)
    people = queries.answerables(user, session, only_asked=True)
    context = {"network": session.network, "session": session, "is_visible": is_visible, "people": people}
    return render(request, "sessions/answer_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def answer_for(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """One person's answer, entered for that person."""
    user, session, is_visible = _answering(request, pk)
    one = or_404(queries.answerable_for, user, session, user_pk)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                seats_for_others.answer_for(
                    actor=user,
                    session=session,
                    user=one.membership.user,
                    accept_clash="accept_clash" in request.POST,
                    **form.cleaned_data,
                )
            except DomainError as refusal:
                return _asked_again(request, session, one, form, refusal, is_visible)
            messages.success(request, _("La réponse est enregistrée. La personne en est prévenue."))
            return see_other("sessions:seat-answers", pk)
    return _answer_page(request, session, one, status, form=form, is_visible=is_visible)


def _asked_again(
    request: HttpRequest,
    session: PeerSession,
    one: queries.Answerable,
    form: AnswerForm,
    refusal: DomainError,
    is_visible: bool,
) -> HttpResponse:
    others = visible_among(person(request), refusal.sessions) if isinstance(refusal, Clash) else []
    form.add_error(None, str(refusal))
    more = {"is_clash": isinstance(refusal, Clash), "others": others, "is_visible": is_visible}
    return _answer_page(request, session, one, refusal_status(refusal), form=form, **more)


def _answer_page(
    request: HttpRequest, session: PeerSession, one: queries.Answerable, status: int = 200, **more: Any
) -> HttpResponse:
    registration = one.registration
    substitutes = queries.substitutes_for(session, registration) if registration and registration.is_registered else []
    context = {"network": session.network, "session": session, "one": one, "substitutes": substitutes, **more}
    context["can_answer"] = can_answer(session)
    return render(request, "sessions/answer_for.html", context, status=status)


@require_POST
@login_required
def replace(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    """A substitute takes the seat, in one act."""
    user, session, is_visible = _answering(request, pk)
    one = or_404(queries.answerable_for, user, session, user_pk)
    wanted = request.POST.get("substitute", "")
    rows = queries.substitutes_for(session, one.registration) if one.registration else []
    substitute = next((row.user for row in rows if str(row.user_id) == wanted), None)
    try:
        if substitute is None:
            raise DomainError(_("Choisissez qui remplace."))
        seats_for_others.replace_person(actor=user, session=session, user=one.membership.user, substitute=substitute)
    except DomainError as refusal:
        more = {"refusal": str(refusal), "form": AnswerForm(), "is_visible": is_visible}
        return _answer_page(request, session, one, refusal_status(refusal), **more)
    messages.success(request, _("La place a changé de mains. Les deux personnes sont prévenues."))
    return see_other("sessions:seat-answers", pk)
