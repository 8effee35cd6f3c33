"""Promise 3: nothing written is lost, and nothing is posted twice, whatever the network, the server and people do."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.urls import reverse
from playwright.sync_api import Locator, Page, Route, expect

from forums.models import Draft, Post, Topic
from forums.services.posts import create_post
from peerhub.people.models import User
from tests.browser.conftest import Visitors
from tests.browser.restartable import RestartableWeb
from tests.browser.site import Site, until
from tests.builders import PASSWORD, make_member, make_network
from tests.forums.builders import make_forum, make_topic


@pytest.fixture
def author(site: Site) -> User:
    return make_member(make_network(), category="agent").user


@pytest.fixture
def topic(author: User) -> Topic:
    return make_topic(make_forum(author.memberships.get().network), author)


@pytest.fixture
def open_topic(visit: Visitors, topic: Topic, author: User) -> Callable[[], Page]:
    """Another browser of the same person, on the topic."""

    def open_one() -> Page:
        page = visit(author)
        page.goto(topic.get_absolute_url())
        return page

    return open_one


@pytest.fixture
def page(open_topic: Callable[[], Page]) -> Page:
    return open_topic()


def bodies(topic: Topic) -> list[str]:
    return list(Post.objects.filter(topic=topic, number__gt=1).order_by("number").values_list("body", flat=True))


def source(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


def status(page: Page) -> Locator:
    return page.locator(".composer__status")


def write(page: Page, text: str) -> None:
    page.get_by_label("Votre réponse").fill(text)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publier").click()


def lose_answers(page: Page) -> None:
    """The server writes; the line breaks before it can say so."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/repondre/", lose)


def expect_cuts(visit: Visitors) -> None:
    """That a request failed stands in the console, as it should."""
    visit.complaints[:] = [one for one in visit.complaints if "Failed to fetch" not in one]


def kept_by_server(text: str) -> None:
    until(lambda: Draft.objects.filter(fields__body=text).exists())


# --- Sent twice, cut, killed -----------------------------------------------------------------------------------------


def test_two_clicks_and_two_keys_are_one_post(page: Page, topic: Topic) -> None:
    write(page, "Un clic")
    page.get_by_role("button", name="Publier").dblclick()
    expect(page.locator("#message-2")).to_contain_text("Un clic")
    expect(source(page)).to_have_value("")  # the live frame may come before the answer
    write(page, "Une touche")
    page.evaluate(
        """() => { const form = document.querySelector("post-composer form");
          form.requestSubmit(); form.requestSubmit(); }"""
    )
    expect(page.locator("#message-3")).to_contain_text("Une touche")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.reload()
    expect(page.locator("article.post")).to_have_count(3)
    assert bodies(topic) == ["Un clic", "Une touche"]


def test_an_answer_that_is_lost_and_a_retry_are_one_post(page: Page, topic: Topic, visit: Visitors) -> None:
    lose_answers(page)
    write(page, "Dans le tunnel")
    publish(page)
    retry = status(page).get_by_role("button", name="Réessayer")
    expect(retry).to_be_visible()
    assert bodies(topic) == ["Dans le tunnel"]
    page.unroute("**/repondre/")
    retry.click()
    expect(source(page)).to_have_value("")
    expect(page.locator("article.post")).to_have_count(2)
    assert bodies(topic) == ["Dans le tunnel"]
    expect_cuts(visit)


def test_what_was_changed_before_the_retry_is_not_dropped(page: Page, topic: Topic, visit: Visitors) -> None:
    """The first attempt is published; the second says something else: both texts stand."""
    lose_answers(page)
    write(page, "Première idée")
    publish(page)
    expect(status(page)).to_contain_text("Réessayer")
    page.unroute("**/repondre/")
    write(page, "Seconde idée")
    publish(page)
    expect(page.locator("#reply-fields")).to_contain_text("a déjà été publié")
    expect(source(page)).to_have_value("Seconde idée")
    assert bodies(topic) == ["Première idée"]
    publish(page)
    expect(page.locator("#message-3")).to_contain_text("Seconde idée")
    assert bodies(topic) == ["Première idée", "Seconde idée"]
    expect_cuts(visit)


def test_a_server_that_dies_in_the_middle_of_a_post(site: Site, visit: Visitors, topic: Topic, author: User) -> None:
    """Its request dies with it; the text does not."""
    web = RestartableWeb(f"127.0.0.1:{site.live.port}")
    web.start()
    try:
        page = visit(author, base_url=web.address)
        page.goto(topic.get_absolute_url())
        write(page, "Au mauvais moment")
        with transaction.atomic():
            # The reply waits for the topic's row, which another one holds; then the machine falls.
            Topic.objects.select_for_update().get(pk=topic.pk)
            publish(page)
            until(_someone_waits)
            web.kill()
        expect(status(page)).to_contain_text("Réessayer")
        expect(source(page)).to_have_value("Au mauvais moment")
        assert bodies(topic) == []
        web.start()
        status(page).get_by_role("button", name="Réessayer").click()
        expect(page.locator("#message-2")).to_contain_text("Au mauvais moment")
        page.reload()
        expect(source(page)).to_have_value("")
        assert bodies(topic) == ["Au mauvais moment"]
        expect_cuts(visit)
    finally:
        web.kill()


