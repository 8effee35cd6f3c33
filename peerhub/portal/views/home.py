"""The first page: of the platform for a visitor, of one's network for a member."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from peerhub.people.queries import joinable_networks
from peerhub.portal.shell import Shell


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A visitor reads what PeerHub is; a member goes to the network visited last, else to the list of networks."""
    if not request.user.is_authenticated:
        return render(request, "portal/home.html", {"networks": joinable_networks(request.user)})
    if network := Shell(request, None).network:
        return redirect(network)
    return redirect("people:network-list")
