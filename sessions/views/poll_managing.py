"""Date polls as their animators run them: opening, editing, slots, guests, chasing, choosing the date."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peerhub.people.errors import DomainError
from peerhub.people.http import DONE, INVALID, allow, person, press, refusal_status, submit
from peerhub.people.models import User
from peerhub.people.queries import membership_for, network_for
from peerhub.ui.shortcuts import integer, or_404, see_other
from peerhub.ui.times import zone_label
from sessions import when
from sessions.models import DatePoll
from sessions.policies.polls import can_choose_slot, can_create_poll, can_manage_poll
from sessions.poll_forms import MORE, GuestForm, PollForm, SlotsForm
from sessions.queries import polls as queries
from sessions.queries.circles import told_apart
from sessions.services import poll_closing, poll_guests, polls


@require_http_methods(["GET", "POST"])
@login_required
def poll_create(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network = or_404(network_for, user, slug)
    allow(can_create_poll(membership_for(user, network), network))
    wants_more, circles = MORE in request.POST, queries.circles_for_polls(user, network)
    form = PollForm(
        request.POST if request.method == "POST" and not wants_more else None,
        circles=circles,
        apart=told_apart(user, circles),
        programmes=queries.programmes_for_polls(user, network),
        initial=request.POST.dict() if wants_more else {"time_zone": user.time_zone, **_asked_for(request)},
    )
    slots = SlotsForm(request.POST if request.method == "POST" else None)

    def act() -> DatePoll:
        asked = {"circle": form.cleaned_data["circle"], **form.values()}
        return polls.create_poll(author=user, network=network, days=slots.days(), hours=slots.hours(), **asked)

    poll, status = submit(slots, act, beside=[form], refused=INVALID)
    if poll is not None:
        messages.success(request, _("Le sondage est ouvert : les personnes à qui il s’adresse sont prévenues."))
        return see_other(poll)
    context = {"network": network, "form": form, "slots": slots}
    return render(request, "sessions/poll_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def poll_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    poll = _to_manage(user, pk)
    programmes = queries.programmes_for_polls(user, poll.network)
    data = request.POST if request.method == "POST" else None
    form = PollForm(data, poll=poll, programmes=programmes, quorums=queries.quorums_of(poll))
    edited, status = submit(form, lambda: polls.edit_poll(actor=user, poll=poll, **form.values()), refused=INVALID)
    if edited is not None:
        messages.success(request, _("Le sondage est enregistré. Les réponses sont gardées."))
        return see_other(poll)
    context = {"network": poll.network, "poll": poll, "form": form, "zone_there": zone_label(poll.time_zone)}
    return render(request, "sessions/poll_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def poll_slots(request: HttpRequest, pk: int) -> HttpResponse:
    """Proposing more slots, proposing some no more, and again."""
    user = person(request)
    poll = _to_manage(user, pk)
    for name, verb, words in (
        ("remove", polls.remove_slot, _("Ce créneau n’est plus proposé. Ses réponses sont gardées.")),
        ("restore", polls.restore_slot, _("Ce créneau est de nouveau proposé, avec les réponses qu’il avait.")),
    ):
        if name in request.POST:
            press(request, partial(verb, actor=user, poll=poll, slot_id=_key(request, name)), words)
            return see_other("sessions:poll-slots", pk)
    form = SlotsForm(request.POST if request.method == "POST" else None)
    _none, status = submit(
        form,
        lambda: polls.add_slots(actor=user, poll=poll, days=form.days(), hours=form.hours()),
        refused=INVALID,
    )
    if status == DONE:
        words = _("Les créneaux sont ajoutés. Relancez les personnes qui avaient déjà répondu aux autres.")
        messages.success(request, words)
        return see_other("sessions:poll-slots", pk)
    zone = poll.time_zone
    slots = [(slot, when.span(slot.starts_at, slot.ends_at, zone)) for slot in queries.all_slots(poll)]
    context = {"network": poll.network, "poll": poll, "slots": form, "all_slots": slots, "zone_there": zone_label(zone)}
    return render(request, "sessions/poll_slots.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def poll_guests_page(request: HttpRequest, pk: int) -> HttpResponse:
    """People without an account: asked by a signed link that leaves by mail."""
    user = person(request)
    poll = _to_manage(user, pk)
    for name, verb, words in (
        ("remove", poll_guests.remove_guest, _("Cette personne n’est plus invitée : son lien ne répond plus.")),
        ("renew", poll_guests.renew_link, _("Un nouveau lien part par e-mail : l’ancien ne répond plus.")),
    ):
        if name in request.POST:
            press(request, partial(verb, actor=user, poll=poll, guest_id=_key(request, name)), words)
            return see_other("sessions:poll-guests", pk)
    form = GuestForm(request.POST if request.method == "POST" else None)
    _none, status = submit(
        form, lambda: poll_guests.add_guest(actor=user, poll=poll, **form.cleaned_data), refused=INVALID
    )
    if status == DONE:
        messages.success(request, _("L’invitation part par e-mail."))
        return see_other("sessions:poll-guests", pk)
    context = {"network": poll.network, "poll": poll, "form": form, "guests": queries.guests_of(poll)}
    return render(request, "sessions/poll_guests.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def poll_close(request: HttpRequest, pk: int, slot_pk: int) -> HttpResponse:
    """A page that says what will happen, then the act. The second press of a double click finds the session made."""
    user = person(request)
    poll = or_404(queries.poll_for, user, pk)
    if poll.session and poll.chosen_slot_id == slot_pk:
        return see_other(poll.session)
    allow(can_choose_slot(membership_for(user, poll.network), poll))
    refusal, status = "", 200
    if request.method == "POST":
        try:
            session = poll_closing.close_on(actor=user, poll=poll, slot_id=slot_pk)
        except DomainError as error:
            refusal, status = str(error), refusal_status(error)
        else:
            messages.success(request, _("La date est choisie : la séance existe, et tout le monde est prévenu."))
            return see_other(session)
    slots = queries.live_slots(poll)
    results = queries.answers_to(poll, slots).results or []
    chosen = or_404(queries.result_of, results, slot_pk)
    zone = timezone.get_current_timezone_name()
    span = when.span(chosen.slot.starts_at, chosen.slot.ends_at, zone)
    context = {"network": poll.network, "poll": poll, "chosen": chosen, "span": span, "refusal": refusal}
    return render(request, "sessions/poll_close.html", context, status=status)


@require_POST
@login_required
def poll_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Chasing, taking no more answers, giving up: `act` of the form says which."""
    user = person(request)
    poll = _to_manage(user, pk)
    acts = {
        "chase": (polls.chase, _("Les personnes sans réponse sont relancées.")),
        "end": (polls.end_answers, _("On ne répond plus : choisissez la date.")),
        "cancel": (polls.cancel_poll, _("Le sondage est abandonné ; celles et ceux qui ont répondu sont prévenus.")),
    }
    if request.POST.get("act") in acts:
        verb, words = acts[request.POST["act"]]
        press(request, partial(verb, actor=user, poll=poll), words)
    return see_other(poll)


def _asked_for(request: HttpRequest) -> dict[str, int]:
    """The programme whose page led here (`?parcours=`)."""
    programme = integer(request.GET.get("parcours", ""))
    return {} if programme is None else {"programme": programme}


def _to_manage(user: User, pk: int) -> DatePoll:
    poll = or_404(queries.poll_for, user, pk)
    allow(can_manage_poll(membership_for(user, poll.network), poll))
    return poll


def _key(request: HttpRequest, name: str) -> int:
    """The key of the line whose button was pressed; 404 for what no button says."""
    key = integer(request.POST[name])
    if key is None:
        raise Http404
    return key
