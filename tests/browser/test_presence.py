"""Two real browsers on one topic: who reads, who writes, and what a person who is removed from the circle sees."""

import pytest
from playwright.sync_api import Page, expect

from forums.models import Topic
from peerhub.people.models import User
from peerhub.people.services.circles import remove_member
from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.builders import make_member, make_network
from tests.forums.builders import make_confidential_forum, make_post, make_public_forum, make_topic


@pytest.fixture
def people(site: Site) -> tuple[User, User]:
    network = make_network()
    first, second = make_member(network, category="agent").user, make_member(network, category="elected").user
    for user, name in ((first, "Claire"), (second, "Yanis")):
        user.given_name, user.family_name = name, "Martin"
        user.save()
    return first, second


@pytest.fixture
def topic(people: tuple[User, User]) -> Topic:
    author = people[0]
    return make_topic(make_confidential_forum(author.memberships.get().network, list(people)), author)


def open_as(page: Page, topic: Topic) -> Page:
    page.goto(topic.get_absolute_url())
    return page


def test_readers_and_writers_see_each_other_and_nothing_jumps(
    visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    here, there = open_as(visit.on_phone(people[0]), topic), open_as(visit(people[1]), topic)
    top = here.locator("#repondre").bounding_box()
    readers, writers = here.locator(".presence__readers"), here.locator(".presence__writers")
    expect(readers).to_have_text("Yanis M. lit aussi cette discussion", timeout=15_000)
    there.get_by_label("Votre réponse").press_sequentially("Nous")
    expect(writers).to_have_text("Yanis M. écrit…", timeout=15_000)
    expect(here.locator("live-presence [role=status]")).to_have_text("Yanis M. écrit…")
    expect(there.locator(".presence__readers")).to_have_text("Claire M. lit aussi cette discussion")
    # Nobody is told of oneself.
    expect(there.locator(".presence__writers")).to_have_text("")
    assert here.locator("#repondre").bounding_box() == top
    there.get_by_role("button", name="Publier").click()
    expect(here.locator("#message-2")).to_contain_text("Nous")
    expect(writers).to_have_text("", timeout=15_000)
    there.close()
    expect(readers).to_have_text("", timeout=15_000)


def test_who_hides_is_not_seen_at_once_and_still_sees(visit: Visitors, topic: Topic, people: tuple[User, User]) -> None:
    here, there = open_as(visit(people[0]), topic), open_as(visit(people[1]), topic)
    readers = here.locator(".presence__readers")
    expect(readers).to_have_text("Yanis M. lit aussi cette discussion", timeout=15_000)
    settings = there.context.new_page()
    settings.goto("/mes-preferences/")
    settings.get_by_label("Montrer aux autres quand je lis ou écris une discussion").uncheck()
    settings.get_by_role("button", name="Enregistrer").click()
    expect(readers).to_have_text("", timeout=15_000)
    expect(there.locator(".presence__readers")).to_have_text("Claire M. lit aussi cette discussion")


def test_a_person_who_is_removed_is_told_so_on_every_tab_and_disappears(
    site: Site, visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    here = open_as(visit(people[0]), topic)
    tab = open_as(visit.on_phone(people[1]), topic)
    other = open_as(tab.context.new_page(), topic)
    site.wait_for_watchers(f"topic.{topic.pk}", 3)
    expect(here.locator(".presence__readers")).to_have_text("Yanis M. lit aussi cette discussion", timeout=15_000)
    remove_member(circle=topic.circle, user=people[1])
    for page in (tab, other):
        expect(page.locator(".live-feed__over")).to_have_text("Cette discussion ne vous est plus ouverte.")
        expect(page.locator(".presence__readers")).to_have_text("")
    expect(here.locator(".presence__readers")).to_have_text("", timeout=15_000)
    make_post(topic, people[0], "Après son départ")
    expect(here.locator("#message-2")).to_contain_text("Après son départ")
    for page in (tab, other):
        assert "Après son départ" not in page.content()
    assert site.live.watchers_of(f"topic.{topic.pk}") == 1


def test_signing_out_in_one_tab_is_said_in_the_other(
    site: Site, visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    tab = open_as(visit(people[1]), topic)
    site.wait_for_watchers(f"topic.{topic.pk}", 1)
    other = tab.context.new_page()
    other.goto("/compte/logout/")
    other.get_by_role("button", name="Se déconnecter").first.click()
    expect(tab.locator(".live-feed__over")).to_contain_text("Vous n’êtes plus connecté·e")
    assert site.live.watchers_of(f"topic.{topic.pk}") == 0


def test_with_sockets_blocked_nobody_is_named_and_all_works_by_reloading(
    visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    page = visit(people[0])
    page.route_web_socket("**/live/**", lambda socket: socket.close())
    open_as(page, topic)
    make_post(topic, people[1], "Sans prise")
    expect(page.locator(".presence__readers")).to_have_text("")
    page.reload()
    expect(page.locator("#message-2")).to_contain_text("Sans prise")


def test_where_the_whole_web_reads_nobody_is_named(visit: Visitors, people: tuple[User, User]) -> None:
    topic = make_topic(make_public_forum(people[0].memberships.get().network), people[0])
    page = open_as(visit(people[0]), topic)
    expect(page.locator("article.post")).to_have_count(1)
    expect(page.locator("live-presence")).to_have_count(0)
