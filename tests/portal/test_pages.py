"""Home, desk and search: who sees what, and at what cost."""

import pytest
from pytest_django import DjangoAssertNumQueries

from peerhub.outbox.testing import dispatch_all
from tests.builders import make_animator, make_member, make_network, make_suspended, make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db


def test_visitor_reads_what_peerhub_is(browser: Browser) -> None:
    make_network(name="Réseau ouvert")
    make_network(name="Réseau discret", is_public=False)
    page = browser.get("/")
    assert page.status_code == 200
    assert "Réseau ouvert" in page.text
    assert "Réseau discret" not in page.text


def test_member_is_sent_to_the_network_visited_last(browser: Browser) -> None:
    user = make_user()
    make_member(make_network(slug="a-premier"), user)
    make_member(make_network(slug="b-second"), user)
    browser.as_user(user)
    assert browser.get("/")["Location"] == "/r/a-premier/"
    browser.get("/r/b-second/")
    assert browser.get("/")["Location"] == "/r/b-second/"


def test_member_of_no_network_is_sent_to_their_list(browser: Browser) -> None:
    assert browser.as_user(make_user()).get("/")["Location"] == "/reseaux/"


@pytest.mark.parametrize("people", [1, 3])
def test_member_home_takes_eight_queries(
    people: int, browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    network = make_network()
    member = make_member(network)
    for _ in range(people):
        make_member(network)
    browser.as_user(member.user)
    with django_assert_num_queries(8):
        page = browser.get(f"/r/{network.slug}/")
    assert f"Bonjour {member.user.given_name}." in page.text


def test_private_network_is_not_found_by_others(browser: Browser) -> None:
    network = make_network(is_public=False)
    suspended = make_suspended(network)
    visitor = browser.get(f"/r/{network.slug}/")
    assert (visitor.status_code, visitor["Location"]) == (302, f"/compte/login/?next=/r/{network.slug}/")
    assert browser.as_user(suspended.user).get(f"/r/{network.slug}/").status_code == 404
    assert Browser().as_user(make_member(network).user).get(f"/r/{network.slug}/").status_code == 200


def test_desk_is_for_animators(browser: Browser) -> None:
    network = make_network()
    assert browser.as_user(make_member(network).user).get(f"/r/{network.slug}/animer/").status_code == 403
    assert Browser().as_user(make_animator(make_network()).user).get(f"/r/{network.slug}/animer/").status_code == 404
    page = Browser().as_user(make_animator(network).user).get(f"/r/{network.slug}/animer/")
    assert page.context["desk"].members == 2


def test_search_says_that_nothing_was_found(browser: Browser) -> None:
    page = browser.get("/recherche/", {"q": "introuvable"})
    assert "Rien pour « introuvable »" in page.text


def test_search_finds_people_of_ones_networks_alone(
    browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Who reads, circles, discussions, sessions, competences, people (their keys, then what is shown), themes,
    categories, what is unread. (Competences and categories are kept for a moment in production.)"""
    network = make_network()
    member = make_member(network, make_user(given_name="Églantine", family_name="Œuvrard"))
    reader = make_member(network).user
    dispatch_all()  # the directory follows memberships
    browser.as_user(reader).get("/recherche/", {"q": "oeuvrard"})
    with django_assert_num_queries(10):
        page = browser.get("/recherche/", {"q": "oeuvrard"})
    assert [entry.user for entry in page.context["found"].people] == [member.user]
    assert "Églantine Œuvrard" in page.text
    page = Browser().as_user(make_member(make_network()).user).get("/recherche/", {"q": "oeuvrard"})
    assert page.context["found"].count == 0


def test_a_row_of_minuses_is_one(browser: Browser) -> None:
    """Each further one is nested by PostgreSQL, which fails past some thirty."""
    assert browser.get("/recherche/", {"q": "-" * 199 + " eau" + " - " * 50}).status_code == 200
