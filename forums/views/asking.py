"""What is asked of a list of topics, as it stands in the address; what means nothing is a sentence, and no list."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from forums import queries
from forums.enums import TopicKind, TopicView
from forums.models import Forum, Tag
from forums.queries import Wanted
from forums.queries.lens import every_category
from forums.queries.lists import PERSONAL
from peerhub.people.models import Membership, Network, Territory
from peerhub.people.queries import (
    AmbiguousTerritory,
    UnknownTerritory,
    named_territory,
    territory_of_address,
)

FILTERS = ("nature", "mot-cle", "territoire", "sans", "theme")


@dataclass
class Narrowing:
    """A list that was asked for; `kept` is what its address holds, without what means nothing."""

    wanted: Wanted = field(default_factory=Wanted)
    kept: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    candidates: Sequence[Territory] = ()
    shows_form: bool = False

    def address(self, **changes: str) -> str:
        """The address of the list with these parts changed ("" takes one away), from its first page."""
        parts = {**self.kept, **{name.replace("_", "-"): value for name, value in changes.items()}}
        return f"?{urlencode({name: value for name, value in parts.items() if value})}"

    @property
    def filter_count(self) -> int:
        return sum(name in self.kept for name in FILTERS)


def asked_of(
    query: QueryDict, network: Network, membership: Membership | None, themes: Sequence[Forum] = ()
) -> Narrowing:
    """`themes` are those that the list may be narrowed to. No query for an address without filters."""
    asked = Narrowing(shows_form="filtrer" in query)
    asked.wanted = Wanted(before=query.get("avant", ""), after=query.get("apres", ""))
    for name, read in _READERS.items():
        value = query.get(name, "").strip()[:180]
        if value and not read(asked, value, network, membership):
            continue
        if value:
            asked.kept.setdefault(name, value)
    theme = query.get("theme", "").strip()
    if theme:
        _read_theme(asked, theme, themes)
    return asked


def _read_view(asked: Narrowing, value: str, network: Network, membership: Membership | None) -> bool:
    if value not in TopicView.values:
        asked.problems.append(_("Nous ne connaissons pas la liste « %(words)s ».") % {"words": value})
        return False
    view = TopicView(value)
    if view in PERSONAL and membership is None:
        asked.problems.append(_("Cette liste demande d’être membre du réseau : connectez-vous, ou rejoignez-le."))
        return False
    asked.wanted = replace(asked.wanted, view=view)
    return view != TopicView.LATEST


def _read_kind(asked: Narrowing, value: str, network: Network, membership: Membership | None) -> bool:
    if value not in TopicKind.values:
        asked.problems.append(_("Nous ne connaissons pas la nature de discussion « %(words)s ».") % {"words": value})
        return False
    asked.wanted = replace(asked.wanted, kind=value)
    return True


def _read_tag(asked: Narrowing, value: str, network: Network, membership: Membership | None) -> bool:
    try:
        tag = queries.tag_for(network, value)
    except Tag.DoesNotExist:
        asked.problems.append(_("Le mot-clé « %(words)s » n’est pas dans la liste du réseau.") % {"words": value})
        return False
    asked.kept["mot-cle"] = tag.slug
    asked.wanted = replace(asked.wanted, tag=tag)
    return True


def _read_territory(asked: Narrowing, value: str, network: Network, membership: Membership | None) -> bool:
    try:
        territory = territory_of_address(value) or named_territory(value)
    except UnknownTerritory:
        asked.problems.append(_("Nous ne trouvons pas le territoire « %(words)s ».") % {"words": value})
        return False
    except AmbiguousTerritory as ambiguous:
        asked.candidates = ambiguous.candidates
        asked.problems.append(_("Plusieurs territoires répondent à ce nom : lequel ?"))
        return False
    asked.kept["territoire"] = territory.address
    asked.wanted = replace(asked.wanted, territory=territory)
    return True


def _read_lacking(asked: Narrowing, value: str, network: Network, membership: Membership | None) -> bool:
    category = next((one for one in every_category() if one.slug == value), None)
    if category is None:
        asked.problems.append(_("Nous ne connaissons pas la catégorie « %(words)s ».") % {"words": value})
        return False
    asked.wanted = replace(asked.wanted, lacking=category)
    return True


_READERS = {
    "vue": _read_view,
    "nature": _read_kind,
    "mot-cle": _read_tag,
    "territoire": _read_territory,
    "sans": _read_lacking,
}


def _read_theme(asked: Narrowing, value: str, themes: Sequence[Forum]) -> None:
    theme = next((one for one in themes if one.slug == value), None)
    if theme is None:
        asked.problems.append(_("Ce thème n’est pas dans la liste."))
        return
    asked.kept["theme"] = value
    asked.wanted = replace(asked.wanted, forum=theme)
