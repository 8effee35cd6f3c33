"""The editor: one who has never heard of Markdown writes, pastes, quotes and mentions; the textarea holds it all."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from forums.models import Post, Topic
from peerhub.people.models import User
from peerhub.text.markdown import render
from tests.browser.conftest import Visitors
from tests.browser.editor_corpus import MARKDOWN, PASTED, PLAIN
from tests.browser.site import Site
from tests.browser.test_every_page import AXE, AXE_OPTIONS, RUN_AXE
from tests.builders import make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic

CHUNK = "**/ui/editor*js*"


@pytest.fixture
def author(site: Site) -> User:
    return make_member(make_network(), category="agent").user


@pytest.fixture
def topic(author: User) -> Topic:
    return make_topic(make_forum(author.memberships.get().network), author)


@pytest.fixture
def page(visit: Visitors, topic: Topic, author: User) -> Page:
    page = visit(author)
    page.goto(topic.get_absolute_url())
    return page


def source(page: Page) -> Locator:
    return page.locator("textarea[name=body]")


def begin(page: Page) -> Locator:
    """Go into the field, and wait for the editor."""
    page.get_by_label("Votre réponse").click()
    editor = page.locator(".editor")
    expect(editor).to_be_focused()
    return editor


def tool(page: Page, name: str) -> Locator:
    return page.get_by_role("toolbar", name="Mise en forme").get_by_role("button", name=name)


def bodies(topic: Topic) -> list[str]:
    return list(Post.objects.filter(topic=topic, number__gt=1).order_by("number").values_list("body", flat=True))


def test_one_writes_without_knowing_markdown(page: Page, topic: Topic) -> None:
    editor = begin(page)
    page.keyboard.type("Bonjour à tous, voici ")
    tool(page, "Gras").click()
    expect(tool(page, "Gras")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("notre essai")
    tool(page, "Gras").click()
    page.keyboard.type(" ")
    tool(page, "Émoticône").click()
    page.get_by_label("Chercher une émoticône").fill("carotte")
    page.get_by_role("button", name="carotte").click()
    page.keyboard.press("Enter")
    tool(page, "Liste").nth(0).click()
    page.keyboard.type("des légumes")
    page.keyboard.press("Enter")
    page.keyboard.type("une ferme")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    tool(page, "Lien").click()
    page.get_by_label("Adresse du lien").fill("exemple.fr/cantine")
    page.get_by_label("Texte affiché").fill("Le guide")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    page.keyboard.type(" 1 * 2 [x] # fin")
    page.keyboard.press("Enter")
    tool(page, "Tableau").click()
    page.keyboard.type("Commune")
    page.keyboard.press("Tab")
    page.keyboard.type("Repas")
    page.keyboard.press("Tab")
    page.keyboard.type("Ambert")
    expect(editor.locator("th")).to_have_text(["Commune", "Repas"])
    tool(page, "Tableau").click()
    page.get_by_role("button", name="Retirer la ligne").click()
    expect(source(page)).to_have_value(
        "Bonjour à tous, voici **notre essai** 🥕\n\n- des légumes\n- une ferme\n\n"
        "[Le guide](https://exemple.fr/cantine) 1 \\* 2 \\[x\\] # fin\n\n"
        "| Commune | Repas |\n| --- | --- |\n|  |  |"
    )
    page.get_by_role("button", name="Publier").click()
    post = page.locator("#message-2 .post__body")
    expect(post.locator("strong")).to_have_text("notre essai")
    expect(post.locator("li")).to_have_text(["des légumes", "une ferme"])
    expect(post.get_by_role("link", name="Le guide")).to_have_attribute("href", "https://exemple.fr/cantine")
    expect(post.locator("th")).to_have_text(["Commune", "Repas"])
    expect(editor).to_have_text("")
    assert len(bodies(topic)) == 1


def test_every_text_that_the_server_takes_comes_back_with_its_meaning(page: Page) -> None:
    """Rendered by Python on both sides; the editor must also accept each of them, rather than show it plain."""
    begin(page)
    both = page.evaluate(
        """async (all) => {
          const { roundTrip, canShow } = await import(document.querySelector("post-composer").dataset.editor);
          return all.map((one) => [canShow(one), roundTrip(one), roundTrip(roundTrip(one))]); }""",
        list(MARKDOWN),
    )
    lost = []
    for before, (is_shown, after, again) in zip(MARKDOWN, both, strict=True):
        if (words(before), True, after) != (words(after), is_shown, again):
            lost.append((before, after, again))
    assert lost == []


def words(markdown: str) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    rendered = render(markdown)
    return " ".join(rendered.plain.split()), rendered.mentions, rendered.links


def paste(page: Page, **content: str) -> None:
    page.evaluate(
        """(content) => { const data = new DataTransfer();
          for (const [kind, text] of Object.entries(content)) data.setData(`text/${kind}`, text);
          document.querySelector(".editor").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
        content,
    )


