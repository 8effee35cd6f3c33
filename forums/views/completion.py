"""What the composer asks for while one writes: whom one may name, and the source of a post to quote."""

from dataclasses import asdict
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from forums import queries
from forums.policies import can_participate
from forums.queries.quotes import quote_for
from forums.queries.readers import readers_named
from peerhub.people.http import person
from peerhub.people.limits import within_limit
from peerhub.people.models import Circle, Membership
from peerhub.ui.shortcuts import or_404

# Who types a name asks a few times; who asks hundreds of times collects names.
NAMES_PER_MINUTE = 60
_NOBODY: dict[str, list[str]] = {"people": [], "unseen": [], "categories": []}


@require_safe
def topic_readers(request: HttpRequest, pk: int) -> HttpResponse:
    head = or_404(queries.topic_for, request.user, pk)
    return _readers(request, head.topic.circle, head.membership)


@require_safe
def forum_readers(request: HttpRequest, network_slug: str, forum_slug: str) -> HttpResponse:
    opened = or_404(queries.forum_for, request.user, network_slug, forum_slug)
    return _readers(request, opened.forum.circle, opened.membership)


def _readers(request: HttpRequest, circle: Circle, membership: Membership | None) -> HttpResponse:
    """JSON: `people` who can see the discussion, `unseen` names of members who cannot, `categories` to name whole."""
    if membership is None or not can_participate(request.user, membership):
        return JsonResponse(_NOBODY, status=HTTPStatus.FORBIDDEN)
    if not within_limit("names", person(request).pk, times=NAMES_PER_MINUTE, seconds=60):
        return JsonResponse(_NOBODY, status=HTTPStatus.TOO_MANY_REQUESTS)
    words = request.GET.get("q", "")[:80]
    found = readers_named(membership, circle, words)
    content = {
        "people": [asdict(one) for one in found.people],
        "unseen": [{"name": name} for name in found.unseen],
        "categories": [{"slug": one.slug, "label": str(one.plural)} for one in found.categories],
    }
    return JsonResponse(content, headers={"Cache-Control": "no-store"})


@require_safe
def post_quote(request: HttpRequest, pk: int) -> HttpResponse:
    """The Markdown that quotes a post, with its author and its address; 404 for what was removed."""
    quoted = or_404(quote_for, request.user, pk)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(quoted, content_type="text/markdown; charset=utf-8", headers=headers)
