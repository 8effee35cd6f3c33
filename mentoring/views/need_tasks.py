"""The needs without an answer, for who animates: since when, and what was tried; never what they say."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from mentoring.queries.need_tasks import waiting_needs
from mentoring.services.need_tasks import finish_task, take_task
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import integer, or_404, see_other

ACTS = {
    "take": (take_task, _("Les prochaines alertes de ce besoin vous reviennent.")),
    "done": (finish_task, _("Ce besoin n’est plus signalé.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_tasks(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_animate(membership))
    if request.method != "POST":
        context = {"network": network, "waiting": waiting_needs(network), "user_pk": user.pk}
        return render(request, "mentoring/need_tasks.html", context)
    act, task = ACTS.get(request.POST.get("act", "")), integer(request.POST.get("task", ""))
    if act is not None and task is not None:
        try:
            act[0](animator=user, network=network, pk=task)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, act[1])
    return see_other("mentoring:need-tasks", slug)
