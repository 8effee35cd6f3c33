"""Where one is in a network and where one can go; addresses of other rooms; the chosen colours."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peerhub.ui.components.base import address, register


@dataclass(frozen=True)
class NavItem:
    """A place of the main navigation."""

    key: str
    label: str
    icon: str
    href: str


_SECTIONS = {"forums": "discussions", "sessions": "sessions", "mentoring": "directory"}
_VIEWS = {"portal:network-home": "home", "portal:desk": "animate", "portal:search": "search"} | {
    f"moderation:{view}": "animate"
    for view in ("queue", "journal", "rules", "duty", "answers", "answer-create", "answer-edit", "case")
}
# Desks of those who animate, in rooms whose other pages are a place of everybody's.
_VIEWS |= {
    f"mentoring:{view}": "animate"
    for view in (
        "need-tasks",
        "need-task-write",
        "mentorship-desk",
        "use-report",
        "curation",
        "curation-journal",
        "curated",
        "proposal",
    )
}


def section_of(request: HttpRequest | None) -> str:
    """The place that the route belongs to, by itself or from its namespace; "" for none."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return ""
    return _VIEWS.get(match.view_name) or _SECTIONS.get(match.namespace, "")


@lru_cache(maxsize=512)
def places_of(slug: str, can_animate: bool, language: str) -> tuple[NavItem, ...]:
    """The places of a network: four, and "Animer" for those who animate it; none without a network."""
    if not slug:
        return ()
    places = [
        NavItem("home", _("Accueil"), "house", address("portal:network-home", slug)),
        NavItem("discussions", _("Discussions"), "messages-square", address("forums:forum-list", slug)),
        NavItem("sessions", _("Séances"), "calendar", address("sessions:session-list", slug)),
        NavItem("directory", _("Annuaire"), "users-round", address("mentoring:directory", slug)),
    ]
    if can_animate:
        places.append(NavItem("animate", _("Animer"), "chart-column", address("portal:desk", slug)))
    return tuple(place for place in places if place.href)


@register.simple_tag
def nav_items(slug: str = "", can_animate: bool = False) -> tuple[NavItem, ...]:
    """The main navigation in the network of this slug."""
    return places_of(slug, can_animate, get_language() or "")


@register.simple_tag
def href(name: str, *args: Any) -> str:
    """The address of a route of another room, or "" where that room is not installed."""
    return address(name, *args)


def chosen_theme(request: HttpRequest | None) -> str:
    """The colour scheme that the person chose: "light", "dark", or "" for the system's."""
    chosen = request.COOKIES.get("peerhub_theme", "") if request is not None else ""
    return chosen if chosen in {"light", "dark"} else ""
