"""The minutes of a session: read, written by several at once, published."""

import base64
import binascii
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerhub.notifications.services import mark_read
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, refusal_status, sign_in_if_absent
from peerhub.people.models import User
from peerhub.ui.shortcuts import integer, or_404, see_other
from sessions.minutes.document import MAX_UPDATE_BYTES, writer_of
from sessions.minutes.template import html_or_plain
from sessions.minutes_forms import MinutesForm
from sessions.models import PeerSession
from sessions.policies.minutes import (
    can_follow_minutes,
    can_publish_minutes,
    can_read_minutes,
    can_reopen_minutes,
    can_write_minutes,
)
from sessions.queries import minutes as queries
from sessions.queries.sessions import session_for
from sessions.queries.standing import standing_for
from sessions.services import minutes as services

# As base64 in JSON, with a token beside it.
MOST_BYTES = MAX_UPDATE_BYTES * 4 // 3 + 1_000


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_if_absent
def minutes_page(request: HttpRequest, pk: int) -> HttpResponse:
    """POST brings in what somebody wrote without scripts."""
    session = or_404(session_for, request.user, pk)
    if request.method != "POST":
        if isinstance(request.user, User):
            mark_read(user=request.user, streak=f"session.{session.pk}")
        return _page(request, session)
    sections = queries.sections_of(session, queries.minutes_of(session))
    form = MinutesForm(request.POST, sections=sections)
    if not form.is_valid():
        return _page(request, session, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    facts = {name: form.cleaned_data[name] for name in ("number", "token")}
    try:
        services.save_texts(author=person(request), session=session, texts=form.texts, **facts)
    except DomainError as refusal:
        return _page(request, session, form=form, refusal=refusal, status=_status(refusal))
    messages.success(request, _("Vos ajouts sont dans le compte rendu, avec ceux des autres."))
    return see_other("sessions:minutes", session.pk)


@require_http_methods(["GET", "POST"])
@login_required
def minutes_updates(request: HttpRequest, pk: int) -> HttpResponse:
    """GET `?apres=12`: what came after the twelfth change. POST: one more."""
    session = or_404(session_for, request.user, pk)
    if request.method == "POST":
        return _receive(request, session)
    minutes = queries.minutes_of(session)
    allow(can_follow_minutes(standing_for(request.user, session)))
    missed = queries.missed_since(minutes, integer(request.GET.get("apres", "")) or 0)
    content = {
        "number": missed.number,
        "updates": [_encoded(update) for update in missed.updates],
        "state": missed.state and _encoded(missed.state),
        "isPublished": minutes is not None and minutes.published_at is not None,
        "writers": [one.name for one in queries.recent_writers(minutes)],
    }
    response = _json(content)
    # For a page whose own went stale when its person signed in again.
    response["CSRF-Token"] = get_token(request)
    return response


def _receive(request: HttpRequest, session: PeerSession) -> HttpResponse:
    unreadable = _json({"reason": _("Cet ajout n’a pas pu être lu : rien n’a changé.")}, 422)
    if (integer(request.headers.get("Content-Length", "")) or 0) > MOST_BYTES:
        return _json({"reason": _("Cet ajout est trop long pour un seul envoi.")}, 413)
    try:
        sent = json.loads(request.body)
        update, token = base64.b64decode(sent["update"], validate=True), UUID(sent["token"])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        return unreadable
    try:
        kept = services.add_update(author=person(request), session=session, update=update, token=token)
    except DomainError as refusal:
        return _json({"reason": str(refusal)}, _status(refusal))
    return _json({"number": kept.number}, HTTPStatus.CREATED)


@require_POST
@login_required
def minutes_publish(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Le compte rendu est publié : les personnes inscrites en sont prévenues.")
    return _act(request, pk, services.publish_minutes, done)


@require_POST
@login_required
def minutes_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.reopen_minutes, _("Le compte rendu est rouvert : on peut y écrire."))


def _act(request: HttpRequest, pk: int, act: Callable[..., object], done: str) -> HttpResponse:
    session = or_404(session_for, request.user, pk)
    try:
        act(actor=person(request), session=session)
    except DomainError as refusal:
        return _page(request, session, refusal=refusal, status=_status(refusal))
    messages.success(request, done)
    return see_other("sessions:minutes", session.pk)


@require_safe
@sign_in_if_absent
def minutes_markdown(request: HttpRequest, pk: int) -> HttpResponse:
    session = or_404(session_for, request.user, pk)
    minutes = queries.minutes_of(session)
    allow(can_read_minutes(session, minutes, standing_for(request.user, session)))
    title = _("Compte rendu")
    body = f"# {title} · {session.title}\n\n{minutes.body if minutes else ''}"
    response = HttpResponse(body, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="compte-rendu-{session.pk}.md"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: HttpRequest,
    session: PeerSession,
    *,
    form: MinutesForm | None = None,
    refusal: DomainError | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    minutes = queries.minutes_of(session)
    standing = standing_for(request.user, session)
    sections = queries.sections_of(session, minutes)
    write, read = can_write_minutes(session, minutes, standing), can_read_minutes(session, minutes, standing)
    published = minutes is not None and minutes.published_at is not None
    texts = queries.texts_of(sections, minutes) if read and not published else {}
    number = minutes.number if minutes else 0
    if form is None and write:
        initial = {"number": number, "token": uuid4(), **MinutesForm.initial_of(texts)}
        form = MinutesForm(sections=sections, initial=initial)
    context: dict[str, Any] = {
        "network": session.network,
        "session": session,
        "minutes": minutes,
        "is_published": published,
        # What was typed is shown again, also to who may write no more: nobody loses it to a refusal.
        "form": form,
        "can_write": write,
        "can_read": read,
        "can_publish": can_publish_minutes(session, minutes, standing),
        "can_reopen": can_reopen_minutes(minutes, standing),
        "facilitates": standing.facilitates,
        "html": html_or_plain(sections, texts) if read and not write and not published else "",
        "writers": queries.recent_writers(minutes) if read else [],
        "reopening": queries.last_reopening(minutes) if write else None,
        "number": number,
        "state": _encoded(bytes(minutes.state)) if minutes and write else "",
        "writer": writer_of(request.user.pk) if request.user.is_authenticated else 0,
        "refusal": str(refusal) if refusal else "",
    }
    return render(request, "sessions/minutes.html", context, status=status)


def _status(refusal: DomainError) -> int:
    if isinstance(refusal, services.BadMinutes):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return refusal_status(refusal)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _json(content: Any, status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
