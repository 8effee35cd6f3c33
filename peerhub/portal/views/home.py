"""The first page: of the platform for a visitor, of the network for a member or a visitor."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from forums.queries.feeds import latest_public_topics
from peerhub.people.enums import JoinPolicy
from peerhub.people.http import person, same_for_visitors, sign_in_if_absent
from peerhub.people.queries import joinable_networks, network_for
from peerhub.portal import queries
from peerhub.portal.shell import NETWORK_COOKIE, Shell
from peerhub.ui.shortcuts import or_404
from sessions.queries.sessions import open_to_everyone, upcoming_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A visitor reads what PeerHub is; a member goes to the network visited last, else to the list of networks."""
    if not request.user.is_authenticated:
        context = {"networks": joinable_networks(request.user), "sessions": open_to_everyone()}
        return render(request, "portal/home.html", context)
    if network := Shell(request, None).network:
        return redirect(network)
    return redirect("people:network-list")


@require_safe
@sign_in_if_absent
@same_for_visitors
def network_home(request: HttpRequest, slug: str) -> HttpResponse:
    """The member's own page of a network; for others, its public page, if it has one."""
    shell = Shell(request, None)
    membership = shell.membership_in(slug)
    if membership is None:
        return _public_home(request, slug)
    shell.page_network = membership.network
    context = {
        "shell": shell,
        "network": membership.network,
        "membership": membership,
        "home": queries.member_home(person(request), membership),
    }
    response = render(request, "portal/member_home.html", context)
    response.set_cookie(
        NETWORK_COOKIE, slug, max_age=365 * 86400, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


def _public_home(request: HttpRequest, slug: str) -> HttpResponse:
    network = or_404(network_for, request.user, slug)
    context = {
        "network": network,
        # For visitors too: the page behind asks them to sign in, and says why when someone may not.
        "is_open": network.join_policy == JoinPolicy.OPEN,
        "topics": latest_public_topics(network, limit=5),
        "sessions": upcoming_for(request.user, network, limit=4),
    }
    return render(request, "portal/network.html", context)