def _someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


# --- The session, the topic ------------------------------------------------------------------------------------------


def test_a_session_that_ended_is_taken_up_again_in_another_tab(page: Page, topic: Topic, author: User) -> None:
    write(page, "Après la pause")
    Session.objects.all().delete()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    publish(page)
    expect(page.locator("#reply-fields")).to_contain_text("Vous n’êtes plus connecté·e")
    expect(source(page)).to_have_value("Après la pause")
    other = page.context.new_page()
    other.goto(reverse("account_login"))
    other.get_by_label("E-mail").fill(author.email)
    other.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Se connecter").click()
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    publish(page)
    expect(page.locator("#message-2")).to_contain_text("Après la pause")
    assert bodies(topic) == ["Après la pause"]


def test_who_signed_in_again_elsewhere_before_sending_notices_nothing(page: Page, topic: Topic, author: User) -> None:
    """The token of the page is too old: it is renewed, and the message sent, once."""
    write(page, "Sans le savoir")
    page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((one) => (one.value = 'x'.repeat(64)))"
    )
    publish(page)
    expect(page.locator("#message-2")).to_contain_text("Sans le savoir")
    assert bodies(topic) == ["Sans le savoir"]


def test_a_topic_locked_meanwhile_gives_the_text_back(page: Page, topic: Topic) -> None:
    write(page, "Trop tard")
    Topic.objects.filter(pk=topic.pk).update(is_locked=True)
    publish(page)
    expect(page.locator("#reply-fields [role=alert]")).to_be_visible()
    expect(source(page)).to_have_value("Trop tard")
    assert bodies(topic) == []
    page.reload()
    Topic.objects.filter(pk=topic.pk).update(is_locked=False)
    page.reload()
    expect(source(page)).to_have_value("Trop tard")


# --- Drafts ----------------------------------------------------------------------------------------------------------


def test_what_is_typed_without_a_network_is_there_after_the_page(page: Page, topic: Topic) -> None:
    page.context.set_offline(True)
    write(page, "Dans le train")
    expect(status(page)).to_contain_text("sur cet appareil")
    page.context.set_offline(False)
    page.reload()
    expect(source(page)).to_have_value("Dans le train")
    expect(status(page)).to_contain_text("Brouillon retrouvé")
    publish(page)
    expect(page.locator("#message-2")).to_contain_text("Dans le train")
    assert bodies(topic) == ["Dans le train"]


def test_a_text_goes_on_on_another_device_and_ends_when_it_is_published(
    page: Page, open_topic: Callable[[], Page], topic: Topic
) -> None:
    write(page, "Commencé ici")
    expect(status(page)).to_contain_text("pour tous vos appareils")
    expect(status(page).get_by_role("link", name="Mes brouillons")).to_have_attribute("href", "/brouillons/")
    phone = open_topic()
    phone.locator("post-composer").scroll_into_view_if_needed()
    expect(source(phone)).to_have_value("Commencé ici")
    expect(status(phone)).to_contain_text("Brouillon retrouvé")
    write(phone, "Commencé ici, fini là")
    kept_by_server("Commencé ici, fini là")
    # Back at the first: the newer text is shown, the older one is a button away.
    page.reload()
    page.locator("post-composer").scroll_into_view_if_needed()
    expect(source(page)).to_have_value("Commencé ici, fini là")
    expect(status(page)).to_contain_text("Reprendre celui d’ici")
    publish(phone)
    expect(phone.locator("#message-2")).to_contain_text("fini là")
    assert not Draft.objects.exists()
    page.reload()
    expect(page.locator("#message-2")).to_be_visible()
    # What this device still had is said to be published; it is not thrown away behind one's back.
    expect(status(page)).to_contain_text("a déjà été publié ou supprimé ailleurs")
    box = page.get_by_role("textbox", name="Votre réponse")
    box.click()
    expect(page.locator("post-composer [contenteditable=true]")).to_be_focused()
    box.press("Control+a")
    box.press("Delete")
    expect(source(page)).to_have_value("")
    page.reload()
    expect(source(page)).to_have_value("")
    assert bodies(topic) == ["Commencé ici, fini là"]


