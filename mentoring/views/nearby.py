"""Territories like mine."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from mentoring.queries.nearby import nearby, territory_with_traits
from mentoring.reason_lines import lines_of
from peerhub.people.fields import TerritoryField
from peerhub.people.http import person
from peerhub.people.models import Territory
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404


class NearbyForm(forms.Form):
    """Another territory than one's own, as it is typed."""

    territoire = TerritoryField(label=_lazy("Comparer avec"), required=False)


def _number(territory: Territory | None) -> str:
    """Its inhabitants, in groups of three digits."""
    return number_format(territory.population, force_grouping=True) if territory and territory.population else ""


@require_safe
@login_required
def nearby_territories(request: HttpRequest, slug: str) -> HttpResponse:
    """Where peers live a situation like mine, and why it is alike."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    own_id = membership.affiliation.territory_id if membership.affiliation else None
    form = NearbyForm(request.GET or None)
    valid = not form.is_bound or form.is_valid()
    asked = form.cleaned_data["territoire"] if form.is_bound and valid else None
    wanted = asked.pk if asked else own_id
    mine = territory_with_traits(wanted) if wanted and valid else None
    found = nearby(user, network, mine) if mine else []
    context = {
        "network": network,
        "form": form,
        "mine": mine,
        "is_own": wanted == own_id,
        "population": _number(mine),
        "found": [
            (one, _number(one.territory), [line for why in one.likeness.reasons for line in lines_of([why], {})])
            for one in found
        ],
    }
    return render(request, "mentoring/nearby.html", context, status=200 if valid else 422)
