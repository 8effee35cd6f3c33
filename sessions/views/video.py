"""The door of a session by video."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peerhub.people.errors import Refused
from peerhub.people.http import person
from peerhub.ui.shortcuts import or_404
from sessions.models import PeerSession
from sessions.queries.sessions import session_for
from sessions.services.video import RESTS_FOR, TooEarly, way_in


@require_safe
@login_required
@never_cache
def video_join(request: HttpRequest, pk: int) -> HttpResponse:
    """303 to the room; a page when it is not open to this person now (403), or does not answer (503, or 200 with
    another link)."""
    session = or_404(session_for, request.user, pk)
    try:
        way = way_in(user=person(request), session=session)
    except TooEarly:
        return _page(request, session, {"opens_at": session.link_opens_at}, 403)
    except Refused as refusal:
        return _page(request, session, {"refusal": str(refusal)}, 403)
    if way.is_room_down:
        response = _page(request, session, {"fallback": way.url}, 200 if way.url else 503)
        if not way.url:
            response["Retry-After"] = str(int(RESTS_FOR.total_seconds()))
        return response
    response = HttpResponseRedirect(way.url)
    response.status_code = 303
    return _untraced(response)


def _page(request: HttpRequest, session: PeerSession, facts: dict[str, Any], status: int) -> HttpResponse:
    context = {"network": session.network, "session": session, **facts}
    return _untraced(render(request, "sessions/video.html", context, status=status))


def _untraced(response: HttpResponse) -> HttpResponse:
    """Who makes the room does not learn from which page people come."""
    response["Referrer-Policy"] = "no-referrer"
    return response
