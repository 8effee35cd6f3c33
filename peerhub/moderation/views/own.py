"""What each person reads about the own texts and reports. Open to who is suspended: an appeal must be possible."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.moderation import queries
from peerhub.moderation.forms import WordsForm
from peerhub.moderation.services import appeals, conversation
from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.limits import may_write
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    own = queries.own_page(person(request), page_number(request))
    return render(request, "moderation/own_list.html", {"own": own})


@login_required
@require_safe
def own_case(request: HttpRequest, pk: int) -> HttpResponse:
    own = or_404(queries.own_case, person(request), pk)
    mark_read(user=person(request), streak=f"case.{pk}")
    return _page(request, own)


@login_required
@require_POST
def own_write(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    own = or_404(queries.own_case, user, pk)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, own, words_form=form, status=422)
    if not may_write(user.pk):
        return _page(
            request, own, words_form=form, refusal=_("Vous écrivez très vite : attendez une minute."), status=429
        )
    try:
        conversation.write_to_team(author=user, case=own.case, body=form.cleaned_data["body"])
    except DomainError as refusal:
        return _page(request, own, words_form=form, refusal=str(refusal), status=refusal_status(refusal))
    messages.success(request, _("Votre réponse est envoyée à l’animation."))
    return see_other("moderation:own-case", pk)


@login_required
@require_POST
def own_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    own = or_404(queries.own_case, user, pk)
    form = WordsForm(request.POST, prefix="appeal")
    if not form.is_valid():
        return _page(request, own, appeal_form=form, status=422)
    try:
        appeals.appeal(author=user, case=own.case, words=form.cleaned_data["body"])
    except DomainError as refusal:
        return _page(request, own, appeal_form=form, refusal=str(refusal), status=refusal_status(refusal))
    messages.success(request, _("Votre demande est enregistrée : une autre personne va relire."))
    return see_other("moderation:own-case", pk)


def _page(
    request: HttpRequest, own: queries.OwnCase, *, refusal: str = "", status: int = 200, **forms: Form
) -> HttpResponse:
    context: dict[str, Any] = {
        "own": own,
        "case": own.case,
        "refusal": refusal,
        "words_form": WordsForm(),
        "appeal_form": WordsForm(prefix="appeal"),
        **forms,
    }
    return render(request, "moderation/own_case.html", context, status=status)
