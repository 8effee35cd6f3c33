"""How a mentorship goes on, and who is asked into a group."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mentoring.availability_forms import PersonForm
from mentoring.limits import count_invitation, count_words
from mentoring.mentorship_forms import LeaveForm, PauseForm
from mentoring.models import DirectoryEntry, Mentorship, Need
from mentoring.policies.mentorships import can_invite, can_leave, can_look_again, peer_of
from mentoring.queries import mentorships as queries
from mentoring.queries.directory import person_seen
from mentoring.services import mentorship_course as services
from mentoring.services.mentorships import invite_peer, withdraw_invitation
from mentoring.services.open_groups import answer_ask, set_open
from mentoring.views.mentorships import about
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, refusal_status, submit
from peerhub.people.models import User
from peerhub.ui.shortcuts import or_404, posted_key, see_other

Act = Callable[[HttpRequest, User, Mentorship], HttpResponse]
# What is asked twice before it is done is the name of a field.
WITHDRAW, REFUSE = "withdraw", "refuse"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentorship_course(request: HttpRequest, pk: int) -> HttpResponse:
    """Put off, pause, resume, end, leave, look for somebody else, take an invitation back: one act at a time."""
    user = person(request)
    found = or_404(queries.mentorship_for, user, pk)
    if request.method != "POST":
        allow(can_leave(user, found) or can_look_again(user, found))
        return _page(request, user, found)
    sure = next((name for name in (WITHDRAW, REFUSE) if name in request.POST), "")
    act = ACTS.get(request.POST.get("act", sure))
    if act is None:
        return _page(request, user, found, status=422)
    try:
        return act(request, user, found)
    except DomainError as refusal:
        return _page(request, user, found, status=refusal_status(refusal), refusal=str(refusal))


def _page(request: HttpRequest, user: User, found: Mentorship, status: int = 200, **more: Any) -> HttpResponse:
    is_peer = peer_of(found, user) is not None
    context = {
        **about(user, found),
        "pause_form": PauseForm(),
        "leave_form": LeaveForm(is_peer=is_peer),
        "is_peer": is_peer,
        **more,
    }
    return render(request, "mentoring/mentorship_course.html", context, status=status)


def _pause(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, user, found, status=422, pause_form=form)
    paused = services.pause(actor=user, mentorship=found, until=form.cleaned_data["until"])
    day = date_format(paused.paused_until, "j F Y") if paused.paused_until else ""
    messages.success(request, _("C’est en pause jusqu’au %(day)s. La place reste gardée.") % {"day": day})
    return see_other("mentoring:mentorship", found.pk)


def _resume(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    services.resume(actor=user, mentorship=found)
    messages.success(request, _("C’est reparti."))
    return see_other("mentoring:mentorship", found.pk)


def _end(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    services.end(actor=user, mentorship=found)
    messages.success(request, _("C’est terminé. Votre conversation et vos notes vous restent."))
    return see_other("mentoring:mentorship", found.pk)


def _leave(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _page(request, user, found, status=422)
    was_peer = peer_of(found, user) is not None
    services.leave(actor=user, mentorship=found)
    if was_peer and form.cleaned_data["looks_again"]:
        return _to_need(services.look_again(actor=user, mentorship=found, token=form.cleaned_data["token"]))
    messages.success(request, _("C’est noté. Personne ne vous demandera pourquoi."))
    return see_other("mentoring:mentorships", found.network.slug)


def _look_again(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _page(request, user, found, status=422)
    return _to_need(services.look_again(actor=user, mentorship=found, token=form.cleaned_data["token"]))


def _withdraw(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    if withdraw_invitation(mentor=user, mentorship=found, peer_id=posted_key(request, WITHDRAW)):
        messages.success(request, _("L’invitation est retirée, et la place est libre."))
    else:
        messages.info(request, _("Cette personne a répondu entre-temps."))
    return see_other("mentoring:mentorship", found.pk)


def _open(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    set_open(mentor=user, mentorship=found, is_open=True)
    messages.success(request, _("Le groupe est ouvert : le réseau peut demander à le rejoindre."))
    return see_other("mentoring:mentorship", found.pk)


def _shut(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    set_open(mentor=user, mentorship=found, is_open=False)
    messages.success(request, _("Le groupe ne prend plus de demandes, et n’est plus montré au réseau."))
    return see_other("mentoring:mentorship", found.pk)


def _accept_ask(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    answer_ask(mentor=user, mentorship=found, user_id=posted_key(request), is_accepted=True)
    messages.success(request, _("C’est noté : cette personne est dans le groupe."))
    return see_other("mentoring:mentorship", found.pk)


def _refuse_ask(request: HttpRequest, user: User, found: Mentorship) -> HttpResponse:
    answer_ask(mentor=user, mentorship=found, user_id=posted_key(request, REFUSE), is_accepted=False)
    messages.success(request, _("C’est noté. Aucune raison n’est dite."))
    return see_other("mentoring:mentorship", found.pk)


def _to_need(need: Need) -> HttpResponse:
    return see_other("mentoring:need-edit" if need.is_draft else "mentoring:need", need.pk)


ACTS: dict[str, Act] = {
    "pause": _pause,
    "resume": _resume,
    "end": _end,
    "leave": _leave,
    "again": _look_again,
    WITHDRAW: _withdraw,
    "open": _open,
    "shut": _shut,
    "accept-ask": _accept_ask,
    REFUSE: _refuse_ask,
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentorship_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask people into a group, by name. A POST, the search too: names stand in no address, hence in no log."""
    user = person(request)
    found = or_404(queries.mentorship_for, user, pk)
    allow(can_invite(user, found))
    context, status = {**about(user, found), "form": PersonForm()}, 200
    is_invited = request.POST.get("act") == "invite"
    if request.method == "POST" and is_invited:
        peer = or_404(person_seen, user, found.network_id, posted_key(request))
        try:
            count_invitation(user)
            invite_peer(mentor=user, mentorship=found, peer=peer)
            messages.success(request, _("L’invitation est envoyée à %(name)s.") % {"name": peer.full_name})
            return see_other("mentoring:mentorship", found.pk)
        except DomainError as refusal:
            context["refusal"], status = str(refusal), refusal_status(refusal)
    elif request.method == "POST":
        form = context["form"] = PersonForm(request.POST)
        entries, status = submit(form, lambda: _named(user, found, form.cleaned_data["words"]))
        if entries is not None:
            context |= {"entries": entries, "has_searched": True}
            status = 200
    return render(request, "mentoring/mentorship_invite.html", context, status=status)


def _named(user: User, group: Mentorship, words: str) -> list[DirectoryEntry]:
    count_words(user)
    return queries.people_to_invite(user, group, words)
