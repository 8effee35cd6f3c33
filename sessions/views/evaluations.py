"""What people thought of a session: their form, and the answers once they are shown."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, refusal_status
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import or_404, see_other
from sessions.aftermath_forms import EvaluationForm
from sessions.models import PeerSession
from sessions.policies.evaluations import closes_at
from sessions.queries.evaluations import EvaluationPage, evaluation_page
from sessions.queries.sessions import session_for
from sessions.services.evaluations import evaluate


@require_http_methods(["GET", "POST"])
@login_required
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """POST keeps one anonymous answer. 403 for who was not there and does not facilitate."""
    user = person(request)
    session = or_404(session_for, user, pk)
    page = evaluation_page(user, membership_for(user, session.network), session)
    if not page.is_insider:
        allow(page.read)
    if request.method != "POST":
        mark_read(user=user, streak=f"session.{session.pk}")
        return _page(request, session, page, EvaluationForm())
    form = EvaluationForm(request.POST)
    if not form.is_valid():
        return _page(request, session, page, form, status=422)
    try:
        is_new = evaluate(user=user, session=session, **form.cleaned_data)
    except DomainError as refusal:
        return _page(request, session, page, form, refusal=refusal)
    thanks, known = (
        _("Merci : votre avis est gardé, sans votre nom."),
        _("Votre avis était déjà gardé : un seul compte."),
    )
    messages.success(request, thanks if is_new else known)
    return see_other("sessions:evaluation", session.pk)


def _page(
    request: HttpRequest,
    session: PeerSession,
    page: EvaluationPage,
    form: EvaluationForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "network": session.network,
        "session": session,
        "page": page,
        "form": form if page.answer and not page.has_answered else None,
        "closes_at": closes_at(session),
        "refusal": str(refusal) if refusal else "",
    }
    return render(request, "sessions/evaluation.html", context, status=refusal_status(refusal) if refusal else status)
