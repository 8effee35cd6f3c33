"""Atom feeds: the public ones, and those of a person, whose secret address is the key."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from forums import queries as forum_queries
from forums.atom import MIMETYPE, atom_feed
from forums.queries import atom as queries
from forums.queries import saved_searches
from forums.queries.atom import Entry
from forums.queries.search import asked_from
from forums.services import feed_tokens
from peerhub.people.http import person
from peerhub.people.models import User
from peerhub.people.queries import network_for
from peerhub.ui.shortcuts import or_404, see_other, unless_known

VISITOR = AnonymousUser()
ALL, FOLLOWED = gettext_lazy("Tout ce que je peux lire"), gettext_lazy("Ce que je suis")
SECRET = gettext_lazy("Un thème confidentiel")


@require_safe
def network_feed(request: HttpRequest, network_slug: str) -> HttpResponse:
    """What everyone may read of a public network."""
    network = or_404(network_for, VISITOR, network_slug)
    return _public(
        request,
        queries.entries_of_all(VISITOR, network),
        title=_("%(network)s : les discussions publiques") % {"network": network.name},
        page=reverse("forums:forum-list", args=[network.slug]),
    )


@require_safe
def theme_feed(request: HttpRequest, network_slug: str, forum_slug: str) -> HttpResponse:
    """A theme that is open to everyone."""
    page = or_404(forum_queries.forum_for, VISITOR, network_slug, forum_slug)
    return _public(
        request,
        queries.entries_of_forum(VISITOR, page.forum),
        title=f"{page.forum.title} · {page.network.name}",
        page=reverse("forums:topic-list", args=[network_slug, forum_slug]),
    )


@require_safe
def search_feed(request: HttpRequest) -> HttpResponse:
    """A search among what everyone may read; the parameters are those of the search page."""
    asked = asked_from(request.GET)
    network = or_404(network_for, VISITOR, asked.network) if asked.network else None
    return _public(
        request,
        queries.entries_found(VISITOR, network, asked),
        title=_("Recherche : %(words)s") % {"words": asked.words or ", ".join(asked.filters.values())},
        page=f"/recherche/?{asked.query_string()}",
    )


def _public(request: HttpRequest, entries: Sequence[Entry], *, title: str, page: str) -> HttpResponse:
    address = request.get_full_path()
    content = atom_feed(entries, title=title, page=page, name=address, address=address)
    return unless_known(request, content, content_type=MIMETYPE, caching="public, max-age=300")


@require_safe
def own_feed(request: HttpRequest, token: str) -> HttpResponse:
    """All that the owner may read."""
    user = or_404(queries.owner_of_token, token)
    return _personal(request, user, queries.entries_of_all(user), ALL, "/", "tout")


@require_safe
def own_followed_feed(request: HttpRequest, token: str) -> HttpResponse:
    user = or_404(queries.owner_of_token, token)
    return _personal(request, user, queries.entries_followed(user), FOLLOWED, "/", "suivi")


@require_safe
def own_theme_feed(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    user = or_404(queries.owner_of_token, token)
    forum = or_404(queries.feed_forum_for, user, pk)
    title = SECRET if forum.circle.is_confidential else forum.title
    page = "/" if forum.circle.is_confidential else f"/r/{forum.network.slug}/discussions/{forum.slug}/"
    return _personal(request, user, queries.entries_of_forum(user, forum), title, page, f"theme-{pk}")


@require_safe
def own_search_feed(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    user = or_404(queries.owner_of_token, token)
    saved = or_404(saved_searches.saved_search_for, user, pk)
    entries = queries.entries_found(user, saved.network, saved_searches.asked_by(saved))
    return _personal(request, user, entries, saved.name, f"/recherches/{pk}/", f"recherche-{pk}")


def _personal(
    request: HttpRequest, user: User, entries: Sequence[Entry], title: object, page: str, name: str
) -> HttpResponse:
    """No cookie, the address is the key. Its language is the owner's."""
    with translation.override(user.language):
        content = atom_feed(entries, title=str(title), page=page, name=f"flux/{user.pk}/{name}")
    response = unless_known(request, content, content_type=MIMETYPE, caching="private, no-cache")
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@login_required
def feed_page(request: HttpRequest) -> HttpResponse:
    """The person's addresses, to copy; none until asked for."""
    user = person(request)
    token = queries.feed_token_of(user)
    secret = queries.secret_of_token(token) if token else None
    context = {"token": token, "feeds": _feeds(user, secret) if secret else []}
    response = render(request, "forums/feeds.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _feeds(user: User, secret: str) -> list[tuple[str, str, str]]:
    """(title, network, address)."""
    site = settings.PUBLIC_URL

    def address(name: str, *more: object) -> str:
        return site + reverse(f"forums:{name}", args=[secret, *more])

    return [
        (str(ALL), "", address("own-feed")),
        (str(FOLLOWED), "", address("own-followed-feed")),
        *(
            (_("Recherche : %(words)s") % {"words": one.name}, "", address("own-search-feed", one.pk))
            for one in saved_searches.saved_searches_of(user)
        ),
        *((one.title, one.network.name, address("own-theme-feed", one.pk)) for one in queries.feed_forums_of(user)),
    ]


@require_POST
@login_required
def feed_open(request: HttpRequest) -> HttpResponse:
    """Make the addresses, or others (« renouveler »): the old ones stop answering."""
    user = person(request)
    if "renew" in request.POST:
        feed_tokens.renew_feeds(user=user)
        messages.success(request, _("Vos adresses sont renouvelées : les anciennes ne répondent plus."))
    else:
        feed_tokens.open_feeds(user=user)
    return see_other("forums:feed-page")


@require_POST
@login_required
def feed_revoke(request: HttpRequest) -> HttpResponse:
    feed_tokens.revoke_feeds(user=person(request))
    messages.success(request, _("Vos flux sont fermés : leurs adresses ne répondent plus."))
    return see_other("forums:feed-page")
