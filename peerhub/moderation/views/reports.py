"""Reporting something."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peerhub.moderation import targets
from peerhub.moderation.enums import Reason
from peerhub.moderation.forms import ReportForm
from peerhub.moderation.policies import can_report
from peerhub.moderation.queries import has_judge
from peerhub.moderation.services.reports import report
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.limits import within_limit
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import safe_next, see_other

REPORTS_PER_HOUR = 10


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_create(request: HttpRequest, target_key: str, pk: int) -> HttpResponse:
    user, target = person(request), targets.find(target_key)
    shown = target.load(user, {pk}).get(pk) if target and target.is_reported else None
    if target is None or shown is None or not shown.url:
        raise Http404
    verdict, form = can_report(user, shown), ReportForm(request.POST or None)
    back = safe_next(request, shown.url)
    if isinstance(verdict, Denied):
        if verdict.hide:
            raise Http404
        status, refusal = 403, str(verdict.reason)
    elif request.method == "POST" and form.is_valid():
        status, refusal = _report(request, target_key, pk, form)
        if not refusal:
            return see_other(back)
    else:
        status, refusal = (422 if form.is_bound else 200), ""
    context = {
        "target": target,
        "shown": shown,
        "form": form,
        "back": back,
        "refusal": refusal,
        "is_open": bool(verdict),
    }
    return render(request, "moderation/report.html", context, status=status)


def _report(request: HttpRequest, target_key: str, pk: int, form: ReportForm) -> tuple[int, str]:
    """The status and the sentence of a refusal; an empty one when it is done."""
    user = person(request)
    if not within_limit("report", user.pk, times=REPORTS_PER_HOUR, seconds=3600):
        return 429, _(
            "Vous avez déjà fait plusieurs signalements. Attendez une heure, ou écrivez à l’animation de votre réseau."
        )
    try:
        made = report(
            reporter=user,
            target_key=target_key,
            target_id=pk,
            reason=Reason(form.cleaned_data["reason"]),
            words=form.cleaned_data["words"],
        )
    except DomainError as error:
        return refusal_status(error), str(error)
    if has_judge(made.case):
        messages.success(
            request, _("Merci : l’animation va regarder. Vous saurez ce qu’il en est dans « Mes dossiers ».")
        )
    else:
        messages.warning(
            request,
            _("Merci. Personne dans l’animation ne peut lire cet espace pour l’instant : le signalement attend."),
        )
    return 303, ""
