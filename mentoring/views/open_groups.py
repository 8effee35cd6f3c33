"""Open groups of a network: read, and asked to be let in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mentoring.queries.open_groups import open_groups as groups_of
from mentoring.services.open_groups import ask_to_join, take_ask_back
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.limits import may_write
from peerhub.people.models import Membership, User
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404, posted_key, see_other

# What is asked twice before it is done is the name of a field.
TAKE_BACK = "take-back"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def open_groups(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    _network, membership = or_404(own_network_for, user, slug)
    if request.method != "POST":
        return _page(request, membership)
    if not may_write(user.pk):
        return render(request, "429.html", status=429)
    try:
        messages.success(request, _act(request, user, membership))
    except DomainError as refusal:
        return _page(request, membership, status=refusal_status(refusal), refusal=str(refusal))
    return see_other("mentoring:open-groups", slug)


def _act(request: HttpRequest, user: User, membership: Membership) -> str:
    """Of one of the groups that the person is shown."""
    back = posted_key(request, TAKE_BACK)
    shown = {one.mentorship.pk for one in groups_of(membership)}
    key = back or posted_key(request)
    if key not in shown:
        raise DomainError(_("Ce groupe ne prend plus de demandes."))
    if back:
        taken = take_ask_back(user=user, mentorship_id=back)
        return _("Votre demande est retirée.") if taken else _("Cette demande a déjà reçu une réponse.")
    ask_to_join(user=user, mentorship_id=key, number=posted_key(request, "number"))
    return _("Votre demande est envoyée. Seule la personne qui accompagne le groupe la lit.")


def _page(request: HttpRequest, membership: Membership, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context = {"network": membership.network, "groups": groups_of(membership), "refusal": refusal}
    return render(request, "mentoring/open_groups.html", context, status=status)
