"""One search over everything that the person may see."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.queries.search import PageTooFar, asked_from
from peerhub.portal import queries
from peerhub.portal.search_page import network_asked, search_page
from peerhub.portal.shell import Shell
from peerhub.ui.pagination import page_number


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The parameters are those of `forums.queries.search.PARAMS`: `q` the words, `reseau` a network's slug..."""
    asked = asked_from(request.GET)
    shell = Shell(request, None)
    network = network_asked(request.user, shell, asked.network)
    try:
        found = None if asked.is_empty else queries.search(request.user, network, asked, page_number(request))
    except PageTooFar as error:
        raise Http404 from error
    page = search_page(request.user, shell, asked, network, found)
    return render(request, "portal/search.html", {"shell": shell, "page": page, "found": found})
