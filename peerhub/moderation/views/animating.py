"""What the pages of animators begin with."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from peerhub.people.http import person
from peerhub.people.models import Membership, Network, User
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404


def animator_of(request: HttpRequest, slug: str) -> tuple[User, Network, Membership]:
    """The person, the network and the membership by which it is animated; 404 outside of the network, 403 inside."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    if not (verdict := can_animate(membership)):
        raise PermissionDenied(verdict.reason)
    return user, network, membership
