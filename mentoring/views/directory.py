"""The directory of a network, and a person's page in it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mentoring.directory_words import order_line
from mentoring.exports import csv_of
from mentoring.facets import address_of, facets_of
from mentoring.forms import BY_NAME, DirectoryForm
from mentoring.limits import may_complete, may_export, may_open_profile, may_search
from mentoring.policies.directory import can_export
from mentoring.policies.needs import can_look_for_help
from mentoring.queries import directory as queries
from mentoring.queries.accompaniment import public_thanks_of
from mentoring.queries.completion import completion_for
from mentoring.queries.exports import EXPORT_MOST, exported_people
from mentoring.queries.solicitations import says_no_room
from mentoring.queries.traces import traces_of
from mentoring.services.exports import note_export
from peerhub.people.http import allow, person
from peerhub.people.queries import categories, own_network_for, territories_by_id
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404

# What the search form carries along: the facets that were chosen.
KEPT = ("competence", "categorie", "strate", "organisation", "appui", "langue", "aide", "dispo", "tri")


@require_safe
@login_required
def directory(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    number = page_number(request)
    if not may_search(user, number):
        return render(request, "429.html", status=429)
    form = DirectoryForm(request.GET)
    valid = form.is_valid()
    search, mine = form.search(), queries.own_entry(membership)
    try:
        found = queries.directory_page(network, search, number, mine=mine, is_by_name=form.is_by_name)
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
        "available_number": found.facets.of("available").get("1", 0),
        "available_href": address(dispo="" if search.available else "1"),
        "order": order_line(found.order),
        "is_by_name": form.is_by_name,
        "order_href": address(tri="" if form.is_by_name else BY_NAME),
        "export_most": EXPORT_MOST if can_export(membership) else 0,
        "query": request.GET.urlencode(),
    }
    return render(request, "mentoring/directory.html", context, status=200 if valid else 422)


@require_safe
@login_required
def word_options(request: HttpRequest, slug: str) -> HttpResponse:
    """The options of a `<datalist>`, for the beginning of a word."""
    user = person(request)
    network, _membership = or_404(own_network_for, user, slug)
    if not may_complete(user):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    found = completion_for(user, network, request.GET.get("q", "")[:100])
    response = render(request, "mentoring/_word_options.html", {"found": found})
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@require_POST
@login_required
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The people that the search of the address finds, as a file: for those who animate the network, and noted."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_export(membership))
    if not may_export(user):
        return render(request, "429.html", status=429)
    form = DirectoryForm(request.GET)
    form.is_valid()
    search = form.search()
    people = exported_people(network, search)
    note_export(animator=membership, rows=len(people), filters=search.filters)
    name = f"annuaire-{network.slug}-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(csv_of(people), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@login_required
def profile(request: HttpRequest, slug: str, user_pk: int) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    is_me = user_pk == user.pk
    if not is_me and not may_open_profile(user):
        return render(request, "429.html", status=429)
    entry = queries.own_profile(membership) if is_me else or_404(queries.entry_for, user, network, user_pk)
    context: dict[str, Any] = {
        "network": network,
        "entry": entry,
        "is_me": is_me,
        "choices": queries.choices_of(user_pk),
    }
    if not is_me:
        verdict = can_look_for_help(membership)
        context |= {"can_ask": bool(verdict), "no_room": bool(verdict) and says_no_room(context["choices"])}
    context["traces"] = traces_of(user, user_pk, entry.declared)
    context["thanks"] = public_thanks_of(user, user_pk)
    return render(request, "mentoring/profile.html", context)
