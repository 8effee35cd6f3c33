"""The tree of competences as members of a network read it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.curating_forms import ProposalForm
from mentoring.directory import matching_competences
from mentoring.policies.curating import can_curate, can_propose
from mentoring.queries import competences as queries
from mentoring.queries.competence_pages import competence_page, families_in
from mentoring.queries.curating import animates, own_proposals
from mentoring.services.proposals import propose_competence
from peerhub.people.http import person, submit
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def competences(request: HttpRequest, slug: str) -> HttpResponse:
    """What people know here, family by family or by words; a POST proposes what is missing."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    tree = queries.tree()
    form = ProposalForm(request.POST if request.method == "POST" else None, tree=tree)
    made, status = submit(form, lambda: propose_competence(author=user, network=network, **form.cleaned_data))
    if made is not None:
        messages.success(request, _("Merci : les personnes qui animent le réseau vous répondront."))
        return see_other("mentoring:competences", slug)
    words = request.GET.get("q", "").strip()[:100]
    found = {one.pk for one in matching_competences(words, tree)}
    families = families_in(network, tree)
    context = {
        "network": network,
        "words": words,
        "found": [one for family in families for one in family.competences if one.competence.pk in found],
        "families": families,
        "form": form,
        "can_propose": bool(can_propose(membership)),
        "can_curate": bool(can_curate(user, animates=membership.is_animator or animates(user))),
        "own": own_proposals(user, network),
    }
    return render(request, "mentoring/competences.html", context, status=status)


@require_safe
@login_required
def competence(request: HttpRequest, slug: str, competence: str) -> HttpResponse:
    """One competence or family: who offers it, what is in it, who supports it. A merged one leads to the other."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    one = or_404(queries.competence_by_slug, competence)
    if one.merged_into_id:
        return see_other("mentoring:competence", slug, or_404(queries.became_of, one).slug)
    context = {
        "network": network,
        "competence": one,
        "page": competence_page(user, network, one),
        "is_mine": queries.declaration_of(user, one) is not None,
        "can_curate": bool(can_curate(user, animates=membership.is_animator or animates(user))),
    }
    return render(request, "mentoring/competence.html", context)
