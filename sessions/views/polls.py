"""Date polls as those who are asked see them: the list, the page that answers, for somebody, as a guest."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.limits import within_limit
from peerhub.people.models import User
from peerhub.people.queries import membership_for, network_for
from peerhub.ui.shortcuts import or_404, see_other
from peerhub.ui.times import zone_label
from sessions import when
from sessions.models import DatePoll, PollGuest
from sessions.policies.polls import can_answer, can_create_poll, poll_abilities
from sessions.poll_forms import AnswerForm
from sessions.queries import polls as queries
from sessions.services import poll_answers, poll_guests

GUEST_TRIES = 20


@require_safe
@login_required
def poll_list(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network = or_404(network_for, user, slug)
    membership = membership_for(user, network)
    context = {
        "network": network,
        "polls": queries.polls_of(user, network),
        "for_others": queries.polls_for_others(user, network),
        "can_create": can_create_poll(membership, network),
    }
    return render(request, "sessions/poll_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def poll_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows; POST answers every slot."""
    user = person(request)
    poll = or_404(queries.poll_for, user, pk)
    slots = queries.live_slots(poll)
    form = AnswerForm(request.POST or None, slots=slots, choices=queries.choices_of(poll, user=user))
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                poll_answers.answer(user=user, poll=poll, choices=form.choices())
            except DomainError as error:
                refusal, status = str(error), refusal_status(error)
            else:
                words = _("Vos réponses sont enregistrées. Vous pouvez les changer tant que le sondage est ouvert.")
                messages.success(request, words)
                return see_other(poll)
    else:
        mark_read(user=user, streak=f"poll.{poll.pk}")
    return render(request, "sessions/poll.html", {**page_context(user, poll, form), "refusal": refusal}, status=status)


def page_context(user: User, poll: DatePoll, form: AnswerForm) -> dict[str, Any]:
    """What the page of a poll shows to this person now."""
    now = timezone.now()
    can = poll_abilities(membership_for(user, poll.network), poll, now)
    answers = queries.answers_to(poll, list(form.slots), now)
    base = _answering(poll, form)
    spans = {line["slot"].pk: line["span"] for line in base["lines"]}
    return {
        **base,
        "results": [{"one": one, "span": spans[one.slot.pk]} for one in answers.results or []],
        "network": poll.network,
        "can": can,
        "answers": answers,
        "is_shown": answers.results is not None,
        "shows_names": answers.asked_count <= queries.NAMED_AT_MOST,
        "silent": answers.silent if can.animate and poll.shows_answers(now) else [],
        "has_answered": bool(form.slots) and all(field.initial for field in form.fields.values()),
        "principals": queries.principals_in(user, poll) if can.answer else [],
        "takes_answers": poll.takes_answers(now),
        "programme": queries.programme_of(user, poll),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def poll_answer_for(request: HttpRequest, pk: int, principal_pk: int) -> HttpResponse:
    """A delegate's page: the slots and what was answered for the principal, nothing of the others."""
    user = person(request)
    poll, principal = or_404(queries.delegated_poll_for, user, pk, principal_pk)
    form = AnswerForm(
        request.POST or None, slots=queries.live_slots(poll), choices=queries.choices_of(poll, user=principal)
    )
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                poll_answers.answer_for(delegate=user, principal=principal, poll=poll, choices=form.choices())
            except DomainError as error:
                refusal, status = str(error), refusal_status(error)
            else:
                saved = _("Les réponses de %(name)s sont enregistrées, avec votre nom à côté.")
                messages.success(request, saved % {"name": principal.full_name})
                return see_other(request.path)
    else:
        mark_read(user=user, streak=f"poll.{poll.pk}")
    context = {**_answering(poll, form), "network": poll.network, "principal": principal, "refusal": refusal}
    return render(request, "sessions/poll_for.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def poll_guest(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's page. The signed address is the key; GET never acts, since programs open the links of mails."""
    guest = or_404(poll_guests.guest_of_token, token)
    poll = guest.poll
    form = AnswerForm(
        request.POST or None, slots=queries.live_slots(poll), choices=queries.choices_of(poll, guest=guest)
    )
    state, status = "", 200
    if request.method == "POST":
        state, status = _guest_act(request, guest, form)
    context = {**_answering(poll, form), "guest": guest, "state": state}
    response = render(request, "sessions/poll_guest.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _guest_act(request: HttpRequest, guest: PollGuest, form: AnswerForm) -> tuple[str, int]:
    """What became of a guest's button: a word that the page puts into a sentence, and the status."""
    if not within_limit("poll-guest", guest.pk, times=GUEST_TRIES, seconds=60):
        return "limited", 429
    if "leave" in request.POST:
        poll_guests.leave_as_guest(guest=guest)
        return "left", 200
    if not form.is_valid():
        return "", 422
    try:
        poll_answers.answer_as_guest(guest=guest, choices=form.choices())
    except DomainError as error:
        return "refused", refusal_status(error)
    return "saved", 200


def _answering(poll: DatePoll, form: AnswerForm) -> dict[str, Any]:
    """What every page with slots shows: the hours in the viewer's zone, and in the poll's when they differ."""
    zone = timezone.get_current_timezone_name()
    return {
        "poll": poll,
        "form": form,
        "lines": [
            {
                "field": field,
                "slot": slot,
                "span": when.span(slot.starts_at, slot.ends_at, zone),
                "there": ""
                if when.agree(slot.starts_at, zone, poll.time_zone)
                else when.span(slot.starts_at, slot.ends_at, poll.time_zone),
            }
            for slot, field in form.slot_fields
        ],
        "zone_there": zone_label(poll.time_zone),
        "can_answer": can_answer(poll),
    }
