"""One search over everything that the person may see."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peerhub.portal import queries
from peerhub.portal.shell import Shell

QUERY_MAX_LENGTH = 200
MINUSES = re.compile(r"-(?:\s*-)+")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`q`: the words; `reseau`: a network's slug, to search there alone."""
    # PostgreSQL nests each further minus, and fails past some thirty.
    words = MINUSES.sub("-", request.GET.get("q", "")).strip()[:QUERY_MAX_LENGTH]
    shell = Shell(request, None)
    membership = shell.membership_in(request.GET.get("reseau", ""))
    network = membership.network if membership else None
    context = {
        "shell": shell,
        "words": words,
        "network_chosen": network,
        "found": queries.search(request.user, network, words) if words else None,
    }
    return render(request, "portal/search.html", context)
