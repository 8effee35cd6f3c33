"""Public pages that visitors share for a moment, and what must never be shared."""

import pytest
from django.conf import LazySettings
from django.test import Client

from peerhub.people.enums import CircleKind
from peerhub.people.models import Network
from tests.builders import make_member, make_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(settings: LazySettings) -> Network:
    settings.VISITOR_PAGE_SECONDS = 60
    return make_network(is_public=True)


def rename(network: Network, name: str) -> None:
    Network.objects.filter(pk=network.pk).update(name=name)


def test_a_public_page_is_made_once_for_visitors_of_one_process(public: Network) -> None:
    first = Client()
    before = first.get(f"/r/{public.slug}/seances/")
    rename(public, "Un autre nom")
    # One client is one process here; its cookies are those of one browser.
    first.cookies.clear()
    again = first.get(f"/r/{public.slug}/seances/")
    assert (before.status_code, again.content) == (200, before.content)
    assert {**again.headers, "X-Request-ID": ""} == {**before.headers, "X-Request-ID": ""}
    assert "Content-Security-Policy" in again.headers
    assert not again.cookies


def test_languages_colours_and_addresses_are_told_apart(public: Network) -> None:
    client, path = Client(), f"/r/{public.slug}/seances/"
    pages = {
        client.get(path).content,
        client.get(path, headers={"Accept-Language": "en"}).content,
        client.get(f"{path}?mois=2030-01").content,
    }
    client.cookies["peerhub_theme"] = "dark"
    pages.add(client.get(path).content)
    assert len(pages) == 4


def test_a_person_signed_in_is_neither_shown_nor_gives_a_shared_page(public: Network) -> None:
    client, path = Client(), f"/r/{public.slug}/seances/"
    membership = make_member(public)
    shared = client.get(path).content
    client.force_login(membership.user)
    own = client.get(path).content
    assert membership.user.full_name in own.decode()
    client.logout()
    client.cookies.clear()
    assert client.get(path).content == shared


def test_an_answer_that_sets_a_cookie_or_is_no_page_is_not_shared(public: Network) -> None:
    client = Client()
    assert client.get("/compte/login/").content != client.get("/compte/login/").content  # each has its own token
    network = make_network(is_public=False)
    assert client.get(f"/r/{network.slug}/seances/").status_code == 302
    assert network.circles.filter(kind=CircleKind.NETWORK).exists()
    Network.objects.filter(pk=network.pk).update(is_public=True)
    assert client.get(f"/r/{network.slug}/seances/").status_code == 200


def test_a_page_is_made_again_after_its_seconds(public: Network, settings: LazySettings) -> None:
    settings.VISITOR_PAGE_SECONDS = 0.0001
    client, path = Client(), f"/r/{public.slug}/seances/"
    before = client.get(path).content
    rename(public, "Un autre nom")
    assert client.get(path).content != before
