"""Mentorships: what one has, one of them, its terms, its meetings, and how it goes on."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.accompaniment import accompaniment_of
from mentoring.mentorship_forms import GroupForm, MeetingForm, TermsForm
from mentoring.models import Mentorship
from mentoring.policies.mentorships import (
    MentorshipAbilities,
    asked_peers,
    can_change_terms,
    can_follow,
    can_lead_group,
    can_meet,
    can_propose_group,
    has_agreed,
    others_of,
)
from mentoring.queries import mentorships as queries
from mentoring.queries.open_groups import asks_to_read
from mentoring.services import terms
from mentoring.services.meetings import plan_meeting
from mentoring.services.mentorships import propose_group
from peerhub.notifications.services import mark_read
from peerhub.people.http import allow, person, press, submit
from peerhub.people.limits import require_pace
from peerhub.people.models import User
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404, posted_key, see_other

AGREE = "agree"


@require_safe
@login_required
def mentorships(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    found = queries.mentorships_page(user, network)
    context = {"network": network, "found": found, "can_propose": bool(can_propose_group(membership))}
    return render(request, "mentoring/mentorships.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentorship_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer to accompany a group."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_propose_group(membership))
    form = GroupForm(request.POST if request.method == "POST" else None)

    def propose() -> Mentorship:
        require_pace(user.pk)
        return propose_group(mentor=user, network=network, **form.group())

    made, status = submit(form, propose)
    if made is not None:
        return see_other("mentoring:mentorship-invite", made.pk)
    return render(request, "mentoring/mentorship_new.html", {"network": network, "form": form}, status=status)


@require_safe
@login_required
def mentorship(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = or_404(queries.mentorship_for, user, pk)
    mark_read(user=user, streak=f"mentorship.{found.pk}")
    return render(request, "mentoring/mentorship.html", {**about(user, found), **_around(user, found)})


def about(user: User, found: Mentorship) -> dict[str, Any]:
    """What every page of one mentorship shows of it."""
    return {
        "mentorship": found,
        "network": found.network,
        "line": queries.line_of(user, found),
        "can": MentorshipAbilities.of(user, found),
    }


def _around(user: User, found: Mentorship) -> dict[str, Any]:
    others, known = others_of(user, found), {one.user_id: one for one in asked_peers(found)}
    leads = bool(can_lead_group(user, found))
    return {
        "people": [
            (one, one.pk == found.mentor_id, has_agreed(found, one), leads and not known[one.pk].agreed_number)
            for one in others
        ],
        "awaited": [one for one in others if not has_agreed(found, one)],
        "leads": leads,
        "asks": asks_to_read(found) if leads else [],
        "free_places": found.places - len(known),
        "meetings": queries.meetings_of(user, found),
        "around": accompaniment_of(user, found) if can_follow(user, found) else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentorship_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose other terms; or, from the page of the mentorship, agree to those that are there."""
    user = person(request)
    found = or_404(queries.mentorship_for, user, pk)
    if request.method == "POST" and request.POST.get("act") == AGREE:
        return _agreed(request, user, found)
    allow(can_change_terms(user, found))
    form = TermsForm(request.POST if request.method == "POST" else None, mentorship=found)
    changed, status = submit(form, lambda: terms.change_terms(actor=user, mentorship=found, **form.changes()))
    if changed is not None:
        messages.success(request, _("C’est proposé : les autres sont prévenu·es."))
        return see_other("mentoring:mentorship", found.pk)
    return render(request, "mentoring/mentorship_terms.html", {**about(user, found), "form": form}, status=status)


def _agreed(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    act = partial(terms.agree_terms, actor=user, mentorship=found, number=posted_key(request, "number"))
    press(request, act, _agreed_words)
    return see_other("mentoring:mentorship", found.pk)


def _agreed_words(found: Mentorship) -> str:
    return _("C’est convenu : votre mentorat commence.") if found.is_running else _("Votre accord est noté.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentorship_meet(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a time, which is in everyone's agenda at once."""
    user = person(request)
    found = or_404(queries.mentorship_for, user, pk)
    allow(can_meet(user, found))
    form = MeetingForm(request.POST if request.method == "POST" else None, zone=user.time_zone)
    session, status = submit(form, lambda: plan_meeting(actor=user, mentorship=found, **form.meeting()))
    if session is not None:
        messages.success(request, _("C’est dans vos agendas."))
        return see_other("mentoring:mentorship", found.pk)
    return render(request, "mentoring/mentorship_meet.html", {**about(user, found), "form": form}, status=status)
