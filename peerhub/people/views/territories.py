"""Suggestions of territories, as one types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peerhub.people.http import person
from peerhub.people.limits import within_limit
from peerhub.people.queries import search_territories

PER_MINUTE = 120


@require_safe
@login_required
def territory_options(request: HttpRequest) -> HttpResponse:
    """The options of a `<datalist>`, for the words of `q` (or of the field itself: `territory`)."""
    if not within_limit("territories", person(request).pk, times=PER_MINUTE, seconds=60):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    words = request.GET.get("q", request.GET.get("territory", ""))[:180]
    context = {"territories": search_territories(words, limit=12)}
    response = render(request, "people/_territory_options.html", context)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
