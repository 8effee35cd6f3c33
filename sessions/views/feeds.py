"""A person's calendar address: the page that shows it, and what calendar programs read."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums.atom import MIMETYPE as ATOM
from peerhub.people.http import person
from peerhub.people.queries import network_for
from peerhub.ui.shortcuts import or_404, see_other, unless_known
from sessions.atom import sessions_atom
from sessions.calendars import MIMETYPE, feed_calendar
from sessions.queries import sessions as queries
from sessions.queries.calendars import DEADLINES, KINDS, POLLS, SESSIONS, own_dates, public_sessions
from sessions.queries.series import public_agenda
from sessions.services import feeds

VISITOR = AnonymousUser()


@require_safe
@login_required
def feed_page(request: HttpRequest) -> HttpResponse:
    feed = queries.feed_of(person(request))
    token = feeds.token_of(feed) if feed else None
    url = settings.PUBLIC_URL + reverse("sessions:feed", args=[token]) if token else ""
    context = {
        "feed": feed,
        "url": url,
        "kinds": [
            (_("Échéances et journées de mes parcours"), f"{url}?avec={DEADLINES}"),
            (_("Sondages de dates qui m’attendent"), f"{url}?avec={POLLS}"),
            (_("Tout ensemble"), f"{url}?{'&'.join(f'avec={kind}' for kind in KINDS)}"),
        ],
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
    user = or_404(queries.feed_of_token, token).user
    kinds = [kind for kind in request.GET.getlist("avec") if kind in KINDS] or [SESSIONS]
    sessions = queries.feed_sessions(user) if SESSIONS in kinds else []
    with translation.override(user.language), timezone.override(user.time_zone):
        content = feed_calendar(sessions, name=_("Mes séances PeerHub"), dates=own_dates(user, kinds))
    response = unless_known(request, content, content_type=MIMETYPE, caching="private, no-cache")
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def network_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The public agenda of a network, for calendar programs."""
    network = or_404(network_for, VISITOR, slug)
    with translation.override(settings.LANGUAGE_CODE):
        agenda = public_agenda(network)
        content = feed_calendar(agenda.sessions, name=network.name, series=agenda.series)
    return unless_known(request, content, content_type=MIMETYPE, caching="public, max-age=300")


@require_safe
def network_atom(request: HttpRequest, slug: str) -> HttpResponse:
    """The public agenda of a network, for readers of news."""
    network = or_404(network_for, VISITOR, slug)
    page = reverse("sessions:session-list", args=[network.slug])
    title = _("%(network)s : les séances publiques") % {"network": network.name}
    content = sessions_atom(public_sessions(network), title=title, page=page, address=request.path)
    return unless_known(request, content, content_type=ATOM, caching="public, max-age=300")