def empty(page: Page) -> None:
    page.evaluate("document.querySelector('post-composer').text = ''")


def test_what_is_pasted_keeps_its_meaning_and_loses_its_looks(page: Page) -> None:
    begin(page)
    made = {}
    for pasted in PASTED:
        paste(page, html=pasted.html, plain="x")
        made[pasted.name] = source(page).input_value()
        empty(page)
    assert made == {pasted.name: pasted.markdown for pasted in PASTED}
    for text, markdown in PLAIN:
        paste(page, plain=text)
        expect(source(page)).to_have_value(markdown)
        empty(page)
    page.keyboard.type("voir le guide")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.wait_for_function("getSelection().toString().trim() === 'guide'")
    page.wait_for_timeout(100)  # the editor hears of a selection a moment later
    paste(page, plain="https://exemple.fr/guide")
    expect(source(page)).to_have_value("voir le [guide](https://exemple.fr/guide)")


def test_a_pasted_picture_is_handed_over_and_what_it_becomes_comes_to_the_caret(page: Page) -> None:
    begin(page)
    page.keyboard.type("Voici :")
    page.evaluate(
        """() => { const composer = document.querySelector("post-composer");
          composer.querySelectorAll("file-drop").forEach((one) => one.replaceWith(one.cloneNode(false)));
          composer.addEventListener("composer:files", (event) => {
            event.preventDefault(); event.stopImmediatePropagation();
            window.files = event.detail.files.map((file) => file.name);
            composer.dispatchEvent(new CustomEvent("composer:insert", { cancelable: true,
              detail: { markdown: "![Le plan](/fichiers/12/plan.png)" } })); }, true);
          const data = new DataTransfer(); data.items.add(new File(["x"], "plan.png", { type: "image/png" }));
          document.querySelector(".editor").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    assert page.evaluate("window.files") == ["plan.png"]
    expect(source(page)).to_have_value("Voici :![Le plan](/fichiers/12/plan.png)")


def test_everything_is_done_with_the_keyboard(page: Page, topic: Topic) -> None:
    page.get_by_label("Votre réponse").focus()
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.press("Control+b")
    page.keyboard.type("gras")
    page.keyboard.press("Control+b")
    page.keyboard.type(" ")
    page.keyboard.press("Control+k")
    page.keyboard.type("exemple.fr")
    page.keyboard.press("Enter")
    expect(page.locator(".editor a")).to_have_text("https://exemple.fr")
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("- un")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("dans un")
    expect(source(page)).to_have_value("**gras** https://exemple.fr\n\n- un\n  - dans un")
    # The tools: one stop before the text, walked by arrows; a panel closes on Escape, back to the text.
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    expect(page.locator('[data-act="bold"]')).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator('[data-act="plain"]')).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-act="list"]')).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".editor")).to_be_focused()
    # Escape, then Tab, leaves a list too.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator(".editor")).not_to_be_focused()
    expect(source(page)).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message-2 .post__body li li")).to_have_text("dans un")
    assert bodies(topic) == ["**gras** https://exemple.fr\n\n- un\n  - dans un"]


PEOPLE = {
    "people": [
        {"id": 12, "name": "Rachel Cohen", "hat": "Élue", "category": "elected", "note": "Ambert"},
        {"id": 13, "name": "Raphaël Petit", "hat": "Agent", "category": "agent", "note": ""},
    ],
    "unseen": [{"name": "Raoul Martin"}],
    "categories": [],
}


def propose(page: Page) -> list[str]:
    """Answer for the people of the circle; what was asked is kept."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.partition("q=")[2])
        route.fulfill(json=PEOPLE)

    page.route("**/personnes-du-sujet/**", answer)
    page.evaluate("document.querySelector('post-composer').dataset.mentions = '/personnes-du-sujet/'")
    return asked


def test_a_mention_is_chosen_with_the_keyboard_and_with_the_mouse(page: Page) -> None:
    asked = propose(page)
    editor = begin(page)
    page.keyboard.type("Merci @Ra")
    options = page.get_by_role("option")
    expect(options).to_have_text(
        ["Rachel CohenÉlue · Ambert", "Raphaël PetitAgent", "Raoul Martinne voit pas cette discussion"]
    )
    expect(options.nth(2)).to_have_attribute("aria-disabled", "true")
    expect(editor).to_have_attribute("aria-activedescendant", options.nth(0).get_attribute("id") or "")
    page.keyboard.press("ArrowDown")
    expect(editor).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id") or "")
    page.keyboard.press("Enter")
    page.keyboard.type("et @rach")
    page.get_by_role("option", name="Rachel Cohen").click()
    page.keyboard.type("!")
    expect(source(page)).to_have_value("Merci @[Raphaël Petit](user:13) et @[Rachel Cohen](user:12) !")
    page.keyboard.type(" a@exemple.fr @Ra")
    expect(options).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(editor.locator("p")).to_have_count(2)
    assert asked[-1] == "Ra"
    # In plain text, the same.
    tool(page, "Texte brut").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("fin @Ra")
    expect(options).to_have_count(3)
    page.keyboard.press("Enter")
    expect(source(page)).to_have_value(
        "Merci @[Raphaël Petit](user:13) et @[Rachel Cohen](user:12) ! a@exemple.fr @Rafin @[Rachel Cohen](user:12) "
    )


def select(page: Page, selector: str, start: int, end: int) -> None:
    page.evaluate(
        """([selector, start, end]) => { const text = document.querySelector(selector).firstChild;
          getSelection().setBaseAndExtent(text, start, text, end); }""",
        [selector, start, end],
    )


def test_selections_are_quoted_one_after_the_other(page: Page, topic: Topic, author: User) -> None:
    make_post(topic, author, "Le **prix du repas** est resté le même.\n\n- un @[Zoé](user:1)\n- deux")
    page.reload()
    select(page, "#message-2 strong", 0, 4)
    page.get_by_role("button", name="Citer", exact=True).click()
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.type("D’accord.")
    select(page, "#message-2 li", 0, 2)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("q")
    expect(page.locator(".editor blockquote")).to_have_count(2)
    page.keyboard.type("Aussi.")
    who = page.locator("#message-2 .post__author").evaluate("(one) => one.firstChild.textContent.trim()")
    url = page.locator("#message-2 .post__when").get_attribute("href")
    head = f"> **[{who}]({url})**\u00a0:\n>\n"
    expect(source(page)).to_have_value(f"{head}> **prix**\n\nD’accord.\n\n{head}> un\n\nAussi.")


def test_a_text_beyond_the_editor_opens_plain_and_says_so(page: Page, visit: Visitors) -> None:
    page.evaluate("document.querySelector('post-composer').text = '```\\n\\n```'")
    page.get_by_label("Votre réponse").focus()
    expect(page.locator(".composer__status")).to_contain_text("en texte brut")
    expect(source(page)).to_have_value("```\n\n```")
    expect(page.locator(".editor")).to_have_count(0)


def test_plain_text_is_a_choice_that_is_remembered(page: Page) -> None:
    begin(page)
    page.keyboard.type("Un")
    tool(page, "Texte brut").click()
    expect(source(page)).to_be_focused()
    expect(page.locator(".editor")).to_have_count(0)
    page.keyboard.type(" ")
    tool(page, "Gras").click()
    page.keyboard.type("mot")
    expect(source(page)).to_have_value("Un **mot**")
    page.reload()
    source(page).click()
    expect(tool(page, "Texte brut")).to_have_attribute("aria-pressed", "true")
    expect(source(page)).to_have_value("Un **mot**")
    expect(page.locator(".editor")).to_have_count(0)
    tool(page, "Texte brut").click()
    expect(page.locator(".editor strong")).to_have_text("mot")


def test_when_the_editor_does_not_load_the_field_stays_and_sends(page: Page, topic: Topic) -> None:
    page.route(CHUNK, lambda route: route.abort())
    page.get_by_label("Votre réponse").click()
    page.keyboard.type("Sans ")
    tool(page, "Gras").click()
    expect(source(page)).to_have_value("Sans ****")
    page.keyboard.type("éditeur")
    expect(source(page)).to_have_value("Sans **éditeur**")
    # The network comes back: so does the editor, with the text and the caret.
    page.unroute(CHUNK)
    source(page).blur()
    source(page).focus()
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.type(" !")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2 strong")).to_have_text("éditeur !")
    assert bodies(topic) == ["Sans **éditeur !**"]


def test_what_is_typed_while_a_message_leaves_stays(page: Page, topic: Topic) -> None:
    begin(page)
    page.keyboard.type("Un message")
    held: list[Route] = []
    page.route("**/*", lambda route: held.append(route) if route.request.method == "POST" else route.fallback())
    page.keyboard.press("Control+Enter")
    expect(page.locator("post-composer form")).to_have_attribute("data-sending", "")
    page.keyboard.press("Enter")
    page.keyboard.type("et la suite")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#message-2")).to_contain_text("Un message")
    expect(source(page)).to_have_value("et la suite")
    expect(page.locator(".editor")).to_have_text("et la suite")
    assert bodies(topic) == ["Un message"]


def test_a_refused_text_is_still_in_the_editor_with_its_error(page: Page) -> None:
    editor = begin(page)
    page.evaluate("document.querySelector('post-composer').text = 'a'.repeat(40001)")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#reply-fields .field__errors, #reply-fields [role=alert]").first).to_be_visible()
    expect(editor).to_have_attribute("aria-invalid", "true")
    assert editor.get_attribute("aria-describedby") == source(page).get_attribute("aria-describedby")
    assert len(source(page).input_value()) == 40001
    expect(editor).to_have_attribute("aria-labelledby", "id_body-label")


def test_without_javascript_there_is_a_field(visit: Visitors, topic: Topic, author: User) -> None:
    page = visit(author, java_script_enabled=False)
    page.goto(topic.get_absolute_url())
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_label("Votre réponse").fill("Du **Markdown**")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2 strong")).to_have_text("Markdown")


@pytest.mark.parametrize("look", ["light-phone", "dark-desktop"])
def test_the_editor_is_open_to_everyone(visit: Visitors, topic: Topic, author: User, look: str) -> None:
    """axe on the editor with text, list of names and panels open; on a phone nothing is wider than the screen."""
    options: dict[str, Any] = {"color_scheme": look.partition("-")[0]}
    page = visit.on_phone(author, **options) if "phone" in look else visit(author, **options)
    page.add_init_script(path=AXE)
    page.goto(topic.get_absolute_url())
    propose(page)
    begin(page)
    page.evaluate("(text) => (document.querySelector('post-composer').text = text)", "\n\n".join(MARKDOWN[:40]))
    page.keyboard.press("Control+End")
    page.keyboard.type("@R")
    expect(page.get_by_role("option")).to_have_count(3)
    assert page.evaluate(RUN_AXE, ["html", AXE_OPTIONS]) == []
    page.keyboard.press("Escape")
    for name in ("Émoticône", "Lien"):
        tool(page, name).click()
        assert page.evaluate(RUN_AXE, ["html", AXE_OPTIONS]) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    sizes = page.eval_on_selector_all(
        ".composer__tools button",
        "all => all.map((one) => one.getBoundingClientRect()).map((one) => Math.min(one.width, one.height))",
    )
    assert min(size for size in sizes if size) >= 24
