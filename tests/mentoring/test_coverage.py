"""The map: what it counts, how it is shaded, and what it leads to."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import find
from django.urls import reverse

from mentoring.enums import SupportKind
from mentoring.models import Support
from mentoring.queries.competences import tree
from mentoring.queries.coverage import Coverage, coverage
from mentoring.shading import CLOSE_UP, MAINLAND, OVERSEAS, Shade, level_of, shades
from peerhub.people.enums import CircleKind, TerritoryKind
from peerhub.people.models import Circle, Network, Territory, User
from peerhub.people.services.circles import create_circle
from tests.builders import make_network, make_territory
from tests.conftest import Browser
from tests.mentoring.actor_builders import make_organisation
from tests.mentoring.builders import competence, declare, make_listed, make_place

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("numbers", "limits"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 0, 1], [(1, 1)]),
        ([1, 2], [(1, 1), (2, 2)]),
        ([3], [(1, 1), (2, None)]),
        ([37, 4], [(1, 4), (5, 9), (10, 19), (20, None)]),
        ([100], [(1, 19), (20, 49), (50, 99), (100, 100)]),
    ],
)
def test_shades_have_round_limits_and_begin_at_one(numbers: list[int], limits: list[tuple[int, int | None]]) -> None:
    found = shades(numbers)
    assert found == [Shade(level, least, most) for level, (least, most) in enumerate(limits, start=1)]
    assert level_of(0, found) == 0
    assert [level_of(least, found) for least, _most in limits] == list(range(1, len(limits) + 1))


def test_every_shape_of_the_map_has_its_outline() -> None:
    """The build makes the outlines of packages: what the page points to is there."""
    found = find("ui/departements.svg")
    assert isinstance(found, str)
    svg = Path(found).read_text(encoding="utf-8")
    assert [code for code in (*MAINLAND, *OVERSEAS) if f'id="d-{code}"' not in svg] == []
    assert set(CLOSE_UP) < set(MAINLAND)
    assert len(MAINLAND) == 96


def seen(user: User, network: Network, slug: str = "") -> dict[str, tuple[int, int, int, int]]:
    found = read(user, network, slug)
    return {spot.territory.name: (spot.people, spot.helpers, spot.competences, spot.actors) for spot in found.held}


def read(user: User, network: Network, slug: str = "") -> Coverage:
    return coverage(user, network, tree(), competence(slug) if slug else None)


def test_people_what_they_know_and_where_nobody_is() -> None:
    network = make_network()
    loire, rhone = make_place("Feurs", "Loire"), make_place("Givors", "Rhône")
    make_place("Privas", "Ardèche")
    eve, paul = make_listed(network, territory=loire), make_listed(network, "Paul", territory=loire)
    lise = make_listed(network, "Lise", territory=rhone)
    make_listed(make_network(), territory=rhone)
    declare(eve.user, "cantine-bio-locale", can_help=True)
    declare(paul.user, "cantine-bio-locale")
    declare(paul.user, "gaspillage-alimentaire", can_help=True)
    assert seen(lise.user, network) == {"Loire": (2, 2, 2, 0), "Rhône": (1, 0, 0, 0)}
    assert seen(lise.user, network, "cantine-bio-locale") == {"Loire": (2, 1, 1, 0)}
    assert seen(lise.user, network, "alimentation-agriculture") == {"Loire": (2, 2, 2, 0)}
    assert [spot.territory.name for spot in read(lise.user, network).bare] == ["Ardèche"]


def offer(network: Network, circle: Circle, *places: Territory, about: str = "") -> Support:
    made = Support.objects.create(
        network=network, circle=circle, organisation=make_organisation(), kind=SupportKind.MATERIAL, summary="Un local"
    )
    made.territories.set(places)
    made.competences.set([competence(about)] if about else [])
    return made


def test_resource_actors_are_counted_where_they_are_and_only_those_one_may_see() -> None:
    network = make_network()
    feurs, givors = make_place("Feurs", "Loire"), make_place("Givors", "Rhône")
    region = Territory.objects.get(kind=TerritoryKind.REGION)
    everybody = Circle.objects.of_network(network, CircleKind.NETWORK)
    eve, paul = make_listed(network, territory=feurs), make_listed(network, "Paul", territory=givors)
    few = create_circle(
        network=network, kind=CircleKind.CUSTOM, name="Quelques-uns", members=[eve.user], confidential=True
    )
    offer(network, everybody, feurs, about="cantine-bio-locale")
    offer(network, everybody, region)
    offer(network, everybody)
    offer(network, few, givors)
    assert seen(eve.user, network) == {"Loire": (1, 0, 0, 2), "Rhône": (1, 0, 0, 2)}
    assert seen(paul.user, network) == {"Loire": (1, 0, 0, 2), "Rhône": (1, 0, 0, 1)}
    assert read(paul.user, network).actors_everywhere == 1
    assert seen(paul.user, network, "alimentation-agriculture") == {"Loire": (0, 0, 0, 1)}
    assert read(paul.user, network, "cantine-bio-locale").actors_everywhere == 0


def page(network: Network, query: str = "") -> str:
    return reverse("mentoring:map", args=[network.slug]) + query


def test_the_map_and_the_table_say_the_same_and_lead_to_those_they_count(browser: Browser) -> None:
    network = make_network()
    place = make_place("Feurs", "Loire")
    loire = place.parent
    assert loire is not None
    Territory.objects.filter(pk=loire.pk).update(code="42")
    eve = make_listed(network, territory=place)
    make_listed(network, "Paul", territory=place)
    declare(eve.user, "cantine-bio-locale", can_help=True)
    response = browser.as_user(eve.user).get(page(network, "?competence=cantine-bio-locale&compter=aide"))
    (shape,) = response.context["map"].mainland
    (line,) = response.context["lines"]
    directory = reverse("mentoring:directory", args=[network.slug])
    leads_to = f"{directory}?territoire=departement-42&competence=cantine-bio-locale&aide=1"
    assert (shape.name, shape.number, shape.level, shape.href) == ("Loire", 1, 1, leads_to)
    assert (line.spot.people, line.spot.helpers, line.helpers_href) == (1, 1, leads_to)
    assert browser.get(leads_to).context["total"] == 1
    everybody = browser.get(page(network))
    (shape,) = everybody.context["map"].mainland
    assert (shape.number, browser.get(shape.href).context["total"]) == (2, 2)
    # Paris is drawn twice, and opened where it is large.
    Territory.objects.filter(pk=loire.pk).update(code="75")
    drawn = browser.get(page(network)).context["map"]
    assert [(one.level, bool(one.href)) for one in (*drawn.mainland, *drawn.close_up)] == [(2, False), (2, True)]


def test_what_means_nothing_is_left_out(browser: Browser) -> None:
    network = make_network()
    make_territory("Creuse", kind=TerritoryKind.DEPARTEMENT)
    response = browser.as_user(make_listed(network).user).get(page(network, "?competence=rien&compter=rien"))
    assert (response.status_code, response.context["measure"], response.context["found"].competence) == (
        200,
        "personnes",
        None,
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_map_takes_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    everybody = Circle.objects.of_network(network, CircleKind.NETWORK)
    for index in range(number):
        place = make_place(f"Ville {index}", f"Département {index}")
        member = make_listed(network, territory=place)
        declare(member.user, "cantine-bio-locale")
        offer(network, everybody, place)
    browser.as_user(member.user).get(page(network))
    with django_assert_num_queries(MAP_QUERIES):
        assert len(browser.get(page(network)).context["lines"]) == number


# The person, the network with my hat, the tree, people, what they know, actors everywhere and by place, the
# territories; and the shell: what is unread.
MAP_QUERIES = 9
