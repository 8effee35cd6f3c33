"""An animator's morning by the keyboard alone: the list, a topic, its menus, a reply, a bookmark, a report, a case."""

import pytest
from playwright.sync_api import Locator, Page, expect

from forums.models import Bookmark, Post, Reaction, Topic
from forums.services.reading import mark_read
from peerhub.moderation.enums import CaseState
from peerhub.moderation.models import Case
from peerhub.people.models import Network, User
from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.builders import make_animator, make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic


@pytest.fixture
def network(site: Site) -> Network:
    return make_network()


@pytest.fixture
def animator(network: Network) -> User:
    return make_animator(network).user


@pytest.fixture
def topic(network: Network, animator: User) -> Topic:
    """A question of a member that the animator read, with two answers since."""
    author = make_member(network, category="elected").user
    topic = make_topic(make_forum(network), author, title="Cantines : qui l’a fait ?")
    mark_read(user_id=animator.pk, topic_id=topic.pk, number=1)
    for body in ("Chez nous, en deux ans.", "Achetez donc mes légumes."):
        make_post(topic, make_member(network).user, body)
    return topic


def tab_to(page: Page, target: Locator, limit: int = 60) -> None:
    """As far as Tab goes, and no mouse: what it reaches must be seen, and say that it has the focus."""
    for _stop in range(limit):
        if target.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport()
    ring = "(one) => one.matches(':focus-visible')"
    assert target.evaluate(ring), "the focus is not shown"


def open_menu(page: Page, summary: Locator) -> Locator:
    """By the arrow, which goes on to its first line; the lines of a lazy menu come after."""
    tab_to(page, summary)
    page.keyboard.press("ArrowDown")
    menu = summary.locator("xpath=..")
    expect(menu).to_have_attribute("open", "")
    expect(menu.get_by_role("link", name="Adresse de ")).to_be_focused()
    return menu


def walk_to(page: Page, line: Locator) -> None:
    for _step in range(15):
        if line.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("ArrowDown")
    expect(line).to_be_focused()
    expect(line).to_be_in_viewport()


def take(page: Page, post: Locator, label: str) -> None:
    """A line of the menu of a post."""
    walk_to(page, open_menu(page, post.get_by_label("Autres actions")).get_by_role("link", name=label))
    page.keyboard.press("Enter")


def write(page: Page, field: Locator, text: str) -> None:
    expect(field).to_be_focused()
    page.keyboard.type(text)


