"""Texts that wait: one's own, and those that one looks after."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums.moderation_targets import held_html, held_title
from forums.moving_forms import JudgementForm
from forums.queries.curating import held_to_judge, is_held_to_judge, own_held
from forums.services.approving import judge_held, withdraw_held
from forums.views.presenting import audience
from forums.views.surroundings import refused
from peerhub.moderation.enums import HeldReason
from peerhub.people.errors import DomainError
from peerhub.people.http import person
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_safe
def held_list(request: HttpRequest) -> HttpResponse:
    """What waits in the themes that the person looks after."""
    return _to_judge(request)


@require_POST
@login_required
def held_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish it, or refuse it and say why."""
    user, is_published = person(request), "publier" in request.POST
    if not is_held_to_judge(user, pk):
        sentence = _("Ce texte n’attend plus : il a été repris ou relu entre-temps.")
        return refused(request, sentence, back=reverse("forums:held-list"), status=409)
    form = JudgementForm(request.POST, is_published=is_published, auto_id=f"held-{pk}-%s")
    if not form.is_valid():
        return _to_judge(request, {pk: form})
    try:
        judge_held(actor=user, held_id=pk, is_published=is_published, reason=form.cleaned_data["reason"])
    except DomainError as error:
        return refused(request, error, back=reverse("forums:held-list"))
    messages.success(request, _("Le texte est publié.") if is_published else _("Le texte n’est pas publié."))
    return see_other("forums:held-list")


def _to_judge(request: HttpRequest, sent: Mapping[int, JudgementForm] | None = None) -> HttpResponse:
    sent = sent or {}
    lines = [
        {
            "held": held,
            "title_of": held_title(held),
            "html": held_html(held),
            "circle": audience(held.circle),
            "reasons": [HeldReason(one).label for one in held.reasons],
            "form": sent.get(held.pk) or JudgementForm(auto_id=f"held-{held.pk}-%s"),
        }
        for held in held_to_judge(person(request))
    ]
    return render(request, "forums/held_list.html", {"lines": lines}, status=422 if sent else 200)


@login_required
@require_safe
def held_text(request: HttpRequest, pk: int) -> HttpResponse:
    held = or_404(own_held, person(request), pk)
    context = {
        "network": held.network,
        "held": held,
        "title_of": held_title(held),
        "html": held_html(held),
        "circle": audience(held.circle),
    }
    return render(request, "forums/held.html", context)


@require_POST
@login_required
def held_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to being written: the composer finds the text again, and so does the page of drafts."""
    held = or_404(own_held, person(request), pk)
    try:
        withdraw_held(author=person(request), held=held)
    except DomainError as error:
        return refused(request, error, back=reverse("forums:held", args=[pk]))
    messages.success(request, _("Votre texte est de nouveau un brouillon : rien n’est publié."))
    return see_other("forums:draft-list")
