"""« Ma disponibilité »: what one can give, when one is away, and with whom one is never brought together."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mentoring.availability_forms import AbsenceForm, AvailabilityForm, PersonForm
from mentoring.limits import count_words
from mentoring.models import DirectoryEntry
from mentoring.queries import profiles as queries
from mentoring.queries.directory import person_seen
from mentoring.services import profiles as services
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status, submit
from peerhub.people.models import User
from peerhub.ui.shortcuts import or_404, posted_key, see_other

Act = Callable[[HttpRequest, User], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_availability(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method != "POST":
        return _page(request, user)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, user, status=422)
    try:
        return act(request, user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _page(request, user, status=refusal_status(refusal))


def _page(request: HttpRequest, user: User, status: int = 200, **more: Any) -> HttpResponse:
    mine = queries.availability_of(user)
    forms_ = {"form": AvailabilityForm.of(mine.profile), "absence_form": AbsenceForm(), "person_form": PersonForm()}
    return render(request, "mentoring/my_availability.html", {"mine": mine, **forms_, **more}, status=status)


def _done(where: str) -> HttpResponse:
    return see_other(reverse("mentoring:my-availability") + where)


def _save(request: HttpRequest, user: User) -> HttpResponse:
    form = AvailabilityForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form=form, status=422)
    services.save_availability(user=user, fields=form.cleaned_data)
    messages.success(request, _("C’est noté."))
    return _done("")


def _absence(request: HttpRequest, user: User) -> HttpResponse:
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return _page(request, user, absence_form=form, status=422)
    services.add_absence(user=user, **form.cleaned_data)
    return _done("#absences")


def _absence_drop(request: HttpRequest, user: User) -> HttpResponse:
    services.drop_absence(user=user, pk=posted_key(request))
    return _done("#absences")


def _find(request: HttpRequest, user: User) -> HttpResponse:
    """A POST: the name of somebody whom one keeps away stands in no address, hence in no log."""
    form = PersonForm(request.POST)
    found, status = submit(form, lambda: _named(user, form.cleaned_data["words"]))
    if found is None:
        return _page(request, user, person_form=form, status=status)
    return _page(request, user, person_form=form, found=found, has_searched=True)


def _named(user: User, words: str) -> list[DirectoryEntry]:
    count_words(user)
    return queries.people_named(user, words)


def _apart(request: HttpRequest, user: User) -> HttpResponse:
    services.keep_apart(user=user, other=or_404(person_seen, user, None, posted_key(request)))
    return _done("#personnes")


def _apart_drop(request: HttpRequest, user: User) -> HttpResponse:
    services.allow_near(user=user, other_id=posted_key(request))
    return _done("#personnes")


def _link(request: HttpRequest, user: User) -> HttpResponse:
    other = or_404(person_seen, user, None, posted_key(request))
    services.declare_link(user=user, other=other, other_is_senior=request.POST.get("act") == "senior")
    return _done("#personnes")


def _link_end(request: HttpRequest, user: User) -> HttpResponse:
    services.end_link(user=user, pk=posted_key(request))
    return _done("#personnes")


ACTS: dict[str, Act] = {
    "save": _save,
    "absence": _absence,
    "absence-drop": _absence_drop,
    "find": _find,
    "apart": _apart,
    "apart-drop": _apart_drop,
    "senior": _link,
    "junior": _link,
    "link-end": _link_end,
}
