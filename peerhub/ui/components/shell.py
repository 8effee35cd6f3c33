"""What surrounds a page: the main navigation, addresses of other rooms, the chosen colours."""

from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.template.context import Context
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.ui.components.base import address, register


@dataclass(frozen=True)
class NavItem:
    """A place of the main navigation."""

    label: str
    icon: str
    href: str
    current: Literal["", "page", "true"]
    number: int = 0
    number_label: str = ""


_SECTIONS = {"forums": "discussions", "sessions": "sessions", "mentoring": "directory"}


def _section(request: HttpRequest | None) -> str:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return ""
    if match.namespace in _SECTIONS:
        return _SECTIONS[match.namespace]
    return {"portal:network-home": "home", "portal:desk": "animate", "portal:search": "search"}.get(match.view_name, "")


@register.simple_tag(takes_context=True)
def nav_items(context: Context, slug: str = "", unread_topics: int = 0, can_animate: bool = False) -> list[NavItem]:
    """The main navigation in the network of this slug: four places, and "Animer" for those who animate it.

    Others have the search as fifth place of the phone's tab bar. The current one comes from the route's namespace.
    """
    if not slug:
        return []
    request = context.get("request")
    unread = int(unread_topics or 0)
    places = [
        ("home", _("Accueil"), "house", address("portal:network-home", slug), 0, ""),
        (
            "discussions",
            _("Discussions"),
            "messages-square",
            address("forums:forum-list", slug),
            unread,
            ngettext("sujet non lu", "sujets non lus", unread),
        ),
        ("sessions", _("Séances"), "calendar", address("sessions:session-list", slug), 0, ""),
        ("directory", _("Annuaire"), "users-round", address("mentoring:directory", slug), 0, ""),
    ]
    if can_animate:
        places.append(("animate", _("Animer"), "chart-column", address("portal:desk", slug), 0, ""))
    section = _section(request)
    path = getattr(request, "path", "")
    items = []
    for key, label, picture, href, number, number_label in places:
        if href:
            current: Literal["", "page", "true"] = "page" if href == path else "true" if key == section else ""
            items.append(NavItem(label, picture, href, current, number, number_label))
    return items


@register.simple_tag
def href(name: str, *args: Any) -> str:
    """The address of a route of another room, or "" where that room is not installed."""
    return address(name, *args)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The colour scheme that the person chose: "light", "dark", or "" for the system's."""
    request = context.get("request")
    chosen = request.COOKIES.get("peerhub_theme", "") if isinstance(request, HttpRequest) else ""
    return chosen if chosen in {"light", "dark"} else ""
