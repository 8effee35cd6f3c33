"""Joining files where one writes: chosen, dropped and pasted, described, published, and opened by somebody else."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forums.models import Post, Topic
from peerhub.files.models import StoredFile
from peerhub.people.models import User
from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.builders import make_member, make_network
from tests.files.corpus import SVG, picture, telephone_photo
from tests.forums.builders import make_forum, make_topic

DROP = """([kind, name]) => {
  const data = new DataTransfer();
  data.items.add(new File(["a;b\\n"], name, { type: "text/csv" }));
  const at = document.querySelector("post-composer textarea[name=body]");
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  at.dispatchEvent(event);
}"""


@pytest.fixture
def people() -> tuple[User, User]:
    network = make_network()
    return make_member(network, category="agent").user, make_member(network, category="elected").user


@pytest.fixture
def topic(site: Site, people: tuple[User, User]) -> Topic:
    return make_topic(make_forum(people[0].memberships.get().network), people[0])


def file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, *files: Any) -> None:
    page.locator("file-drop input[type=file]").set_input_files(list(files))


def text(page: Page) -> str:
    written: str = page.evaluate("document.querySelector('post-composer').text")
    return written


def test_an_image_is_described_then_published_and_seen_by_a_peer(
    visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    page = visit.on_phone(people[0])
    page.goto(topic.get_absolute_url())
    choose(page, file("IMG_0042.JPG", telephone_photo()))
    words = page.get_by_label("Décrivez l’image pour les personnes qui ne la voient pas")
    expect(words).to_be_focused()
    # What is not in the message yet is not forgotten under way, and an image says what it shows.
    page.get_by_role("button", name="Publier").click()
    expect(page.locator(".file-drop__error")).to_contain_text("n’est pas encore dans votre message")
    words.press("Enter")
    expect(page.locator(".file-drop__error")).to_contain_text("Décrivez l’image en une phrase")
    words.fill("La cour [nord]")
    words.press("Enter")
    expect(page.locator(".file-drop__item")).to_have_count(0)
    stored = StoredFile.objects.get()
    assert f"![La cour \\[nord\\]](/fichiers/{stored.pk}/IMG_0042.jpg)" in text(page)
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2 img")).to_have_attribute("alt", "La cour [nord]")
    peer = visit(people[1])
    peer.goto(topic.get_absolute_url())
    expect(peer.locator("#message-2 img")).to_be_visible()
    assert peer.eval_on_selector("#message-2 img", "image => image.decode().then(() => image.naturalWidth)") == 40


def test_documents_come_at_once_by_choice_by_drop_and_by_paste(
    visit: Visitors, topic: Topic, people: tuple[User, User]
) -> None:
    page = visit(people[0])
    page.goto(topic.get_absolute_url())
    choose(page, file("un.csv", b"a;b\n"))
    expect(page.locator("file-drop [role=status]")).to_have_text("un.csv est joint à votre message.")
    page.evaluate(DROP, ["drop", "deux.csv"])
    expect(page.locator("file-drop [role=status]")).to_have_text("deux.csv est joint à votre message.")
    page.evaluate(DROP, ["paste", "trois.csv"])
    expect(page.locator("file-drop [role=status]")).to_have_text("trois.csv est joint à votre message.")
    names = StoredFile.objects.order_by("pk").values_list("name", flat=True)
    assert [name for name in names if f"[{name}](/fichiers/" in text(page)] == ["un.csv", "deux.csv", "trois.csv"]
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2 a.file")).to_have_count(3)


def test_what_is_refused_says_why_and_goes_away(visit: Visitors, topic: Topic, people: tuple[User, User]) -> None:
    page = visit(people[0])
    page.goto(topic.get_absolute_url())
    choose(page, file("logo.svg", SVG), file("logo.png", SVG))
    errors = page.locator(".file-drop__error")
    expect(errors.nth(0)).to_contain_text("Formats acceptés : images (JPEG")
    expect(errors.nth(1)).to_contain_text("Ce fichier n’est pas une image, bien que son nom le dise.")
    for _number in range(2):
        page.get_by_role("button", name="Retirer ce fichier").first.click()
    expect(page.locator(".file-drop__item")).to_have_count(0)
    expect(page.locator(".file-drop__pick")).to_be_focused()
    assert (StoredFile.objects.count(), text(page)) == (0, "")


def test_without_script_the_form_takes_a_file(visit: Visitors, topic: Topic, people: tuple[User, User]) -> None:
    page = visit(people[0], java_script_enabled=False)
    page.goto(topic.get_absolute_url())
    page.get_by_label("Votre réponse").fill("Voici le plan.")
    page.locator("file-drop summary").click()
    page.get_by_label("Fichier", exact=True).set_input_files([file("plan.png", picture())])
    page.get_by_label("Si c’est une image, décrivez-la pour les personnes qui ne la voient pas").fill("Le plan")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2 img")).to_have_attribute("alt", "Le plan")
    assert Post.objects.get(number=2).body_text == "Voici le plan.\n\nLe plan (plan.png)"
