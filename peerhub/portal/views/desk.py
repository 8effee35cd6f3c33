"""The animator's desk."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peerhub.people.http import person
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.portal import queries
from peerhub.ui.shortcuts import or_404


@login_required
@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    if not (verdict := can_animate(membership)):
        raise PermissionDenied(verdict.reason)
    context = {"network": network, "membership": membership, "desk": queries.desk(user, membership)}
    return render(request, "portal/desk.html", context)
