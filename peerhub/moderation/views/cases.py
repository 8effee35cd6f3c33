"""A case: its page, and what an animator does with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.moderation import queries
from peerhub.moderation.enums import AppealOutcome
from peerhub.moderation.forms import AppealDecisionForm, DecisionForm, WordsForm
from peerhub.moderation.models import Case
from peerhub.moderation.queries.cases import CasePage, case_for
from peerhub.moderation.services import appeals, cases, conversation
from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.models import User
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    page = or_404(queries.case_page, person(request), pk)
    mark_read(user=person(request), streak=f"case.{pk}")
    return _page(request, page)


@login_required
@require_POST
def case_claim(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, cases.claim)


@login_required
@require_POST
def case_release(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, cases.release)


@login_required
@require_POST
def case_decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    page = or_404(queries.case_page, user, pk)
    form = _decision_form(page, request.POST)
    if not form.is_valid():
        return _page(request, page, decision_form=form, status=422)
    try:
        decided = cases.decide(moderator=user, case=page.case, **form.values())
    except DomainError as refusal:
        return _refused(request, user, pk, refusal, decision_form=form)
    messages.success(request, _("C’est tranché. Les personnes concernées sont prévenues."))
    return see_other("moderation:case", decided.pk)


@login_required
@require_POST
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    page = or_404(queries.case_page, user, pk)
    form = AppealDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, page, appeal_form=form, status=422)
    outcome = AppealOutcome(form.cleaned_data["outcome"])
    try:
        appeals.decide_appeal(moderator=user, case=page.case, outcome=outcome, reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        return _refused(request, user, pk, refusal, appeal_form=form)
    messages.success(request, _("Le recours est examiné. La personne concernée est prévenue."))
    return see_other("moderation:case", pk)


@login_required
@require_POST
def case_write(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    page = or_404(queries.case_page, user, pk)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, page, words_form=form, status=422)
    try:
        conversation.write_to_author(moderator=user, case=page.case, body=form.cleaned_data["body"])
    except DomainError as refusal:
        return _refused(request, user, pk, refusal, words_form=form)
    messages.success(request, _("Votre message est envoyé, au nom de l’animation."))
    return see_other("moderation:case", pk)


def _act(request: HttpRequest, pk: int, act: Callable[..., None]) -> HttpResponse:
    user = person(request)
    found: Case = or_404(case_for, user, pk)
    try:
        act(moderator=user, case=found)
    except DomainError as refusal:
        return _refused(request, user, pk, refusal)
    return see_other("moderation:case", pk)


def _refused(request: HttpRequest, user: User, pk: int, refusal: DomainError, **forms: Form) -> HttpResponse:
    """The page as it is now, with the sentence, and what was written."""
    page = or_404(queries.case_page, user, pk)
    return _page(request, page, refusal=str(refusal), status=refusal_status(refusal), **forms)


def _page(request: HttpRequest, page: CasePage, *, refusal: str = "", status: int = 200, **forms: Form) -> HttpResponse:
    decision_form = forms.get("decision_form") or _decision_form(page)
    context: dict[str, Any] = {
        "network": page.case.network,
        "page": page,
        "case": page.case,
        "refusal": refusal,
        "is_mine": page.case.is_claimed_by(person(request)),
        "is_taken": page.case.is_claimed_by_another(person(request)),
        "can_decide": bool(page.judge and page.act),
        "appeal_form": AppealDecisionForm(),
        "words_form": WordsForm(),
        **forms,
        "decision_form": decision_form,
    }
    return render(request, "moderation/case.html", context, status=status)


def _decision_form(page: CasePage, posted: Any = None) -> DecisionForm:
    return DecisionForm(
        posted,
        decisions=cases.decisions_for(page.case),
        answers=queries.answers_of(page.case.network),
        language=page.case.author.language if page.case.author else "fr",
    )
