"""Two real browsers on one topic: what is written here appears there, once, whatever the network and JavaScript do."""

import pytest
from playwright.sync_api import Page, expect

from forums.models import Post, Topic
from peerhub.people.models import User
from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.builders import make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic


@pytest.fixture
def people(site: Site) -> tuple[User, User]:
    network = make_network()
    return make_member(network, category="agent").user, make_member(network, category="elected").user


@pytest.fixture
def topic(people: tuple[User, User]) -> Topic:
    author = people[0]
    return make_topic(make_forum(author.memberships.get().network), author)


def numbers(page: Page) -> list[str]:
    shown: list[str] = page.eval_on_selector_all("article.post", "all => all.map(one => one.dataset.seq)")
    return shown


def reply(page: Page, text: str) -> None:
    page.get_by_label("Votre réponse").fill(text)
    page.get_by_role("button", name="Publier").click()


def bodies(topic: Topic) -> list[str]:
    return list(Post.objects.filter(topic=topic, number__gt=1).order_by("number").values_list("body", flat=True))


def open_both(site: Site, visit: Visitors, topic: Topic, people: tuple[User, User]) -> tuple[Page, Page]:
    pages = visit(people[0]), visit.on_phone(people[1])
    for page in pages:
        page.goto(topic.get_absolute_url())
    site.wait_for_watchers(f"topic.{topic.pk}", 2)
    return pages


def test_a_reply_appears_in_the_other_browser_within_a_second_and_once(
    site: Site, visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    here, there = open_both(site, visit, topic, people)
    there.evaluate("window.notReloaded = true")
    # When each post came into the page, by the clock that both browsers share.
    there.evaluate(
        """() => { window.seen = {}; new MutationObserver((changes) => {
          for (const { addedNodes } of changes) for (const node of addedNodes)
            if (node.dataset?.seq) window.seen[node.dataset.seq] ??= Date.now();
        }).observe(document.querySelector("#messages"), { childList: true }); }"""
    )
    waits = []
    for number in (2, 3, 4):
        sent_at = here.evaluate("Date.now()")
        reply(here, f"Réponse {number}")
        expect(there.locator(f"#message-{number}")).to_contain_text(f"Réponse {number}")
        waits.append(there.evaluate(f"window.seen[{number}]") - sent_at)
    assert min(waits) < 1000, waits
    for page in (here, there):
        expect(page.locator("article.post")).to_have_count(4)
        assert numbers(page) == ["1", "2", "3", "4"]
    assert there.evaluate("window.notReloaded")
    reply(there, "Et moi depuis mon téléphone")
    expect(here.locator("#message-5")).to_contain_text("Et moi depuis mon téléphone")
    assert numbers(here) == numbers(there) == ["1", "2", "3", "4", "5"]


def test_with_sockets_blocked_a_reply_appears_on_reload(
    site: Site, visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    here, there = visit(people[0]), visit(people[1])
    for page in (here, there):
        page.route_web_socket("**/live/**", lambda socket: socket.close())
        page.goto(topic.get_absolute_url())
    reply(here, "Sans prise")
    expect(here.locator("#message-2")).to_contain_text("Sans prise")
    there.wait_for_timeout(300)
    assert numbers(there) == ["1"]
    there.reload()
    expect(there.locator("#message-2")).to_contain_text("Sans prise")
    assert numbers(there) == ["1", "2"]
    assert site.live.watchers_of(f"topic.{topic.pk}") == 0


def test_without_javascript_both_read_and_post(visit: Visitors, topic: Topic, people: tuple[User, User]) -> None:
    here, there = visit(people[0], java_script_enabled=False), visit.on_phone(people[1], java_script_enabled=False)
    here.goto(topic.get_absolute_url())
    reply(here, "Sans script")
    expect(here.locator("#message-2")).to_contain_text("Sans script")
    there.goto(topic.get_absolute_url())
    expect(there.locator("#message-2")).to_contain_text("Sans script")
    reply(there, "Ni ici")
    here.reload()
    expect(here.locator("#message-3")).to_contain_text("Ni ici")
    assert bodies(topic) == ["Sans script", "Ni ici"]


@pytest.mark.parametrize("with_script", [True, False])
def test_a_double_click_is_one_post(
    visit: Visitors, topic: Topic, people: tuple[User, User], with_script: bool
) -> None:
    page = visit(people[0], java_script_enabled=with_script)
    page.goto(topic.get_absolute_url())
    page.get_by_label("Votre réponse").fill("Une fois")
    page.get_by_role("button", name="Publier").dblclick()
    expect(page.locator("#message-2")).to_contain_text("Une fois")
    page.reload()
    assert numbers(page) == ["1", "2"]
    assert bodies(topic) == ["Une fois"]


def test_a_message_typed_in_a_tunnel_is_kept_and_posted_once(
    visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    page = visit.on_phone(people[1])
    page.goto(topic.get_absolute_url())
    page.context.set_offline(True)
    reply(page, "Dans le tunnel")
    status = page.locator(".composer__status")
    expect(status).to_have_class("composer__status composer__status--warn")
    expect(page.get_by_label("Votre réponse")).to_have_value("Dans le tunnel")
    assert bodies(topic) == []
    page.context.set_offline(False)
    expect(page.locator("#message-2")).to_contain_text("Dans le tunnel")
    expect(page.get_by_label("Votre réponse")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Votre réponse")).to_have_value("")
    assert numbers(page) == ["1", "2"]
    assert bodies(topic) == ["Dans le tunnel"]


def test_a_draft_survives_the_page(visit: Visitors, topic: Topic, people: tuple[User, User]) -> None:
    page = visit(people[1])
    page.goto(topic.get_absolute_url())
    page.get_by_label("Votre réponse").fill("Un début")
    page.goto("/notifications/")
    page.goto(topic.get_absolute_url())
    expect(page.get_by_label("Votre réponse")).to_have_value("Un début")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2")).to_contain_text("Un début")
    assert bodies(topic) == ["Un début"]


def test_after_a_cut_the_page_catches_up_without_gap_or_double(
    site: Site, visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    page = visit(people[1])
    page.goto(topic.get_absolute_url())
    site.wait_for_watchers(f"topic.{topic.pk}", 1)
    make_post(topic, people[0], "Avant")
    expect(page.locator("#message-2")).to_be_visible()
    site.live.stop()
    for text in ("Pendant un", "Pendant deux"):
        make_post(topic, people[0], text)
    site.live.start()
    expect(page.locator("article.post")).to_have_count(4, timeout=15_000)
    site.wait_for_watchers(f"topic.{topic.pk}", 1)
    make_post(topic, people[0], "Après")
    expect(page.locator("#message-5")).to_contain_text("Après")
    assert numbers(page) == ["1", "2", "3", "4", "5"]
