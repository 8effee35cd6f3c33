"""Planning a peer day: proposing it, its board edited in place, its invitations read before they leave."""

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.people.errors import DomainError
from peerhub.people.http import DONE, INVALID, allow, person, refusal_status, submit
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import integer, or_404, see_other
from sessions.models import PeerDay
from sessions.policies.programmes import can_run_programmes
from sessions.programme_forms import ChaseForm, PeerDayForm, SlotForm
from sessions.queries import invitations
from sessions.queries import peer_days as queries
from sessions.queries.programmes import categories_by_people
from sessions.queries.sessions import may_read
from sessions.rehearsal import Letter, rehearse
from sessions.services import peer_days as services
from sessions.views.programmes import runnable_programme

# A mail shown inside a page: nothing runs or loads in it.
_MAIL_POLICY: dict[str, list[str]] = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [],
}


def plannable_day(request: HttpRequest, pk: int) -> PeerDay:
    """404 for who does not see its programme, 403 for who does not run it."""
    day = or_404(queries.peer_day_for, person(request), pk)
    network = day.programme.network
    allow(can_run_programmes(membership_for(request.user, network), network))
    return day


@require_http_methods(["GET", "POST"])
@login_required
def peer_day_create(request: HttpRequest, pk: int) -> HttpResponse:
    programme = runnable_programme(request, pk)
    counts = categories_by_people(programme)
    present = [one.category.slug for one in counts if one.count]
    form = PeerDayForm(request.POST or None, initial={"categories": present[:3]})

    def act() -> PeerDay:
        wanted = {**form.cleaned_data, "categories": list(form.cleaned_data["categories"])}
        return services.create_peer_day(author=person(request), programme=programme, **wanted)

    day, status = submit(form, act, refused=INVALID)
    if day is not None:
        messages.success(request, _("Voici une proposition : personne n’est prévenu tant que vous n’invitez pas."))
        return see_other(day)
    context = {"network": programme.network, "programme": programme, "form": form, "counts": counts}
    return render(request, "sessions/peer_day_form.html", context, status=status)


@require_safe
@login_required
def peer_day_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _board(request, plannable_day(request, pk))


@require_http_methods(["GET", "POST"])
@login_required
def slot_edit(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """POST changes one session of the board; GET comes back to it."""
    day = plannable_day(request, pk)
    slot = or_404(queries.slot_for, day, session)
    if request.method != "POST":
        return see_other(day)
    is_readable = slot.is_draft or may_read(request.user, slot)
    people = queries.possible_facilitators(day.programme.network, slot.facilitators.values_list("pk", flat=True))
    form = SlotForm(request.POST, session=slot, people=people, is_readable=is_readable)
    _none, status = submit(
        form,
        lambda: services.edit_slot(actor=person(request), session=slot, change=form.change()),
        refused=INVALID,
    )
    if status == DONE:
        messages.success(request, _("La séance est enregistrée."))
        return see_other(f"{day.get_absolute_url()}#seance-{slot.pk}")
    return _board(request, day, edited=form, status=status)


@require_POST
@login_required
def peer_day_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask those who have not answered once more: all, or those of one delegation (`delegation`, its key)."""
    day = plannable_day(request, pk)
    form = ChaseForm(request.POST)
    delegation = form.cleaned_data["delegation"] if form.is_valid() else None
    try:
        chased = services.chase_day(actor=person(request), peer_day=day, delegation_id=delegation)
    except DomainError as refusal:
        return _board(request, day, refusal=str(refusal), status=refusal_status(refusal))
    messages.success(request, _chased_words(chased))
    return see_other(f"{day.get_absolute_url()}#delegations")


@require_POST
@login_required
def peer_day_discard(request: HttpRequest, pk: int) -> HttpResponse:
    day = plannable_day(request, pk)
    try:
        services.discard_peer_day(actor=person(request), peer_day=day)
    except DomainError as refusal:
        return _board(request, day, refusal=str(refusal), status=refusal_status(refusal))
    messages.success(request, _("La proposition est abandonnée."))
    return see_other(day.programme)


def _board(
    request: HttpRequest, day: PeerDay, edited: SlotForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    board = queries.board_of(person(request), day)
    already = {one.pk for card in board.cards for one in card.facilitators}
    people = queries.possible_facilitators(day.programme.network, already)
    for card in board.cards:
        card.form = (
            edited
            if edited is not None and edited.session.pk == card.session.pk
            else SlotForm(
                session=card.session, people=people, per_delegation=card.per_delegation, is_readable=card.is_readable
            )
        )
    context = {
        "network": day.programme.network,
        "programme": day.programme,
        "day": day,
        "board": board,
        "refusal": refusal,
        "edited": edited.session.pk if edited else 0,
    }
    return render(request, "sessions/peer_day.html", context, status=status)


# --- Invitations --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@login_required
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
def invitations_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows what will leave; POST sends it, once."""
    day = plannable_day(request, pk)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            sent = services.send_invitations(actor=person(request), peer_day=day)
        except DomainError as error:
            refusal, status = str(error), refusal_status(error)
        else:
            messages.success(request, _sent_words(sent))
            return see_other(day)
    groups = invitations.groups_of(day)
    context: dict[str, Any] = {
        "network": day.programme.network,
        "programme": day.programme,
        "day": day,
        "refusal": refusal,
        "groups": [(group, *_shown(request, group)) for group in groups],
        "count": sum(len(group.recipients) for group in groups),
        "drafts": sum(group.session.is_draft for group in groups),
    }
    return render(request, "sessions/peer_day_invitations.html", context, status=status)


@require_safe
@login_required
@never_cache
@xframe_options_sameorigin
@csp(_MAIL_POLICY)  # type: ignore[arg-type]
def invitation_mail(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """The mail itself, as `?pour=` (a person's key) will receive it."""
    day = plannable_day(request, pk)
    group = next((one for one in invitations.groups_of(day) if one.session.pk == session), None)
    letter = _letter(request, group) if group else None
    if letter is None:
        raise Http404
    return HttpResponse(letter.html)


def _shown(request: HttpRequest, group: invitations.Group) -> tuple[Letter | None, str]:
    """The mail of the chosen recipient, and where it is read as it will look."""
    letter = _letter(request, group)
    if letter is None:
        return None, ""
    address = reverse("sessions:invitation-mail", args=[group.session.peer_day_id, group.session.pk])
    return letter, f"{address}?pour={letter.recipient.pk}"


def _letter(request: HttpRequest, group: invitations.Group) -> Letter | None:
    wanted = integer(request.GET.get("pour", ""))
    pks = [one.pk for one in group.recipients]
    chosen = wanted if wanted in pks else next(iter(pks), None)
    if chosen is None:
        return None
    return rehearse(actor=person(request), session=group.session, user_id=chosen)


def _sent_words(sent: int) -> str:
    if not sent:
        return _("Tout était déjà parti : personne n’est invité deux fois.")
    return ngettext("%(n)s invitation est partie.", "%(n)s invitations sont parties.", sent) % {"n": sent}


def _chased_words(chased: int) -> str:
    if not chased:
        return _("Personne à relancer pour le moment : chacun·e a répondu, ou vient d’être sollicité·e.")
    return ngettext("%(n)s relance est partie.", "%(n)s relances sont parties.", chased) % {"n": chased}
