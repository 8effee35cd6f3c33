"""What the animators of a network set: rules, canned answers, turns of duty."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.moderation.forms import AnswerForm, DutyForm, RulesForm
from peerhub.moderation.models import CannedAnswer
from peerhub.moderation.queries import settings as queries
from peerhub.moderation.services import settings as services
from peerhub.moderation.views.animating import animator_of
from peerhub.people.http import submit
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    _user, network, membership = animator_of(request, slug)
    form = RulesForm(request.POST or None, instance=queries.rules_for(network))
    if request.method == "POST" and form.is_valid():
        services.set_rules(animator=membership, **form.cleaned_data)
        messages.success(request, _("Les règles sont enregistrées. Elles valent pour ce qui sera écrit désormais."))
        return see_other("moderation:rules", slug)
    status = 422 if form.is_bound else 200
    return render(request, "moderation/rules.html", {"network": network, "form": form}, status=status)


@login_required
@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    _user, network, _membership = animator_of(request, slug)
    return render(request, "moderation/answers.html", {"network": network, "answers": queries.answers_of(network)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_create(request: HttpRequest, slug: str) -> HttpResponse:
    return _answer(request, slug, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _user, network, _membership = animator_of(request, slug)
    return _answer(request, slug, or_404(queries.answer_for, network, pk))


def _answer(request: HttpRequest, slug: str, answer: CannedAnswer | None) -> HttpResponse:
    _user, network, membership = animator_of(request, slug)
    known = {name: getattr(answer, name) for name in ("title", "text_fr", "text_en")} if answer else {}
    form = AnswerForm(request.POST or None, initial=known)
    written, status = submit(
        form, lambda: services.write_answer(animator=membership, answer=answer, **form.cleaned_data), at="title"
    )
    if written is not None:
        messages.success(request, _("La réponse est enregistrée."))
        return see_other("moderation:answers", slug)
    context = {"network": network, "form": form, "answer": answer}
    return render(request, "moderation/answer_form.html", context, status=status)


@login_required
@require_POST
def answer_delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _user, network, membership = animator_of(request, slug)
    services.delete_answer(animator=membership, answer=or_404(queries.answer_for, network, pk))
    messages.success(request, _("La réponse est supprimée."))
    return see_other("moderation:answers", slug)


@login_required
@require_POST
def answers_adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """The proposed answers become the network's own, to be changed."""
    _user, network, membership = animator_of(request, slug)
    services.adopt_defaults(animator=membership, network=network)
    messages.success(request, _("Ces réponses sont maintenant les vôtres : modifiez-les à votre façon."))
    return see_other("moderation:answers", slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: HttpRequest, slug: str) -> HttpResponse:
    user, network, membership = animator_of(request, slug)
    first: dict[str, Any] = {"user": user.pk, "starts_on": timezone.localdate()}
    form = DutyForm(request.POST or None, animators=queries.animators_of(network), initial=first)
    turn, status = submit(form, lambda: services.plan_duty(animator=membership, **form.cleaned_data))
    if turn is not None:
        messages.success(request, _("Le tour est inscrit."))
        return see_other("moderation:duty", slug)
    today = timezone.localdate()
    turns = [(turn, turn.starts_on <= today <= turn.ends_on) for turn in queries.duty_turns(network)]
    context = {"network": network, "form": form, "turns": turns, "is_covered": any(now for _turn, now in turns)}
    return render(request, "moderation/duty.html", context, status=status)


@login_required
@require_POST
def duty_cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _user, network, membership = animator_of(request, slug)
    services.cancel_duty(animator=membership, turn=or_404(queries.duty_turn_for, network, pk))
    messages.success(request, _("Le tour est retiré."))
    return see_other("moderation:duty", slug)
