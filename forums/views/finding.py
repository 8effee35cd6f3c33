"""Searches that a person keeps."""

from functools import partial
from urllib.parse import parse_qsl

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums.queries import saved_searches as queries
from forums.queries.search import asked_from
from forums.services import saved_searches
from peerhub.notifications.services import mark_read
from peerhub.people.http import person, press
from peerhub.people.models import Network
from peerhub.people.queries import network_for
from peerhub.ui.shortcuts import or_404, see_other


@require_safe
@login_required
def saved_search_list(request: HttpRequest) -> HttpResponse:
    return render(request, "forums/saved_searches.html", {"searches": queries.saved_searches_of(person(request))})


@require_POST
@login_required
def saved_search_create(request: HttpRequest) -> HttpResponse:
    """`query`: the query string of the search page."""
    user, asked = person(request), asked_from(dict(parse_qsl(request.POST.get("query", "")[:2000])))
    try:
        network = network_for(user, asked.network) if asked.network else None
    except Network.DoesNotExist:
        asked, network = asked.without("network"), None
    act = partial(
        saved_searches.save_search,
        user=user,
        asked=asked,
        network=network,
        name=request.POST.get("name", "").replace("\0", ""),
        is_notifying="notify" in request.POST,
    )
    press(request, act, lambda saved: _("La recherche « %(name)s » est gardée.") % {"name": saved.name})
    return see_other("forums:saved-search-list")


@require_safe
@login_required
def saved_search(request: HttpRequest, pk: int) -> HttpResponse:
    """What it finds, the newest first: the search page. What was told of it counts as read."""
    user = person(request)
    saved = or_404(queries.saved_search_for, user, pk)
    mark_read(user=user, streak=f"saved_search.{saved.pk}")
    return redirect(f"/recherche/?{saved.query}&tri=recent")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def saved_search_edit(request: HttpRequest, pk: int) -> HttpResponse:
    saved = or_404(queries.saved_search_for, person(request), pk)
    if request.method == "POST":
        name = request.POST.get("name", "").replace("\0", "")
        saved_searches.change_search(saved=saved, name=name, is_notifying="notify" in request.POST)
        messages.success(request, _("C’est enregistré."))
        return see_other("forums:saved-search-list")
    return render(request, "forums/saved_search_edit.html", {"saved": saved})


@require_POST
@login_required
def saved_search_delete(request: HttpRequest, pk: int) -> HttpResponse:
    saved = or_404(queries.saved_search_for, person(request), pk)
    saved_searches.delete_search(saved=saved)
    messages.success(request, _("La recherche « %(name)s » est supprimée.") % {"name": saved.name})
    return see_other("forums:saved-search-list")
