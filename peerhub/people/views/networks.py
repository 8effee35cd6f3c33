"""My networks, joining one, wearing another hat there, leaving it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.people import queries
from peerhub.people.errors import DomainError
from peerhub.people.forms import JoinForm, WearForm
from peerhub.people.http import person, press
from peerhub.people.models import Membership, Network
from peerhub.people.policies import can_animate, can_join, can_leave
from peerhub.people.services import memberships as services
from peerhub.ui.shortcuts import or_404, see_other


@require_safe
def network_list(request: HttpRequest) -> HttpResponse:
    """The networks of the platform: mine, and those that I could join; open to visitors."""
    context = {
        "layout": "layouts/app.html" if request.user.is_authenticated else "layouts/public.html",
        "memberships": queries.memberships_of(request.user),
        "networks": queries.joinable_networks(request.user),
    }
    return render(request, "people/network_list.html", context)


@login_required
def network_join(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network = or_404(queries.network_for, user, slug)
    membership = queries.any_membership_for(user, network)
    if membership and membership.is_active:
        return see_other(network)
    verdict = can_join(user, network, membership)
    if not verdict:
        return _join_page(request, network, reason=verdict.reason, status=403)
    form = JoinForm(request.POST or None, hats=queries.hats_of(user))
    if request.method != "POST":
        return _join_page(request, network, form=form)
    if not form.is_valid():
        return _join_page(request, network, form=form, status=422)
    try:
        services.join_network(user=user, network=network, affiliation=form.chosen())
    except DomainError as refusal:
        return _join_page(request, network, reason=str(refusal), status=409)
    messages.success(request, _("Bienvenue dans le réseau « %(name)s ».") % {"name": network.name})
    return see_other(network)


def _join_page(
    request: HttpRequest, network: Network, *, form: JoinForm | None = None, reason: object = "", status: int = 200
) -> HttpResponse:
    context = {"network": network, "form": form, "reason": reason}
    return render(request, "people/network_join.html", context, status=status)


@login_required
def network_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """A page that asks, then the act."""
    network, membership = or_404(queries.own_network_for, person(request), slug)
    verdict = can_leave(membership)
    if request.method == "POST" and verdict:
        try:
            services.leave_network(membership=membership)
        except DomainError as refusal:
            return _leave_page(request, membership, reason=str(refusal), status=409)
        messages.success(request, _("Vous avez quitté le réseau « %(name)s ».") % {"name": network.name})
        return see_other("people:network-list")
    if not verdict:
        return _leave_page(request, membership, reason=verdict.reason, status=403 if request.method == "POST" else 200)
    return _leave_page(request, membership)


def _leave_page(
    request: HttpRequest, membership: Membership, *, reason: object = "", status: int = 200
) -> HttpResponse:
    context = {"network": membership.network, "reason": reason}
    return render(request, "people/network_leave.html", context, status=status)


@login_required
def network_hat(request: HttpRequest, slug: str) -> HttpResponse:
    """Wear another of one's hats in a network."""
    user = person(request)
    network, membership = or_404(queries.own_network_for, user, slug)
    form = WearForm(request.POST or None, hats=queries.hats_of(user), initial={"wear": str(membership.affiliation_id)})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            services.change_hat(membership=membership, affiliation=form.chosen())
            messages.success(request, _("Votre casquette dans « %(name)s » est changée.") % {"name": network.name})
            return see_other("people:hat-list")
        status = 422
    return render(request, "people/network_hat.html", {"network": network, "form": form}, status=status)


@login_required
@require_POST
def hat_confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An animator vouches for the hat of a member; `hat` is the one that was read."""
    _network, animator = or_404(queries.own_network_for, person(request), slug)
    if not (verdict := can_animate(animator)):
        raise PermissionDenied(verdict.reason)
    membership = or_404(queries.member_for, animator, pk)
    hat = request.POST.get("hat", "")
    read = int(hat) if hat.isdecimal() and len(hat) < 19 else 0
    act = partial(services.confirm_hat, animator=animator, membership=membership, affiliation_id=read)
    press(request, act, _("La casquette de %(name)s est confirmée.") % {"name": membership.user.full_name})
    return see_other("portal:desk", slug)
