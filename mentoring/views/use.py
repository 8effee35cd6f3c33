"""The report of use, for who animates the network."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mentoring.queries.use import Quarter, quarters_told, use_of
from peerhub.people.http import allow, person
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404


@require_safe
@login_required
def use_report(request: HttpRequest, slug: str) -> HttpResponse:
    network, membership = or_404(own_network_for, person(request), slug)
    allow(can_animate(membership))
    quarters = quarters_told(network)
    wanted = request.GET.get("trimestre", "")
    chosen = next((one for one in quarters if one.key == wanted), None) if wanted else next(iter(quarters), None)
    if wanted and chosen is None:
        raise Http404
    context = {
        "network": network,
        "quarters": [(one, _words(one), one == chosen) for one in quarters],
        "report": use_of(network, chosen) if chosen else None,
        "words": _words(chosen) if chosen else "",
    }
    return render(request, "mentoring/use_report.html", context)


def _words(quarter: Quarter) -> str:
    """« juillet à septembre 2026 »."""
    seasons = {
        1: _("janvier à mars %(year)d"),
        2: _("avril à juin %(year)d"),
        3: _("juillet à septembre %(year)d"),
        4: _("octobre à décembre %(year)d"),
    }
    return seasons[quarter.number] % {"year": quarter.year}
