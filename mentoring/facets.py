"""The facets of a directory page, as links: each value with its count, and the address that chooses or drops it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from mentoring.directory import Search, region_of
from mentoring.enums import SupportKind
from mentoring.queries.directory import DirectoryPage
from peerhub.people.enums import Language, OrganisationKind, Stratum
from peerhub.people.models import ActorCategory, Territory

Address = Callable[..., str]


@dataclass(frozen=True)
class Choice:
    """A value of a facet; those under it (the competences of a branch, the départements of a région) when open."""

    label: str
    number: int
    href: str
    selected: bool = False
    category: str = ""
    inner: list["Choice"] = field(default_factory=list)


@dataclass(frozen=True)
class Facet:
    key: str
    title: str
    choices: list[Choice]


def address_of(query: QueryDict) -> Address:
    """A function that gives the query with some parts changed ("" drops a part); the page number is dropped."""

    def address(**changes: str) -> str:
        other = query.copy()
        other.pop("page", None)
        for key, value in changes.items():
            other[key] = value
        kept = QueryDict(mutable=True)
        for key in other:
            value = str(other.get(key) or "")
            if value:
                kept[key] = value
        return f"?{kept.urlencode()}"

    return address


def facets_of(
    found: DirectoryPage,
    search: Search,
    address: Address,
    categories: Iterable[ActorCategory],
    territories: dict[int, Territory],
) -> list[Facet]:
    """Every facet that has something to offer, in the order of the page."""
    facets = [
        Facet("competence", _("Compétences"), _competences(found, search, address)),
        Facet("categorie", _("Qui"), _categories(found, search, address, categories)),
        Facet("territoire", _("Territoires"), _territories(found, search, address, territories)),
        Facet("strate", _("Taille du territoire"), _strata(found, search, address)),
        Facet("organisation", _("Organisations"), _organisations(found, search, address)),
        Facet("appui", _("Appui de leur organisation"), _supports(found, search, address)),
        Facet("langue", _("Langues"), _languages(found, search, address)),
    ]
    return [facet for facet in facets if facet.choices]


def _competences(found: DirectoryPage, search: Search, address: Address) -> list[Choice]:
    branches, leaves = found.facets.of("competence"), found.facets.of("leaf")
    chosen = search.competence
    opened = chosen.path[0] if chosen else None
    inner = [
        Choice(
            one.name,
            leaves.get(str(one.pk), 0),
            address(competence="" if one == chosen else one.slug),
            selected=one == chosen,
        )
        for one in found.competences
        if one.parent_id == opened and opened and (leaves.get(str(one.pk)) or one == chosen)
    ]
    return [
        Choice(
            one.name,
            branches.get(str(one.position), 0),
            address(competence="" if one == chosen else one.slug),
            selected=one == chosen,
            inner=inner if one.pk == opened else [],
        )
        for one in found.competences
        if one.parent_id is None and (branches.get(str(one.position)) or one.pk == opened)
    ]


def _categories(
    found: DirectoryPage, search: Search, address: Address, categories: Iterable[ActorCategory]
) -> list[Choice]:
    counts = found.facets.of("category")
    return [
        Choice(
            one.plural,
            counts.get(str(one.pk), 0),
            address(categorie="" if one == search.category else one.slug),
            selected=one == search.category,
            category=one.slug,
        )
        for one in categories
        if counts.get(str(one.pk)) or one == search.category
    ]


def _territories(
    found: DirectoryPage, search: Search, address: Address, territories: dict[int, Territory]
) -> list[Choice]:
    """The régions by count; under the chosen one its départements; and the chosen territory when it is another."""
    chosen = search.territory
    opened = region_of(chosen) if chosen else None

    def choice(pk: str, number: int, inner: list[Choice]) -> Choice:
        one = territories[int(pk)]
        return Choice(
            one.name,
            number,
            address(territoire="" if one == chosen else one.address),
            selected=one == chosen,
            inner=inner,
        )

    regions, departements = found.facets.of("territory"), found.facets.of("departement")
    inner = [choice(pk, number, []) for pk, number in _by_number(departements) if int(pk) in territories]
    choices = [
        choice(pk, number, inner if opened and int(pk) == opened.pk else [])
        for pk, number in _by_number(regions)
        if int(pk) in territories
    ]
    if chosen and str(chosen.pk) not in {**regions, **departements}:
        choices.insert(0, Choice(chosen.name, found.facets.total, address(territoire=""), selected=True))
    return choices


def capitalised(label: str) -> str:
    return label[:1].upper() + label[1:]


def _by_number(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _strata(found: DirectoryPage, search: Search, address: Address) -> list[Choice]:
    return _closed("strate", Stratum.choices, found.facets.of("stratum"), search.stratum, address)


def _organisations(found: DirectoryPage, search: Search, address: Address) -> list[Choice]:
    counts = found.facets.of("organisation_kind")
    return _closed("organisation", OrganisationKind.choices, counts, search.organisation_kind, address)


def _supports(found: DirectoryPage, search: Search, address: Address) -> list[Choice]:
    return _closed("appui", SupportKind.choices, found.facets.of("support"), search.support, address)


def _languages(found: DirectoryPage, search: Search, address: Address) -> list[Choice]:
    """Nothing where everybody speaks the same one alone."""
    choices = _closed("langue", Language.choices, found.facets.of("language"), search.language, address)
    return choices if len(choices) > 1 or search.language else []


def _closed(
    key: str, choices: Iterable[tuple[str, Any]], counts: Mapping[str, int], chosen: str, address: Address
) -> list[Choice]:
    return [
        Choice(
            capitalised(str(label)),
            counts.get(value, 0),
            address(**{key: "" if value == chosen else value}),
            selected=value == chosen,
        )
        for value, label in choices
        if counts.get(value) or value == chosen
    ]
