"""Sending a file, and opening one."""

from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.files import queries
from peerhub.files.errors import BadFile, FileTooBig, NoRoom, TryLater
from peerhub.files.formats import accepted_sentence
from peerhub.files.markdown import markdown_of
from peerhub.files.models import StoredFile, thumbnail_url
from peerhub.files.services.storing import file_storage, store_file
from peerhub.files.uploads import FIELD, takes_files
from peerhub.people.http import person, sign_in_if_absent
from peerhub.people.limits import within_limit
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import or_404

UPLOADS_PER_MINUTE = 20
_STATUS = {FileTooBig: 413, NoRoom: 429, TryLater: 503}
# What a file is allowed when a browser opens it on its own: nothing, not even itself.
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@takes_files
@require_POST
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the file of the form, PENDING, in a network that the person belongs to: JSON for our script, else a page."""
    network, _membership = or_404(own_network_for, request.user, request.POST.get("network", ""))
    sent = request.FILES.get(FIELD)
    if not within_limit("file", person(request).pk, times=UPLOADS_PER_MINUTE, seconds=60):
        return _refuse(request, _("Vous envoyez beaucoup de fichiers : attendez une minute, puis réessayez."), 429)
    if sent is None or sent.file is None:
        return _refuse(request, _("Choisissez un fichier.") + " " + accepted_sentence(), 422)
    try:
        stored = store_file(
            owner=person(request),
            network=network,
            name=sent.name or "",
            content=sent.file,
            alt=request.POST.get("alt", ""),
        )
    except BadFile as error:
        return _refuse(request, str(error), status_of(error))
    if _wants_json(request):
        return JsonResponse(_told(stored), status=201)
    context = {"file": stored, "network": network, "markdown": markdown_of(stored)}
    return render(request, "files/stored.html", context, status=201)


def status_of(error: BadFile) -> int:
    return _STATUS.get(type(error), 422)


@require_safe
@sign_in_if_absent
def download(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The file itself. `name` is for the reader of the address; who may open it is judged now."""
    found = or_404(queries.file_for, request.user, pk)
    return _send(request, found, found.blob, found.content_type, found.name, f'"{found.sha256}"')


@require_safe
@sign_in_if_absent
def thumbnail(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """An image as texts show it, small."""
    found = or_404(queries.file_for, request.user, pk)
    if not found.thumbnail:
        raise Http404
    small = found.name.rpartition(".")[0] + ".webp"
    return _send(request, found, found.thumbnail, "image/webp", small, f'"{found.sha256}-small"')


def _send(
    request: HttpRequest, found: StoredFile, blob: str, content_type: str, name: str, etag: str
) -> HttpResponseBase:
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = file_storage().open(blob)
        except FileNotFoundError as absent:  # purged between the row and the storage
            raise Http404 from absent
        response = FileResponse(content, as_attachment=not found.is_image, filename=name, content_type=content_type)
    response.headers["ETag"] = etag
    # The browser may keep the bytes, and asks each time whether they are still open to this person.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _told(stored: StoredFile) -> dict[str, object]:
    return {
        "id": stored.pk,
        "kind": stored.kind,
        "name": stored.name,
        "size": stored.size_bytes,
        "url": stored.get_absolute_url(),
        "thumbnail": thumbnail_url(stored.pk, stored.name) if stored.is_image else "",
        "markdown": markdown_of(stored),
    }


def _refuse(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    return render(request, "files/refused.html", {"sentence": sentence}, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
