"""A person's calendar address: the page that shows it, and what calendar programs read."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peerhub.people.http import person
from peerhub.ui.shortcuts import or_404, see_other, unless_known
from sessions.calendars import MIMETYPE, feed_calendar
from sessions.queries import sessions as queries
from sessions.services import feeds


@require_safe
@login_required
def feed_page(request: HttpRequest) -> HttpResponse:
    feed = queries.feed_of(person(request))
    token = feeds.token_of(feed) if feed else None
    url = settings.PUBLIC_URL + reverse("sessions:feed", args=[token]) if token else ""
    context = {
        "feed": feed,
        "url": url,
        "webcal_url": f"webcal://{url.partition('://')[2]}" if url else "",
    }
    response = render(request, "sessions/feed.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def feed_open(request: HttpRequest) -> HttpResponse:
    """Make the address, or another one (« renouveler »): the old one stops answering."""
    user = person(request)
    if "renew" in request.POST:
        feeds.renew_feed(user=user)
        messages.success(request, _("Votre adresse est renouvelée : l’ancienne ne répond plus."))
    else:
        feeds.open_feed(user=user)
    return see_other("sessions:feed-page")


@require_POST
@login_required
def feed_revoke(request: HttpRequest) -> HttpResponse:
    feeds.revoke_feed(user=person(request))
    messages.success(request, _("Votre adresse d’agenda est fermée : elle ne répond plus."))
    return see_other("sessions:feed-page")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads: no cookie, the address is the key; 304 when nothing changed."""
    calendar = or_404(queries.feed_of_token, token)
    sessions = queries.feed_sessions(calendar.user)
    with translation.override(calendar.user.language), timezone.override(calendar.user.time_zone):
        content = feed_calendar(sessions, name=_("Mes séances PeerHub"))
    response = unless_known(request, content, content_type=MIMETYPE, caching="private, no-cache")
    response["X-Robots-Tag"] = "noindex"
    return response
