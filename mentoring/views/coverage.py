"""Where people and what they know are, and where nobody is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mentoring.facets import address_of
from mentoring.map_forms import MapForm
from mentoring.maps import TITLES, drawing, lines
from mentoring.queries.competences import tree
from mentoring.queries.coverage import coverage
from peerhub.people.http import person
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404


@require_safe
@login_required
def map_of_network(request: HttpRequest, slug: str) -> HttpResponse:
    """One page: the map, and the table that says the same; about one competence, when one is chosen."""
    user = person(request)
    network, _membership = or_404(own_network_for, user, slug)
    competences = tree()
    form = MapForm(request.GET, tree=competences)
    found, measure = coverage(user, network, competences, form.chosen), form.measure
    if found.is_narrow and measure == "competences":
        measure = "personnes"
    address = address_of(request.GET)
    titles = {key: title for key, title in TITLES.items() if not (found.is_narrow and key == "competences")}
    context = {
        "network": network,
        "form": form,
        "found": found,
        "measure": measure,
        "measure_title": titles[measure],
        "measures": [(title, address(compter=key), key == measure) for key, title in titles.items()],
        "map": drawing(network, found, measure),
        "lines": lines(network, found),
    }
    return render(request, "mentoring/map.html", context)
