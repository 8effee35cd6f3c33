"""What the directory shows of oneself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mentoring.listing_forms import ListingForm
from mentoring.queries.directory import choices_of
from mentoring.services.listing import choose_listing
from peerhub.people.http import person
from peerhub.people.queries import memberships_of
from peerhub.ui.shortcuts import see_other


@login_required
def my_listing(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ListingForm(request.POST or None, instance=choices_of(user.pk))
    if request.method == "POST" and form.is_valid():
        choose_listing(user=user, **form.cleaned_data)
        messages.success(request, _("L’annuaire montre désormais ce que vous avez choisi."))
        return see_other("mentoring:my-listing")
    context = {"form": form, "networks": [one.network for one in memberships_of(user)]}
    return render(request, "mentoring/my_listing.html", context, status=200 if request.method != "POST" else 422)
