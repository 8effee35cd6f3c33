"""Parts of a page that are the same for many: rendered once per process and set of facts, filled for each request.

A part is a template with *facts* (what it depends on: the language, the network, the place one is at) and *slots*
(what only this request knows: a name, a count, the token of forms). It is rendered once per set of facts, cut at its
slots, and each request only joins the pieces: the surroundings of a page cost microseconds instead of milliseconds.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from peerhub.ui.components.base import EMPTY, address, bless, form_token, register
from peerhub.ui.components.identity import avatar, count, hat
from peerhub.ui.components.shell import NavItem, chosen_theme, places_of, section_of
from peerhub.ui.times import zone_label

Facts = tuple[tuple[str, Any], ...]
_SLOT = re.compile("\ue000(\\w+)\ue001")  # private use: nobody types these
_OWN = ("user_id", "full_name", "avatar", "hat", "bell", "unread_topics", "profile_url")


class Place(NamedTuple):
    """A network, as far as the switcher shows it."""

    slug: str
    name: str


def _render(template: str, language: str, slots: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    context = {**dict(facts), **{name: bless(f"\ue000{name}\ue001") for name in slots}}
    return tuple(_SLOT.split(render_to_string(template, context)))


_rendered = lru_cache(maxsize=1024)(_render)


def fill(template: str, slots: Mapping[str, str], **facts: Any) -> SafeString:
    """Render the part of these (hashable) facts, once, and fill its slots with safe HTML or text to escape."""
    render = _render if settings.DEBUG else _rendered
    pieces = render(template, get_language() or "", tuple(slots), tuple(facts.items()))
    if len(pieces) == 1:
        return bless(pieces[0])
    filled = [conditional_escape(slots[p]) if i % 2 else p for i, p in enumerate(pieces)]
    return bless("".join(filled))


@register.simple_tag
def once(template: str, **facts: Any) -> SafeString:
    """A piece that depends on these facts alone (and on the language, the zone and the day that are the reader's):
    written once for them, and kept. Facts are values that compare by what they hold, never instances of models."""
    if any(isinstance(fact, Model) for fact in facts.values()):
        raise TypeError(f"{template}: an instance of a model compares by its key, and would be shown when it is stale")
    reader = (get_language() or "", timezone.get_current_timezone_name(), timezone.localdate())
    values = tuple((name, tuple(fact) if isinstance(fact, list) else fact) for name, fact in facts.items())
    return (_write if settings.DEBUG else _written)(template, reader, values)


def _write(template: str, reader: tuple[Any, ...], facts: Facts) -> SafeString:
    return render_to_string(template, dict(facts))


_written = lru_cache(maxsize=4096)(_write)


def _common(request: HttpRequest | None) -> dict[str, str]:
    if request is None:
        return {"csrf": EMPTY, "path": "/"}
    token = form_token(request)
    return {
        "csrf": bless(f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'),
        "path": request.get_full_path(),
    }


def _request(context: Context) -> HttpRequest | None:
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None


@register.simple_tag(takes_context=True)
def html_attributes(context: Context) -> SafeString:
    """Of <html>: the chosen colours, the zone, and whose page it is (for drafts kept in the browser)."""
    zone = timezone.get_current_timezone_name()
    user = context.get("user")
    attributes = []
    if theme := chosen_theme(_request(context)):
        attributes.append(f'data-theme="{theme}"')
    attributes += [f'data-zone="{zone}"', f'data-zone-label="{zone_label(zone)}"']
    if user is not None and user.is_authenticated:
        attributes.append(f'data-user="{user.pk}"')
    return bless("".join(f" {attribute}" for attribute in attributes))


@register.simple_tag(takes_context=True)
def head_meta(context: Context) -> SafeString:
    """What comes before the title of a page: the window, the colours, the settings of htmx, where the sockets are."""
    live_url = context.get("live_url") or ""
    return fill("layouts/_head_meta.html", {}, theme=chosen_theme(_request(context)), live_url=live_url)


@register.simple_tag
def head_links() -> SafeString:
    """Fonts, stylesheets and the script."""
    return fill("layouts/_head_links.html", {})


@register.simple_tag
def page_start() -> SafeString:
    """The first of <body>: the link to the content, and the signs of a wait."""
    return fill("layouts/_start.html", {})


@register.simple_tag(takes_context=True)
def public_bar_nav(context: Context) -> SafeString:
    """Where a visitor can go."""
    user = context.get("user")
    return fill("layouts/_public_nav.html", {}, is_member=bool(user is not None and user.is_authenticated))


@register.simple_tag(takes_context=True)
def page_foot(context: Context) -> SafeString:
    """The foot of public pages: what this is, the language, the colours."""
    request = _request(context)
    return fill("layouts/_foot.html", _common(request), chosen=chosen_theme(request))


@register.simple_tag(takes_context=True)
def app_bar(context: Context) -> SafeString:
    """The rail of a desk and the bars of a phone, from `shell` (see the portal) and the route."""
    request, user, shell = _request(context), context.get("user"), context.get("shell")
    signed_in = bool(user is not None and user.is_authenticated)
    network = getattr(shell, "network", None)
    slug = network.slug if network else ""
    can_animate = bool(getattr(shell, "can_animate", False))
    networks = tuple(Place(one.slug, one.name) for one in getattr(shell, "networks", ())) if signed_in else ()
    path = request.path if request else ""
    current = _current(places_of(slug, can_animate, get_language() or ""), path, section_of(request))
    slots = dict.fromkeys((*_OWN, "csrf", "path"), "") | {"next": quote(path)}
    if signed_in and user is not None:
        # A visitor's bar has no form: no token, no cookie for it, and the page may be shown to the next visitor.
        slots |= _common(request) | _own(user, shell, slug)
    return fill(
        "layouts/_bar.html",
        slots,
        is_signed_in=signed_in,
        network=Place(slug, network.name) if network else None,
        networks=networks,
        can_animate=can_animate,
        current=current,
        chosen=chosen_theme(request),
        has_profile=bool(slots["profile_url"]),
    )


def _current(places: tuple[NavItem, ...], path: str, section: str) -> tuple[str, str]:
    """Which place one is at, and how: on its very page, or somewhere inside."""
    for place in places:
        if place.href == path:
            return place.key, "page"
    return section, "true"


def _own(user: Any, shell: Any, slug: str) -> dict[str, str]:
    """What only this person sees."""
    hat_slug, hat_label = getattr(shell, "hat_slug", ""), getattr(shell, "hat_label", "")
    unread = int(getattr(shell, "unread_topics", 0) or 0) if slug else 0
    return {
        "user_id": str(user.pk),
        "profile_url": address("mentoring:profile", slug, user.pk) if slug else "",
        "full_name": user.full_name,
        "avatar": avatar(initials=user.initials, category=hat_slug, size="small"),
        "hat": hat(slug=hat_slug, label=hat_label) if hat_label else EMPTY,
        "bell": count(int(getattr(shell, "unread_notifications", 0) or 0), label=_("non lues")),
        "unread_topics": count(unread, label=ngettext("discussion non lue", "discussions non lues", unread)),
    }
