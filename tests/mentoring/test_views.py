"""The pages of mentoring."""

from typing import Any

import pytest
from django.urls import reverse

from mentoring.models import DeclaredCompetence
from peerhub.people.models import Network
from tests.builders import make_member, make_network, make_suspended, make_user
from tests.conftest import Browser
from tests.mentoring.builders import competence, declare, make_listed, make_place

pytestmark = pytest.mark.django_db


def address(network: Network, query: str = "") -> str:
    return reverse("mentoring:directory", args=[network.slug]) + query


@pytest.mark.parametrize("number", [1, 3])
def test_the_directory_takes_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    network = make_network()
    place = make_place()
    for _number in range(number):
        member = make_listed(network, territory=place)
        declare(member.user, "cantine-bio-locale", can_help=True)
    browser.as_user(member.user).get(address(network))
    with django_assert_num_queries(DIRECTORY_QUERIES):
        response = browser.get(address(network, "?competence=cantine-bio-locale"))
    assert [person.entry.user_id for person in response.context["page"]] != []


# The person, the network with my hat, the chosen competence, my entry, the tree, the facets (with the filter, and two
# without, that a large network keeps), the keys of the page, its people, what they declared, the categories, the places
# of the facets; and the shell: what is unread.
DIRECTORY_QUERIES = 14


def test_only_members_see_the_directory(browser: Browser) -> None:
    network = make_network()
    member = make_listed(network)
    profile = reverse("mentoring:profile", args=[network.slug, member.user_id])
    for page in (address(network), profile):
        assert browser.get(page).status_code == 302
    for user in (make_user(), make_suspended(network).user, make_member(make_network()).user):
        for page in (address(network), profile):
            assert Browser().as_user(user).get(page).status_code == 404
    for page in (address(network), profile):
        assert Browser().as_user(member.user).get(page).status_code == 200


def test_a_person_of_another_network_has_no_page_here(browser: Browser) -> None:
    network = make_network()
    stranger = make_listed(make_network())
    browser.as_user(make_listed(network).user)
    assert browser.get(reverse("mentoring:profile", args=[network.slug, stranger.user_id])).status_code == 404


def test_a_profile_shows_what_the_person_knows_and_helps_with(browser: Browser) -> None:
    network = make_network()
    member = make_listed(network, "Ève", "Martin", title="Cheffe de projet", territory=make_place("Feurs"))
    declare(member.user, "cantine-bio-locale", can_help=True)
    declare(member.user, "gaspillage-alimentaire")
    html = (
        browser.as_user(make_listed(network).user)
        .get(reverse("mentoring:profile", args=[network.slug, member.user_id]))
        .content.decode()
    )
    for words in ("Ève Martin", "Cheffe de projet", "Feurs", "Peut vous aider", "Connaît aussi"):
        assert words in html
    assert html.index("Passer une cantine au bio") < html.index("Connaît aussi") < html.index("Réduire le gaspillage")
    assert "Mes compétences</a>" not in html.split("<main", 1)[1]


def test_filters_in_the_address_are_read_and_the_links_carry_them(browser: Browser) -> None:
    network = make_network()
    place = make_place("Feurs", "Loire")
    assert place.parent is not None
    member = make_listed(network, territory=place)
    declare(member.user, "cantine-bio-locale", can_help=True)
    query = (
        f"?q=martin&competence=cantine-bio-locale&categorie=agent&territoire={place.parent.address}"
        "&strate=2000-10000&aide=1"
    )
    response = browser.as_user(member.user).get(address(network, query))
    search = response.context["search"]
    assert (search.words, search.competence, search.category.slug) == (
        "martin",
        competence("cantine-bio-locale"),
        "agent",
    )
    assert (search.territory, search.stratum, search.can_help) == (place.parent, "2000-10000", True)
    assert response.context["total"] == 1
    drop = response.context["help_href"]
    assert drop == query.replace("&aide=1", "")
    assert browser.get(address(network, drop)).context["search"].can_help is False


