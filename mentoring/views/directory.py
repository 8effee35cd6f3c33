"""The directory of a network, and a person's page in it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mentoring.facets import address_of, facets_of
from mentoring.forms import DirectoryForm
from mentoring.queries import directory as queries
from mentoring.queries.traces import traces_of
from peerhub.people.http import person
from peerhub.people.queries import categories, own_network_for, territories_by_id
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404

# What the search form carries along: the facets that were chosen.
KEPT = ("competence", "categorie", "strate", "organisation", "aide")


@require_safe
@login_required
def directory(request: HttpRequest, slug: str) -> HttpResponse:
    network, _membership = or_404(own_network_for, person(request), slug)
    form = DirectoryForm(request.GET)
    valid = form.is_valid()
    search = form.search()
    try:
        found = queries.directory_page(network, search, page_number(request))
    except queries.PageTooFar as too_far:
        raise Http404 from too_far
    address = address_of(request.GET)
    places = {**found.facets.of("territory"), **found.facets.of("departement")}
    context = {
        "network": network,
        "search": search,
        "form": form,
        "page": found.page,
        "total": found.facets.total,
        "matched": [(one, address(q="", competence=one.slug)) for one in found.matched[:6]],
        "facets": facets_of(found, search, address, categories(), territories_by_id(int(pk) for pk in places)),
        "kept": [(key, request.GET[key]) for key in KEPT if request.GET.get(key)],
        "candidates": [(one, address(territoire=one.address)) for one in form.candidates],
        "help_number": found.facets.of("can_help").get("1", 0),
        "help_href": address(aide="" if search.can_help else "1"),
    }
    return render(request, "mentoring/directory.html", context, status=200 if valid else 422)


@require_safe
@login_required
def profile(request: HttpRequest, slug: str, user_pk: int) -> HttpResponse:
    user = person(request)
    network, _membership = or_404(own_network_for, user, slug)
    entry = or_404(queries.entry_for, user, network, user_pk)
    context = {"network": network, "entry": entry, "is_me": entry.user_id == user.pk}
    context["traces"] = traces_of(user, user_pk, entry.declared)
    return render(request, "mentoring/profile.html", context)