def test_a_topic_is_read_answered_and_kept_by_keys(visit: Visitors, animator: User, topic: Topic) -> None:
    page = visit(animator)
    page.goto("/r/" + topic.network.slug + "/discussions/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("main").get_by_role("link", name=topic.title))
    page.keyboard.press("Enter")

    first, second, third = (page.locator(f"#message-{number}") for number in (1, 2, 3))
    expect(third).to_be_visible()
    for key, post in (("n", second), ("j", third), ("k", second), ("k", first)):
        page.keyboard.press(key)
        expect(post).to_be_focused()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Raccourcis du clavier")
    expect(keys).to_be_visible()
    page.keyboard.press("j")  # never over a dialog
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(first).to_be_focused()

    page.keyboard.press("j")
    thanks = second.get_by_role("button", name="Merci")
    tab_to(page, thanks)
    page.keyboard.press("Space")
    expect(thanks).to_have_attribute("aria-pressed", "true")
    expect(thanks).to_be_focused()
    assert Reaction.objects.get().post.number == 2

    summary = second.get_by_label("Autres actions")
    menu = open_menu(page, summary)
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("link", name="Signaler")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    take(page, second, "Garder dans mes signets")
    tab_to(page, page.get_by_role("main").get_by_role("button", name="Garder", exact=True))
    page.keyboard.press("Enter")
    expect(second.get_by_role("link", name="Dans vos signets")).to_be_visible()
    assert Bookmark.objects.get().post.number == 2


def test_a_reply_is_written_and_corrected_by_keys(visit: Visitors, animator: User, topic: Topic) -> None:
    page = visit(animator)
    page.goto(topic.get_absolute_url())
    page.keyboard.press("r")
    write(page, page.get_by_label("Votre réponse"), "Je vous mets en relation")
    page.keyboard.press("Control+Enter")
    fourth = page.locator("#message-4")
    expect(fourth).to_contain_text("Je vous mets en relation")
    page.keyboard.press("Escape")  # out of the editor; then the keys of the page are heard again
    page.keyboard.press("Shift+Tab")
    tab_back(page, fourth.get_by_label("Autres actions"))
    take(page, fourth, "Modifier")
    tab_to(page, page.locator("main :is([contenteditable=true], textarea[name=body]:not([aria-hidden]))"))
    page.keyboard.press("Control+End")
    page.keyboard.type(" demain.")
    page.keyboard.press("Control+Enter")
    expect(fourth).to_contain_text("Je vous mets en relation demain.")
    assert Post.objects.get(topic=topic, number=4).body == "Je vous mets en relation demain."


def tab_back(page: Page, target: Locator, limit: int = 60) -> None:
    for _stop in range(limit):
        if target.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    expect(target).to_be_focused()


def test_a_message_is_reported_and_judged_by_keys(
    visit: Visitors, network: Network, animator: User, topic: Topic
) -> None:
    reader = visit(make_member(network).user)
    reader.goto(topic.get_absolute_url())
    take(reader, reader.locator("#message-3"), "Signaler")
    tab_to(reader, reader.get_by_role("main").get_by_role("radio").first)
    reader.keyboard.press("ArrowDown")
    tab_to(reader, reader.get_by_role("button", name="Envoyer le signalement"))
    reader.keyboard.press("Enter")
    expect(reader.locator("#message-3")).to_be_visible()
    case = Case.objects.get()

    page = visit(animator)
    page.goto(f"/r/{network.slug}/animer/")
    tab_to(page, page.get_by_role("main").get_by_role("link", name="Modération").first)
    page.keyboard.press("Enter")
    tab_to(page, page.locator(f"main a[href='/moderation/{case.pk}/']"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Je m’en occupe"))
    page.keyboard.press("Enter")
    decision = page.get_by_role("group", name="Le contenu").get_by_role("radio")
    tab_to(page, decision.first)
    page.keyboard.press("ArrowDown")
    expect(decision.nth(1)).to_be_checked()
    tab_to(page, page.get_by_label("Le motif"))
    page.keyboard.type("Ce n’est pas un lieu de vente.")
    tab_to(page, page.get_by_role("button", name="Trancher"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="La décision")).to_be_visible()
    case.refresh_from_db()
    assert case.state == CaseState.DECIDED


def test_messages_get_a_discussion_of_their_own_by_keys(visit: Visitors, animator: User, topic: Topic) -> None:
    page = visit(animator)
    page.goto(topic.get_absolute_url())
    take(page, page.locator("#message-3"), "En faire une discussion")
    page.wait_for_url("**/scinder/")
    tab_to(page, page.get_by_label("Titre de la nouvelle discussion"))
    page.keyboard.type("Vendre ses légumes aux cantines")
    second, third = (page.get_by_role("checkbox", name=f"message n° {number}") for number in (2, 3))
    tab_to(page, second)
    expect(third).to_be_checked()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(second).not_to_be_checked()
    tab_to(page, page.get_by_label("Pourquoi"))
    page.keyboard.type("C’est une autre question.")
    tab_to(page, page.get_by_role("button", name="Créer la discussion"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vendre ses légumes aux cantines")).to_be_visible()
    made = Topic.objects.get(title="Vendre ses légumes aux cantines")
    assert list(made.posts.values_list("number", "body_text")) == [(1, "Achetez donc mes légumes.")]
