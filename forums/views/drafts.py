"""Drafts: read and written by the composer (JSON), and listed for their author."""

import json
import re
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums.models import Draft
from forums.queries.drafts import draft_for, drafts_of
from forums.services.drafts import BadDraft, DraftConflict, forget_draft, save_draft
from peerhub.people.http import person
from peerhub.people.limits import within_limit
from peerhub.ui.shortcuts import see_other

# A composer saves at most each two seconds; several tabs may write at one time.
SAVES_PER_MINUTE = 120
# What the database takes in no text: NUL, and halves of a character.
_UNKEPT = re.compile("[\0\ud800-\udfff]")


@require_http_methods(["GET", "PUT", "DELETE"])
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the draft (204: none), with a `CSRF-Token` for a page whose own went stale when its person signed in again.
    PUT `{fields, title, address, version}`: 200 with the new version; 409 with the other
    text, or null when it was published or thrown away meanwhile; 422 for what is too long; 403 when
    signed out. DELETE: 204."""
    if not request.user.is_authenticated:
        return _json({"error": _("Vous n’êtes plus connecté·e.")}, HTTPStatus.FORBIDDEN)
    if request.method == "GET":
        return _kept(request, key)
    if request.method == "DELETE":
        forget_draft(user_id=person(request).pk, key=key)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if not within_limit("draft", request.user.pk, times=SAVES_PER_MINUTE, seconds=60):
        return _json({"error": _("Trop d’enregistrements : attendez une minute.")}, HTTPStatus.TOO_MANY_REQUESTS)
    sent = _sent(request)
    if sent is None:
        return _json({"error": _("Ce brouillon ne peut pas être gardé.")}, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        kept = save_draft(user=person(request), key=key, **sent)
    except DraftConflict as conflict:
        return _json({"kept": _shown(conflict.kept) if conflict.kept else None}, HTTPStatus.CONFLICT)
    except BadDraft as error:
        return _json({"error": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _json({"version": kept.version})


@login_required
@require_safe
def draft_list(request: HttpRequest) -> HttpResponse:
    return render(request, "forums/drafts.html", {"drafts": drafts_of(person(request))})


@login_required
@require_POST
def draft_forget(request: HttpRequest, key: str) -> HttpResponse:
    forget_draft(user_id=person(request).pk, key=key)
    return see_other("forums:draft-list")


def _kept(request: HttpRequest, key: str) -> HttpResponse:
    response: HttpResponse
    try:
        response = _json(_shown(draft_for(person(request), key)))
    except Draft.DoesNotExist:
        # No fault: most pages with an editor have none, and a 404 would be written in the console of each.
        response = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
    # Read by our own pages alone: no other origin sees an answer of ours.
    response.headers["CSRF-Token"] = get_token(request)
    return response


def _shown(kept: Draft) -> dict[str, Any]:
    return {"fields": kept.fields, "version": kept.version, "updated_at": kept.updated_at.isoformat()}


def _sent(request: HttpRequest) -> dict[str, Any] | None:
    """What the composer sent, checked for its shape; None when it is not that."""
    try:
        match json.loads(request.body):
            case {"fields": dict(fields), "title": str(title), "address": str(address), "version": int(version)}:
                texts = [title, address, *fields, *fields.values()]
                if version >= 0 and all(isinstance(text, str) and not _UNKEPT.search(text) for text in texts):
                    return {"fields": fields, "title": title, "address": address, "version": version}
    except (ValueError, RecursionError):
        pass
    return None


def _json(content: Any, status: int = HTTPStatus.OK) -> JsonResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
