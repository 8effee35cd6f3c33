"""What the platform saw a person do, which they show or hide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mentoring.queries.competences import declared_by
from mentoring.queries.traces import own_traces
from mentoring.services.evidence_hiding import hide_evidence, show_evidence
from peerhub.people.http import person
from peerhub.people.models import User
from peerhub.ui.shortcuts import integer, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_evidence(request: HttpRequest) -> HttpResponse:
    """All of one's own. POST hides or shows one of them (`hide` or `show`: its key)."""
    user = person(request)
    if request.method == "POST":
        return _act(request, user)
    groups = own_traces(user, declared_by(user))
    return render(request, "mentoring/my_evidence.html", {"groups": groups})


def _act(request: HttpRequest, user: User) -> HttpResponse:
    hidden, shown = integer(request.POST.get("hide", "")), integer(request.POST.get("show", ""))
    if hidden is not None and hide_evidence(user=user, pk=hidden):
        messages.success(request, _("Ce n’est plus montré à personne, et ne compte plus."))
    elif shown is not None and show_evidence(user=user, pk=shown):
        messages.success(request, _("C’est de nouveau montré à qui peut l’ouvrir."))
    elif hidden is None and shown is None:
        raise Http404
    return see_other("mentoring:my-evidence")
