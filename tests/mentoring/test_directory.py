"""Searching a directory: words, filters, facets that respect the other filters, pages."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from mentoring import directory as room
from mentoring.directory import Search, facets_for, matching_competences
from mentoring.models import DirectoryEntry
from mentoring.queries.competences import tree
from mentoring.queries.directory import PageTooFar, directory_page, search_people
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import OrganisationKind, Stratum
from peerhub.people.models import Network
from peerhub.people.services.memberships import NewHat, change_hat, create_hat
from tests.builders import make_category, make_member, make_network, make_user
from tests.mentoring.builders import competence, declare, make_listed, make_place

pytestmark = pytest.mark.django_db


def names(network: Network, **parts: object) -> list[str]:
    found = directory_page(network, Search(**parts), is_by_name=True)  # type: ignore[arg-type]
    return [person.entry.user.full_name for person in found.page]


@pytest.fixture
def network() -> Network:
    """Four people: Ève and Zoé know about food, Ève helps; Ali and Zoé live in the Loire, Ali is elected."""
    network = make_network()
    loire, rhone = make_place("Feurs", "Loire", 8000), make_place("Givors", "Rhône", 20000)
    eve = make_listed(network, "Ève", "Martin", territory=rhone)
    ali = make_listed(network, "Ali", "Benaïssa", category="elected", territory=loire, title="Maire")
    zoe = make_listed(network, "Zoé", "Dupont", territory=loire)
    make_listed(network, "Marc", "Dupond-Aignan")
    declare(eve.user, "cantine-bio-locale", can_help=True)
    declare(zoe.user, "gaspillage-alimentaire")
    declare(ali.user, "achats-alimentaires")
    declare(ali.user, "cantine-bio-locale")
    make_listed(make_network(), "Intrus", "Martin", territory=loire)
    return network


def test_everybody_comes_by_family_name(network: Network) -> None:
    assert names(network) == ["Ali Benaïssa", "Marc Dupond-Aignan", "Zoé Dupont", "Ève Martin"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("martin", ["Ève Martin"]),
        ("EVE mar", ["Ève Martin"]),
        ("benaissa", ["Ali Benaïssa"]),
        ("dupon", ["Marc Dupond-Aignan", "Zoé Dupont"]),
        ("aignan", ["Marc Dupond-Aignan"]),
        ("maire", ["Ali Benaïssa"]),
        ("feurs", ["Ali Benaïssa", "Zoé Dupont"]),
        ("egalim", ["Ali Benaïssa", "Ève Martin"]),
        ("restauration scolaire", ["Ali Benaïssa", "Ève Martin"]),
        ("alimentation", ["Ali Benaïssa", "Zoé Dupont", "Ève Martin"]),
        ("intrus", []),
        ("!!! & ' | \\", ["Ali Benaïssa", "Marc Dupond-Aignan", "Zoé Dupont", "Ève Martin"]),
    ],
)
def test_words_find_names_titles_places_and_competences(network: Network, words: str, expected: list[str]) -> None:
    assert names(network, words=words) == expected


def test_a_competence_is_found_with_all_below_it(network: Network) -> None:
    branch, leaf = competence("alimentation-agriculture"), competence("cantine-bio-locale")
    assert names(network, competence=branch) == ["Ali Benaïssa", "Zoé Dupont", "Ève Martin"]
    assert names(network, competence=leaf) == ["Ali Benaïssa", "Ève Martin"]
    assert names(network, competence=leaf, can_help=True) == ["Ève Martin"]
    assert names(network, competence=competence("achats-alimentaires"), can_help=True) == []
    assert names(network, can_help=True) == ["Ève Martin"]


def test_a_territory_is_found_with_all_inside_it(network: Network) -> None:
    row = DirectoryEntry.objects.get(user__given_name="Ali", network=network)
    assert row.territory is not None
    loire = row.territory.parent
    assert loire is not None
    assert names(network, territory=row.territory) == ["Ali Benaïssa", "Zoé Dupont"]
    assert names(network, territory=loire) == ["Ali Benaïssa", "Zoé Dupont"]
    assert names(network, territory=loire.parent) == ["Ali Benaïssa", "Zoé Dupont", "Ève Martin"]


def test_category_stratum_and_organisation_filter(network: Network) -> None:
    assert names(network, category=make_category("elected")) == ["Ali Benaïssa"]
    assert names(network, stratum=Stratum.UNDER_50000) == ["Ève Martin"]
    member = DirectoryEntry.objects.get(user__given_name="Marc", network=network).membership
    hat = create_hat(user=member.user, hat=NewHat(category=make_category("association"), organisation="Les Éveillés"))
    change_hat(membership=member, affiliation=hat)
    dispatch_all()
    assert names(network, organisation_kind=OrganisationKind.ASSOCIATION) == ["Marc Dupond-Aignan"]
    assert names(network, words="eveilles") == ["Marc Dupond-Aignan"]


def test_filters_and_words_go_together(network: Network) -> None:
    assert names(network, words="egalim", category=make_category("elected")) == ["Ali Benaïssa"]
    assert names(network, words="dupont", category=make_category("elected")) == []


def test_each_facet_counts_what_the_other_filters_leave(network: Network) -> None:
    elected, agent = make_category("elected"), make_category("agent")
    branch = competence("alimentation-agriculture")
    found = facets_for(network, Search(category=elected, competence=branch))
    assert found.total == 1
    assert found.of("category") == {str(elected.pk): 1, str(agent.pk): 2}
    assert found.of("competence") == {str(branch.position): 1}
    assert found.of("leaf") == {
        str(branch.pk): 1,
        str(competence("cantine-bio-locale").pk): 1,
        str(competence("achats-alimentaires").pk): 1,
    }
    assert found.of("stratum") == {Stratum.UNDER_10000: 1}
    assert found.of("can_help") == {"0": 1}


def test_facets_without_filters(network: Network) -> None:
    found = facets_for(network, Search())
    assert found.total == 4
    assert sum(found.of("category").values()) == 4
    assert sum(found.of("territory").values()) == 3
    assert found.of("can_help") == {"0": 3, "1": 1}
    assert found.of("competence") == {str(competence("alimentation-agriculture").position): 3}


def test_the_departements_of_the_chosen_region_are_counted(network: Network) -> None:
    row = DirectoryEntry.objects.get(user__given_name="Ève", network=network)
    region = row.territory and row.territory.parent and row.territory.parent.parent
    assert region is not None
    found = facets_for(network, Search(territory=region, category=make_category("agent")))
    assert sorted(found.of("departement").values()) == [1, 1]
    assert found.of("territory") == {str(region.pk): 2}
    assert facets_for(network, Search(territory=row.territory)).of("departement")[str(row.departement_id)] == 1


def test_help_narrows_the_branches_to_what_is_offered(network: Network) -> None:
    found = facets_for(network, Search(can_help=True))
    assert found.of("competence") == {str(competence("alimentation-agriculture").position): 1}
    assert found.total == 1


def test_pages_are_numbered_and_end(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mentoring.queries.directory.PAGE_SIZE", 3)
    first, second = (directory_page(network, Search(), number) for number in (1, 2))
    assert [len(first.page), len(second.page), first.page.page_count] == [3, 1, 2]
    with pytest.raises(PageTooFar):
        directory_page(network, Search(), 3)


def test_counts_of_a_large_network_are_kept_a_minute(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "KEEP_FROM", 1)
    assert facets_for(network, Search()).total == 4
    make_listed(network, "Tard", "Venue")
    assert facets_for(network, Search()).total == 4
    assert facets_for(network, Search(words="venue")).total == 1
    branch = competence("alimentation-agriculture")
    before = facets_for(network, Search(competence=branch)).of("leaf")
    declare(DirectoryEntry.objects.get(user__given_name="Tard").user, "cantine-bio-locale")
    assert facets_for(network, Search(competence=branch)).of("leaf") == before
    cache.clear()
    assert facets_for(network, Search(competence=branch)).of("leaf") != before


def test_what_was_asked_for_comes_first_on_a_card(network: Network) -> None:
    member = make_listed(network, "Anne", "Aa")
    for slug in ("gaspillage-alimentaire", "cantine-bio-locale"):
        declare(member.user, slug, can_help=True)
    declare(member.user, "achats-alimentaires")

    def card(**parts: Any) -> tuple[list[str], list[str]]:
        first = directory_page(network, Search(**parts)).page.items[0]
        return [one.competence.slug for one in first.helps], [one.competence.slug for one in first.knows]

    assert card() == (["cantine-bio-locale", "gaspillage-alimentaire"], [])
    assert card(words="antigaspi") == (["gaspillage-alimentaire", "cantine-bio-locale"], [])
    assert card(competence=competence("achats-alimentaires"))[1] == ["achats-alimentaires"]
    assert card(competence=competence("alimentation-agriculture"))[1] == ["achats-alimentaires"]


def test_people_of_my_networks_are_found_each_once(
    network: Network, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Competences (kept for a moment in production), keys, what is shown of them: three queries."""
    me = make_member(network).user
    other = make_network()
    make_member(other, me)
    eve = DirectoryEntry.objects.get(user__given_name="Ève").user
    make_member(other, eve)
    dispatch_all()
    assert [row.user.full_name for row in search_people(me, None, "martin")] == ["Ève Martin"]
    assert [row.user.full_name for row in search_people(me, None, "egalim")] == ["Ali Benaïssa", "Ève Martin"]
    assert [row.user.full_name for row in search_people(me, other, "mar")] == ["Ève Martin"]
    assert search_people(make_user(), None, "martin") == []
    assert search_people(AnonymousUser(), other, "martin") == []
    assert search_people(me, None, "m") == []
    make_listed(network, "Martine", "Egalité")
    with django_assert_num_queries(3):
        found = search_people(me, network, "egal", limit=2)
    assert [row.user.full_name for row in found] == ["Martine Egalité", "Ali Benaïssa"]


class MatchingIsTotal(TestCase):
    """Whatever is typed, a search answers."""

    @settings(max_examples=40, deadline=None)
    @given(st.text(max_size=60))
    def test_any_text_is_answered(self, words: str) -> None:
        network = make_network(slug="loi") if not Network.objects.exists() else Network.objects.get()
        assert directory_page(network, Search(words=" ".join(words.split()))).page.items == []
        assert matching_competences(words, tree()) == []
