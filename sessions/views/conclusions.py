"""The page of a group's conclusions, and its acts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums.difference import difference_html
from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.models import User
from peerhub.ui.shortcuts import or_404, see_other
from sessions.conclusion_forms import ConclusionForm, VersionForm, VoiceForm
from sessions.enums import ConclusionState, Voice
from sessions.models import PeerSession
from sessions.policies.conclusions import can_give_voice, can_propose, can_seal, can_write
from sessions.queries.conclusions import ConclusionPage, conclusion_page, envelope_file_for
from sessions.queries.sessions import session_for
from sessions.services import conclusions as services
from sessions.services.sealing import canonical_of


@require_http_methods(["GET", "POST"])
@login_required
def conclusions(request: HttpRequest, pk: int) -> HttpResponse:
    """POST keeps a new version of the text."""
    user = person(request)
    session = or_404(session_for, user, pk)
    page = or_404(conclusion_page, user, session)
    if request.method != "POST":
        mark_read(user=user, streak=f"session.{session.pk}")
        return _page(request, page, is_editing="modifier" in request.GET)
    form = ConclusionForm(request.POST)
    if not form.is_valid():
        return _page(request, page, form=form, status=422)
    try:
        services.write_conclusion(author=user, session=session, **form.cleaned_data)
    except services.ConclusionConflict as conflict:
        return _conflict(request, user, session, form, conflict)
    except services.BadConclusion as error:
        form.add_error("body", str(error))
        return _page(request, page, form=form, status=422)
    except DomainError as refusal:
        return _page(request, page, form=form, refusal=refusal)
    messages.success(request, _("Le texte est enregistré. Le groupe ne le voit soumis que quand vous le soumettez."))
    return see_other("sessions:conclusions", session.pk)


def _conflict(
    request: HttpRequest,
    user: User,
    session: PeerSession,
    form: ConclusionForm,
    conflict: services.ConclusionConflict,
) -> HttpResponse:
    """Both texts, and what differs; what is sent next begins from the other one's version."""
    data = request.POST.copy()
    data["version"] = str(conflict.current.version)
    theirs = conflict.current.body
    difference = difference_html(theirs, form.cleaned_data["body"])
    page = conclusion_page(user, session)
    form = ConclusionForm(data)
    return _page(request, page, form=form, refusal=conflict, theirs=theirs, difference=difference)


@require_POST
@login_required
def conclusion_propose(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Les conclusions sont soumises au groupe, qui en est prévenu.")
    return _act_on_version(request, pk, services.propose, done)


@require_POST
@login_required
def conclusion_voice(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    session = or_404(session_for, user, pk)
    page = or_404(conclusion_page, user, session)
    form = VoiceForm(request.POST)
    if not form.is_valid():
        return _page(request, page, voice_form=form, status=422)
    try:
        services.give_voice(user=user, session=session, **form.cleaned_data)
    except DomainError as refusal:
        return _page(request, page, voice_form=form, refusal=refusal)
    agreed = form.cleaned_data["voice"] == Voice.AGREES
    messages.success(request, _("Votre accord est noté.") if agreed else _("Votre opposition est notée."))
    return see_other("sessions:conclusions", session.pk)


@require_POST
@login_required
def conclusion_seal(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Les conclusions sont scellées. Elles s’ouvriront à l’agora, avec les autres.")
    return _act_on_version(request, pk, services.seal, done)


def _act_on_version(request: HttpRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponse:
    """Does it to the version that the person has read."""
    user = person(request)
    session = or_404(session_for, user, pk)
    page = or_404(conclusion_page, user, session)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, page, status=422)
    try:
        act(actor=user, session=session, version=form.cleaned_data["version"])
    except DomainError as refusal:
        return _page(request, page, refusal=refusal)
    messages.success(request, done)
    return see_other("sessions:conclusions", session.pk)


@require_safe
@login_required
def envelope_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The very bytes whose SHA-256 was sealed."""
    conclusion = or_404(envelope_file_for, request.user, pk)
    response = HttpResponse(canonical_of(conclusion), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="enveloppe-{conclusion.seal.content_hash[:12]}.json"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: HttpRequest,
    page: ConclusionPage,
    *,
    form: ConclusionForm | None = None,
    voice_form: VoiceForm | None = None,
    refusal: DomainError | None = None,
    is_editing: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    session, conclusion = page.session, page.conclusion
    version = conclusion.version if conclusion else 0
    write = can_write(session, conclusion, page.standing)
    is_proposed = conclusion is not None and conclusion.state == ConclusionState.PROPOSED
    initial = {"body": conclusion.body if conclusion else "", "version": version}
    context = {
        "network": session.network,
        "session": session,
        "page": page,
        "conclusion": conclusion,
        "can_write": write,
        "can_propose": can_propose(session, conclusion, page.standing),
        "can_voice": conclusion and can_give_voice(conclusion, page.standing, page.rule, page.tally),
        "can_seal": can_seal(session, conclusion, page.standing, page.rule, page.tally),
        "is_proposed": is_proposed,
        "is_editing": bool(write) and (form is not None or is_editing or not is_proposed),
        "form": form or ConclusionForm(initial=initial),
        "voice_form": voice_form or VoiceForm(initial={"version": version}),
        "draft_key": services.draft_key(session, version),
        "refusal": str(refusal) if refusal else "",
        **more,
    }
    status = refusal_status(refusal) if refusal else status
    return render(request, "sessions/conclusions.html", context, status=status)
