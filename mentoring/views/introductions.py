"""Introductions: asking for a meeting each month, and answering the one that is proposed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mentoring.introduction_forms import OtherMomentForm, WishForm
from mentoring.models import Introduction
from mentoring.policies.introductions import awaits, can_answer, can_be_introduced, place_of
from mentoring.queries import introductions as queries
from mentoring.services import introduction_answers as answers
from mentoring.services import introductions as services
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status, submit
from peerhub.people.models import Network, User
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404, see_other

UNKNOWN = 422


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def introductions(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    context: dict[str, Any] = {"network": network, "can_ask": bool(can_be_introduced(membership))}
    if request.method != "POST":
        return _main_page(request, user, network, context)
    act = request.POST.get("act", "")
    if act == "save":
        return _save(request, user, network, context)
    plain = PLAIN_ACTS.get(act)
    if plain is None:
        return _main_page(request, user, network, context, status=UNKNOWN)
    plain(user=user, network=network)
    return see_other("mentoring:introductions", network.slug)


PLAIN_ACTS: dict[str, Callable[..., object]] = {
    "out": services.opt_out,
    "skip": services.skip_month,
    "back": services.skip_no_more,
}


def _save(request: HttpRequest, user: User, network: Network, context: dict[str, Any]) -> HttpResponse:
    form = WishForm(request.POST)
    wish, status = submit(form, lambda: services.opt_in(user=user, network=network, **form.wish()))
    if wish is None:
        return _main_page(request, user, network, context | {"form": form}, status=status)
    messages.success(request, _("C’est noté : vous serez du prochain tirage."))
    return see_other("mentoring:introductions", network.slug)


def _main_page(
    request: HttpRequest, user: User, network: Network, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    found = queries.introductions_page(user, network, timezone.now())
    form = context.get("form") or WishForm.of(found.wish, found.slots)
    return render(request, "mentoring/introductions.html", {**context, "found": found, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def introduction(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = or_404(queries.introduction_for, user, pk)
    if request.method != "POST":
        return _page(request, user, found)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, user, found, status=UNKNOWN)
    try:
        return act(request, user, found)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _page(request, user, or_404(queries.introduction_for, user, pk), status=refusal_status(refusal))


def _page(request: HttpRequest, user: User, found: Introduction, status: int = 200, **more: Any) -> HttpResponse:
    own = place_of(user, found)
    context: dict[str, Any] = {
        "introduction": found,
        "network": found.network,
        "people": queries.people_of(user, found),
        "own": own,
        "awaits_me": awaits(user, found),
        "is_past": found.proposed_at is not None and found.proposed_at < timezone.now() + answers.SOONEST,
        "can_answer": bool(can_answer(user, found)),
    }
    if context["can_answer"]:
        context["moment_form"] = OtherMomentForm(moments=queries.moments_of(found, timezone.now()))
    return render(request, "mentoring/introduction.html", context | more, status=status)


def _accept(request: HttpRequest, user: User, found: Introduction) -> HttpResponse:
    answers.accept(user=user, introduction=found, moment=_moment(request))
    return see_other("mentoring:introduction", found.pk)


def _decline(request: HttpRequest, user: User, found: Introduction) -> HttpResponse:
    answers.decline(user=user, introduction=found)
    messages.success(request, _("C’est noté."))
    return see_other("mentoring:introductions", found.network.slug)


def _move(request: HttpRequest, user: User, found: Introduction) -> HttpResponse:
    form = OtherMomentForm(request.POST, moments=queries.moments_of(found, timezone.now()))
    if not form.is_valid():
        return _page(request, user, found, status=422, moment_form=form)
    answers.propose_moment(user=user, introduction=found, moment=form.cleaned_data["chosen"])
    return see_other("mentoring:introduction", found.pk)


ACTS: dict[str, Callable[[HttpRequest, User, Introduction], HttpResponse]] = {
    "accept": _accept,
    "decline": _decline,
    "move": _move,
}


def _moment(request: HttpRequest) -> datetime:
    """The moment that the person read; of a form that was not made here, one that is none."""
    try:
        moment = parse_datetime(request.POST.get("moment", ""))
    except ValueError:
        moment = None
    return moment if moment is not None and timezone.is_aware(moment) else datetime.min.replace(tzinfo=UTC)
