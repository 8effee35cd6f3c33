"""What surrounds a session: its steps, the charter, attendance, and what is printed."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.people.errors import DomainError
from peerhub.people.http import INVALID, allow, person, press, refusal_status, submit
from peerhub.people.queries import membership_for, own_network_for
from peerhub.ui.shortcuts import integer, or_404, safe_next, see_other
from peerhub.ui.times import day
from sessions import when
from sessions.around_forms import CharterForm, StepFormSet, initial_steps, steps_of
from sessions.models import PeerSession
from sessions.policies.around import can_facilitate, can_have_certificate, can_write_charter
from sessions.queries import around
from sessions.queries.sessions import session_for
from sessions.seating.holders import guest_of, user_of
from sessions.services import agenda_steps, attendance, charters


def facilitated_session(request: HttpRequest, pk: int) -> PeerSession:
    """404 for what the person may not see, 403 for what the person sees and does not facilitate."""
    user = person(request)
    session = or_404(session_for, user, pk)
    allow(can_facilitate(user, membership_for(user, session.network), session))
    return session


@require_http_methods(["GET", "POST"])
@login_required
def steps_edit(request: HttpRequest, pk: int) -> HttpResponse:
    session = facilitated_session(request, pk)
    steps = list(session.steps.all())
    proposed = steps or agenda_steps.proposal(session)
    formset = StepFormSet(request.POST or None, initial=initial_steps(proposed), prefix="etapes")
    status = 200
    if request.method == "POST":
        status = 422
        if formset.is_valid():
            try:
                agenda_steps.set_steps(actor=person(request), session=session, steps=steps_of(formset))
            except DomainError as refusal:
                messages.error(request, str(refusal))
                status = refusal_status(refusal)
            else:
                messages.success(request, _("Le déroulé est enregistré."))
                return see_other(session)
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    context = {"network": session.network, "session": session, "formset": formset, "is_new": not steps}
    return render(request, "sessions/steps.html", {**context, "length": length}, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def charter(request: HttpRequest, slug: str) -> HttpResponse:
    """Everyone of the network reads it; its animators write the next version."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    current = around.charter_of(network)
    may_write = can_write_charter(membership)
    if request.method == "POST":
        allow(may_write)
    form = CharterForm(request.POST or None, initial={"body": current.body if current else ""})
    written, status = submit(
        form,
        lambda: charters.write_charter(actor=user, network=network, **form.cleaned_data),
        at="body",
        refused=INVALID,
    )
    if written is not None:
        messages.success(request, _("La charte est enregistrée : chacun·e devra l’accepter à nouveau."))
        return see_other("sessions:charter", network.slug)
    context = {"network": network, "charter": current, "form": form if may_write else None}
    return render(request, "sessions/charter.html", context, status=status)


@require_POST
@login_required
def charter_accept(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, _membership = or_404(own_network_for, user, slug)
    version = _number(request.POST.get("version", ""))
    act = partial(charters.accept_charter, user=user, network=network, version=version)
    press(request, act, _("Merci : votre engagement est noté."))
    return see_other(safe_next(request, reverse("sessions:charter", args=[network.slug])))


@require_POST
@login_required
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    act = partial(attendance.check_in, user=user, session=session, code=request.POST.get("code", "")[:20])
    press(request, act, _("Votre présence est notée."))
    return see_other(session)


@require_http_methods(["GET", "POST"])
@login_required
def attendance_list(request: HttpRequest, pk: int) -> HttpResponse:
    session = facilitated_session(request, pk)
    if request.method == "POST":
        keys = request.POST.getlist("present")
        act = partial(
            attendance.record_list,
            actor=person(request),
            session=session,
            half_day=_number(request.POST.get("half_day", "")),
            user_ids={one for key in keys if (one := user_of(key))},
            guest_ids={one for key in keys if (one := guest_of(key))},
        )
        press(request, act, _("La présence est enregistrée."))
        return see_other("sessions:attendance", session.pk)
    sheet = around.attendance_sheet(session)
    parts = [(part, sheet.count(part.number)) for part in sheet.parts]
    code = attendance.check_in_code(session) if session.place else ""
    context = {"network": session.network, "session": session, "sheet": sheet, "parts": parts, "code": code}
    return render(request, "sessions/attendance.html", context)


@require_safe
@login_required
def attendance_sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    from sessions.papers import attendance_pdf  # noqa: PLC0415 - 20 MB, which most processes never need

    session = facilitated_session(request, pk)
    span = when.span(session.starts_at, session.ends_at, session.time_zone)
    sheet = around.attendance_sheet(session)
    content = attendance_pdf(sheet, title=session.title, span=span, network=session.network.name)
    return _pdf(content, f"emargement-{session.pk}.pdf")


@require_safe
@login_required
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    from sessions.papers import certificate_pdf  # noqa: PLC0415 - 20 MB, which most processes never need

    user = person(request)
    session = or_404(session_for, user, pk)
    parts = around.presence_of(user, session)
    allow(can_have_certificate(session, half_days_present=len(parts)))
    content = certificate_pdf(
        name=user.full_name,
        title=str(session.public_title),
        span=when.span(session.starts_at, session.ends_at, session.time_zone),
        network=session.network.name,
        parts=parts,
        today=day(timezone.localdate()),
    )
    return _pdf(content, f"attestation-{session.pk}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _number(words: str) -> int:
    """-1, which nothing here has, for what is no number."""
    number = integer(words)
    return -1 if number is None else number