def test_two_devices_that_write_at_one_time_lose_neither_text(
    page: Page, open_topic: Callable[[], Page], topic: Topic
) -> None:
    other = open_topic()
    for one in (page, other):
        one.get_by_label("Votre réponse").focus()
    write(page, "D’ici")
    kept_by_server("D’ici")
    write(other, "De là")
    expect(status(other)).to_contain_text(
        "Ce message a aussi été modifié dans un autre onglet ou sur un autre appareil"
    )
    status(other).get_by_role("button", name="Voir l’autre version").click()
    expect(source(other)).to_have_value("D’ici")
    status(other).get_by_role("button", name="Voir l’autre version").click()
    expect(source(other)).to_have_value("De là")
    assert list(Draft.objects.values_list("fields__body", flat=True)) == ["D’ici"]
    status(other).get_by_role("button", name="Garder celle-ci").click()
    kept_by_server("De là")
    publish(other)
    expect(other.locator("#message-2")).to_contain_text("De là")
    # The first learns it with its next words, and keeps them.
    write(page, "D’ici encore")
    expect(status(page)).to_contain_text("a déjà été publié ou supprimé ailleurs")
    expect(source(page)).to_have_value("D’ici encore")
    publish(page)
    expect(page.locator("#message-3")).to_contain_text("D’ici encore")
    assert bodies(topic) == ["De là", "D’ici encore"]


def test_two_tabs_of_one_browser_are_told_of_each_other(page: Page, topic: Topic) -> None:
    other = page.context.new_page()
    other.goto(topic.get_absolute_url())
    write(page, "Le premier onglet")
    # Where nothing was typed, the text simply comes.
    expect(source(other)).to_have_value("Le premier onglet")
    write(other, "Le second onglet")
    expect(status(page)).to_contain_text("Ce message a aussi été modifié")
    expect(source(page)).to_have_value("Le premier onglet")
    status(page).get_by_role("button", name="Voir l’autre version").click()
    expect(source(page)).to_have_value("Le second onglet")
    status(page).get_by_role("button", name="Voir l’autre version").click()
    publish(page)
    expect(page.locator("#message-2")).to_contain_text("Le premier onglet")
    expect(status(other)).to_contain_text("a déjà été publié ou supprimé ailleurs")
    expect(source(other)).to_have_value("Le second onglet")
    # Both tabs began from one draft: that its message stands already is said once more, by the server.
    publish(other)
    expect(other.locator("#reply-fields")).to_contain_text("a déjà été publié")
    publish(other)
    expect(other.locator("#message-3")).to_contain_text("Le second onglet")
    assert bodies(topic) == ["Le premier onglet", "Le second onglet"]


def test_a_text_that_was_emptied_leaves_no_draft(page: Page) -> None:
    write(page, "Finalement non")
    kept_by_server("Finalement non")
    write(page, "")
    until(lambda: not Draft.objects.exists())
    page.reload()
    expect(source(page)).to_have_value("")


def test_a_new_topic_is_kept_with_its_kind_and_all_its_fields(visit: Visitors, author: User, topic: Topic) -> None:
    page = visit.on_phone(author)
    address = f"/r/{topic.network.slug}/discussions/{topic.forum.slug}/nouveau/"
    page.goto(f"{address}?nature=report")
    page.get_by_role("textbox", name="Titre", exact=True).fill("Une cantine en régie")
    page.get_by_label("Le contexte").fill("Trois communes.")
    page.get_by_label("Le coût").fill("12 000 €")
    until(lambda: Draft.objects.filter(fields__cost="12 000 €").exists())
    draft = Draft.objects.get()
    assert (draft.title, draft.address) == ("Une cantine en régie", f"{address}?nature=report")
    # As another kind of topic, in another browser: what fits is shown, the rest waits.
    other = visit(author)
    other.goto(address)
    expect(other.get_by_role("textbox", name="Titre", exact=True)).to_have_value("Une cantine en régie")
    other.get_by_label("Message", exact=True).fill("Qui d’autre ?")
    until(lambda: Draft.objects.filter(fields__body="Qui d’autre ?", fields__cost="12 000 €").exists())
    page.goto("/brouillons/")
    page.get_by_role("link", name="Une cantine en régie").click()
    expect(page.get_by_role("textbox", name="Titre", exact=True)).to_have_value("Une cantine en régie")


def test_who_only_reads_asks_for_no_draft(visit: Visitors, topic: Topic, author: User) -> None:
    for number in range(12):
        create_post(author=author, topic=topic, body="Une longue réponse.\n\n" * 6 + str(number), token=uuid4())
    page = visit.on_phone(author)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/brouillons/" in request.url else None)
    page.goto(topic.get_absolute_url())
    expect(page.locator("article.post")).to_have_count(13)
    page.wait_for_timeout(300)
    assert asked == []
