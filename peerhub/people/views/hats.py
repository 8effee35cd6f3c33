"""A person's hats."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.people import queries
from peerhub.people.forms import HatForm
from peerhub.people.http import person, press
from peerhub.people.services import memberships as services
from peerhub.ui.shortcuts import or_404, see_other


@require_safe
@login_required
def hat_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {"hats": queries.hats_of(user), "memberships": queries.memberships_of(user)}
    return render(request, "people/hat_list.html", context)


@login_required
def hat_create(request: HttpRequest) -> HttpResponse:
    form = HatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.create_hat(user=person(request), hat=form.hat())
        messages.success(request, _("Votre casquette est ajoutée."))
        return see_other("people:hat-list")
    status = 422 if request.method == "POST" else 200
    return render(request, "people/hat_form.html", {"form": form}, status=status)


@require_POST
@login_required
def hat_end(request: HttpRequest, pk: int) -> HttpResponse:
    hat = or_404(queries.own_affiliation_for, person(request), pk)
    act = partial(services.end_affiliation, affiliation=hat, on=timezone.localdate())
    press(request, act, _("Cette casquette est rangée : elle ne vous sera plus proposée."))
    return see_other("people:hat-list")
