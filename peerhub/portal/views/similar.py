"""While a title is typed: topics like it, and peers who can help. A fragment, for members of the network."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.queries.similar import similar_topics
from mentoring.suggestions import peers_for
from peerhub.people.http import sign_in_if_absent
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404

TITLE_MAX_LENGTH = 160
# Sooner, each letter would bring other topics.
TITLE_MIN_LENGTH = 6


@require_safe
@sign_in_if_absent
def similar(request: HttpRequest, slug: str) -> HttpResponse:
    """`q`, or `title` as the field of the form is called: what is typed so far."""
    network, _membership = or_404(own_network_for, request.user, slug)
    typed = request.GET.get("q") or request.GET.get("title") or ""
    title = " ".join(typed.replace("\0", "").split())[:TITLE_MAX_LENGTH]
    is_enough = len(title) >= TITLE_MIN_LENGTH
    context = {
        "topics": similar_topics(request.user, network, title) if is_enough else [],
        "peers": peers_for(request.user, network, title) if is_enough else [],
        "network": network,
    }
    response = render(request, "forums/_similar.html", context)
    response["Cache-Control"] = "private, max-age=60"
    return response