def test_a_territory_typed_in_words_is_understood_or_asked_back(browser: Browser) -> None:
    network = make_network()
    member = make_listed(network, territory=make_place("Feurs", "Loire"))
    browser.as_user(member.user)
    assert browser.get(address(network, "?territoire=feurs")).context["total"] == 1
    make_place("Feurs", "Rhône")
    response = browser.get(address(network, "?territoire=feurs&categorie=agent"))
    assert response.status_code == 422
    assert [territory.name for territory, _href in response.context["candidates"]] == ["Feurs", "Feurs"]
    assert all("categorie=agent" in href for _territory, href in response.context["candidates"])
    assert browser.get(address(network, "?territoire=zzz")).status_code == 422


@pytest.mark.parametrize("query", ["?page=2", "?page=0", "?page=x", "?page=99999999999"])
def test_pages_that_do_not_exist_are_not_found(browser: Browser, query: str) -> None:
    network = make_network()
    assert browser.as_user(make_listed(network).user).get(address(network, query)).status_code == 404


@pytest.mark.parametrize("query", ["?competence=rien", "?categorie=rien", "?strate=rien", "?organisation=rien"])
def test_a_filter_that_means_nothing_is_left_out(browser: Browser, query: str) -> None:
    network = make_network()
    response = browser.as_user(make_listed(network).user).get(address(network, query))
    assert (response.status_code, response.context["total"]) == (422, 1)


def test_declaring_changing_and_withdrawing(browser: Browser) -> None:
    user = make_user()
    leaf = competence("cantine-bio-locale")
    page = reverse("mentoring:my-competence", args=[leaf.slug])
    browser.as_user(user)
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"level": ""}).status_code == 422
    fields = {"level": "experienced", "can_help": "on", "evidence": "  Trois  cantines  "}
    assert browser.post(page, fields).headers["Location"] == reverse("mentoring:my-competences")
    declared = DeclaredCompetence.objects.get(user=user)
    assert (declared.level, declared.can_help, declared.evidence) == ("experienced", True, "Trois cantines")
    assert "Trois cantines" in browser.get(reverse("mentoring:my-competences")).content.decode()
    assert browser.post(reverse("mentoring:competence-withdraw", args=[leaf.slug])).status_code == 303
    assert not DeclaredCompetence.objects.exists()
    undo = browser.get(reverse("mentoring:my-competences")).context["undo"]
    again = {"level": undo["level"], "can_help": "on", "evidence": undo["evidence"]}
    browser.post(reverse("mentoring:my-competence", args=[undo["slug"]]), again)
    back = DeclaredCompetence.objects.get(user=user)
    assert (back.level, back.can_help, back.evidence) == ("experienced", True, "Trois cantines")
    assert browser.get(reverse("mentoring:my-competences")).context["undo"] is None


def test_a_branch_is_refused_with_a_sentence(browser: Browser) -> None:
    competence("cantine-bio-locale")
    browser.as_user(make_user())
    page = reverse("mentoring:my-competence", args=["alimentation-agriculture"])
    response = browser.post(page, {"level": "notions"})
    assert response.status_code == 409
    assert "Choisissez une compétence précise dans cette famille." in response.content.decode()
    assert browser.get(reverse("mentoring:my-competence", args=["rien"])).status_code == 404


def test_words_find_competences_to_add_as_a_page_and_as_a_fragment(browser: Browser) -> None:
    competence("cantine-bio-locale")
    browser.as_user(make_user())
    page = reverse("mentoring:my-competences")
    for headers in ({}, {"HX-Request": "true"}):
        response = browser.get(page, {"q": "egalim"}, headers=headers)
        assert [one.slug for one in response.context["found"]] == ["cantine-bio-locale"]
        assert ("<html" in response.content.decode()) is (not headers)
    assert "Rien ne répond à « zzz »" in browser.get(page, {"q": "zzz"}).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_my_competences_take_the_same_queries_for_any_number(
    browser: Browser, number: int, django_assert_num_queries: Any
) -> None:
    user = make_user()
    for slug in ("cantine-bio-locale", "gaspillage-alimentaire", "achats-alimentaires")[:number]:
        declare(user, slug)
    browser.as_user(user).get(reverse("mentoring:my-competences"))
    with django_assert_num_queries(MINE_QUERIES):
        browser.get(reverse("mentoring:my-competences"))


# The person with their networks, the tree, mine; the shell: the bell.
MINE_QUERIES = 4
