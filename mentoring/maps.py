"""The map as a template draws it: a shape for each département, with its shade, its words and where it leads."""

from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.formats import localize
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from mentoring.queries.coverage import Coverage, Spot
from mentoring.shading import CLOSE_UP, MAINLAND, OVERSEAS, Shade, level_of, shades
from peerhub.people.models import Network

# What is counted, as it stands in the address -> the number of a spot, and its words.
MEASURES = {"personnes": "people", "aide": "helpers", "competences": "competences", "acteurs": "actors"}
TITLES = {
    "personnes": _("Personnes"),
    "aide": _("Proposent leur aide"),
    "competences": _("Compétences"),
    "acteurs": _("Acteurs ressources"),
}
_WORDS = {
    "personnes": ngettext_lazy("%(number)s personne", "%(number)s personnes", "count"),
    "aide": ngettext_lazy("%(number)s personne propose son aide", "%(number)s personnes proposent leur aide", "count"),
    "competences": ngettext_lazy("%(number)s compétence", "%(number)s compétences", "count"),
    "acteurs": ngettext_lazy("%(number)s acteur ressource", "%(number)s acteurs ressources", "count"),
}


@dataclass(frozen=True)
class Shape:
    """`href` is empty where there is nothing to open."""

    code: str
    name: str
    words: str
    number: int
    level: int
    href: str = ""

    @property
    def title(self) -> str:
        return gettext("%(name)s : %(words)s") % {"name": self.name, "words": self.words}


@dataclass(frozen=True)
class Line:
    """A line of the table, which says what the map says."""

    spot: Spot
    people_href: str
    helpers_href: str
    actors_href: str


@dataclass(frozen=True)
class Drawing:
    legend: list[Shade]
    mainland: list[Shape] = field(default_factory=list)
    close_up: list[Shape] = field(default_factory=list)
    overseas: list[Shape] = field(default_factory=list)


def drawing(network: Network, found: Coverage, measure: str) -> Drawing:
    """Every shape of the map, also where nobody is."""
    numbers = {spot.territory.code: getattr(spot, MEASURES[measure]) for spot in found.spots}
    legend = shades(numbers.values())
    shapes = {spot.territory.code: _shape(network, found, spot, measure, legend) for spot in found.spots}
    return Drawing(
        legend,
        mainland=[_inert(shapes[code]) for code in MAINLAND if code in shapes],
        close_up=[shapes[code] for code in CLOSE_UP if code in shapes],
        overseas=[shapes[code] for code in OVERSEAS if code in shapes],
    )


def _inert(shape: Shape) -> Shape:
    """Too small to be pressed, and a second time on the way of a keyboard: it is in the close-up."""
    return replace(shape, href="") if shape.code in CLOSE_UP else shape


def lines(network: Network, found: Coverage) -> list[Line]:
    return [
        Line(
            spot,
            people_href=_href(network, found, spot, "personnes") if spot.people else "",
            helpers_href=_href(network, found, spot, "aide") if spot.helpers else "",
            actors_href=_href(network, found, spot, "acteurs") if spot.actors else "",
        )
        for spot in found.held
    ]


def _shape(network: Network, found: Coverage, spot: Spot, measure: str, legend: list[Shade]) -> Shape:
    number = getattr(spot, MEASURES[measure])
    href = _href(network, found, spot, measure) if number else ""
    words = str(_WORDS[measure] % {"count": number, "number": localize(number)})
    return Shape(spot.territory.code, spot.territory.name, words, number, level_of(number, legend), href)


def _href(network: Network, found: Coverage, spot: Spot, measure: str) -> str:
    """The people, or the resource actors, that the number counts."""
    page = "mentoring:supports" if measure == "acteurs" else "mentoring:directory"
    query = {"territoire": spot.territory.address}
    if measure != "acteurs" and found.competence:
        query["competence"] = found.competence.slug
    if measure == "aide":
        query["aide"] = "1"
    return f"{reverse(page, args=[network.slug])}?{urlencode(query)}"
