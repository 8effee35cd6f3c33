"""Every page of the table of addresses, looked at by machines: axe, headings, titles, widths, consoles.

A route that is added to `tests/architecture/routes.py` is looked at too, with something in it, in both languages, both
colour schemes and both widths: it is loaded once in each language, and looked at in two looks there. What opens in a
page, and its forms with errors, in two of these looks. The same page of another circle (`forums:topic#public`) is
looked at in one language.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Response, ViewportSize, expect

from forums.enums import ReactionKind
from forums.services.answers import accept_answer
from forums.services.bookmarks import keep_post
from forums.services.editing import edit_post, remove_post
from forums.services.reactions import react
from peerhub.mailbox.mails import latest_mails
from peerhub.notifications.channels.email import unsubscribe_token
from peerhub.people.models import User
from tests.architecture.routes import ROUTES
from tests.architecture.world import KINDS, World, make_world
from tests.browser.conftest import DESKTOP, PHONE, Visitors
from tests.browser.site import Site, work
from tests.conftest import Browser
from tests.forums.builders import make_post
from tests.moderation.notes import KEY

Look = tuple[Literal["light", "dark"], ViewportSize]

# Through whose eyes a page is looked at: who sees most comes first. What visitors see is looked at as well.
EYES = ("elected", "animator", "agent", "newcomer", "administrator")
LOOKS: dict[str, tuple[Look, Look]] = {
    "fr": (("light", PHONE), ("dark", DESKTOP)),
    "en": (("light", DESKTOP), ("dark", PHONE)),
}
NARROWEST = ViewportSize(width=320, height=700)
AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "iframes": False,  # the frame of a mail is closed to every script
    "preload": False,  # no sound or film is here, for which axe would wait
}
# What follows the colour scheme and the width. All else is in the document, which is looked at once in each language:
# in the light, on a phone in one and on a desktop in the other.
AXE_OF_LOOKS = AXE_OPTIONS | {
    "runOnly": ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"]
}
# What axe finds, in words short enough to act on.
RUN_AXE = """async ([within, options]) => (await axe.run(within, options)).violations.flatMap(({ id, nodes }) =>
  nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")} | ${node.failureSummary.split("\\n").at(-1)}`))"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility())
  .map((one) => Number(one.localName[1]))"""
# What stands out at the left cannot be scrolled to: an opened panel is asked where it is.
TOO_WIDE = """() => {
  const left = (one) => Math.round(one.getBoundingClientRect().left);
  const panels = [...document.querySelectorAll("details[open] > .menu__panel")];
  const cut = panels.filter((one) => one.checkVisibility() && left(one) < 0);
  if (cut.length) return `a panel begins at ${left(cut[0])} px: ${cut[0].parentNode.outerHTML.slice(0, 120)}`;
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return "";
  const all = [...document.body.querySelectorAll("*")];
  const out = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  return `${wide} px too wide: ${out.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" … ")}`;
}"""
# Lengths follow the window, and colours the scheme, only in the next frame; and colours go there by transitions. Those
# within what is folded never end.
SETTLE = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const isFading = (one) => one instanceof CSSTransition && one.effect.target.checkVisibility();
  let rounds = 0;
  do { await frame(); await frame(); } while (++rounds < 20 && document.getAnimations().some(isFading));
}"""


@dataclass(frozen=True)
class Spot:
    """A page, and through whose eyes it is looked at."""

    name: str
    kind: str
    address: str
    status: int = 200


def spots(world: World) -> Iterator[Spot]:
    """Every answer of the table that opens, and the pages that only a key of the moment opens."""
    for name, route in ROUTES.items():
        seers = [kind for kind in EYES if route.expected[KINDS.index(kind)] == "o"][:1]
        seers += ["anonymous"] if route.expected[KINDS.index("anonymous")] == "o" else []
        for kind in seers:
            address = reverse(name.partition("#")[0], kwargs=dict(route.arguments(world, kind))) + route.query
            yield Spot(name, kind, address)
    yield from others(world)


def pages(world: World, found: Iterable[Spot]) -> Iterator[Spot]:
    """Those that are neither a fragment, nor a calendar, nor a stylesheet, nor a mail for a frame without scripts."""
    browsers = {kind: Browser().as_user(user) if user else Browser() for kind, user in world.kinds()}
    for spot in found:
        response = browsers[spot.kind].get(spot.address)
        b"".join(getattr(response, "streaming_content", ()))  # a file that is read to its end is closed
        is_closed = "sandbox" in response.headers.get("Content-Security-Policy", "")
        is_html = response.headers["Content-Type"].startswith("text/html") and b"<html" in response.content
        if is_html and not is_closed:
            yield spot


def others(world: World) -> Iterator[Spot]:
    sessions = reverse("sessions:session-list", args=["val"])
    directory = reverse("mentoring:directory", args=["val"])
    yield Spot("sessions:session-list#month", "elected", f"{sessions}?mois=")
    yield Spot("sessions:session-list#empty-week", "elected", f"{sessions}?semaine=2030-W01&format=agora&miennes=1")
    yield Spot("sessions:session-list#past", "elected", f"{sessions}?passees=1")
    yield Spot("mentoring:directory#nobody", "agent", f"{directory}?q=zzzz")
    yield Spot("mentoring:directory#unknown-place", "agent", f"{directory}?territoire=zzzz", 422)
    yield Spot("portal:search#nothing", "agent", reverse("portal:search") + "?q=zzzz")
    yield Spot("mentoring:my-competences#words", "agent", reverse("mentoring:my-competences") + "?q=potager")
    yield Spot("portal:network-home#public", "anonymous", reverse("portal:network-home", args=["ailleurs"]))
    yield Spot("people:network-join#open", "newcomer", reverse("people:network-join", args=["ailleurs"]))
    for page, post in (("reactions", "answer"), ("trials", "answer"), ("history", "edited"), ("removed", "removed")):
        address = reverse(f"forums:post-{page}", args=[world.posts[post].pk])
        yield Spot(f"forums:post-{page}#furnished", "elected", address)
    yield Spot("error#404", "agent", "/nulle-part/", status=404)
    yield Spot("error#403", "agent", reverse("portal:desk", args=["val"]), status=403)
    mail = next(latest_mails(world.people["elected"].email))
    yield Spot("mailbox:mail", "anonymous", reverse("mailbox:mail", args=[mail.key]))
    token = unsubscribe_token(world.people["elected"], "forums.reply")
    yield Spot("notifications:unsubscribe", "anonymous", reverse("notifications:unsubscribe", args=[token]))


def in_language(found: Iterable[Spot], language: str) -> Iterator[Spot]:
    """All pages in each language, but the repetitions of a page with another object, which take turns."""
    first: set[tuple[str, str]] = set()
    for number, spot in enumerate(found):
        page = spot.name.partition("#")[0], spot.kind
        if page not in first or spot.status != 200 or "?" in spot.address or list(LOOKS).index(language) == number % 2:
            yield spot
        first.add(page)


def furnish(world: World) -> None:
    """What people did with the messages: lists and menus are looked at with something in them."""
    elected, delegate, topic = world.people["elected"], world.people["delegate"], world.topics["network"]
    answer = make_post(topic, delegate, "Essayé avec des courges.")
    for kind in ReactionKind:
        react(user=elected, post=answer, kind=kind, note="Deux récoltes." if kind == ReactionKind.TRIED else "")
    keep_post(user=elected, post=answer, note="Pour le conseil", remind_on=timezone.localdate() + timedelta(days=3))
    accept_answer(user=topic.author, post=answer, reason="Cela se fait en un an.")
    edited = make_post(topic, elected, "Le potiron pousse bien.")
    edit_post(actor=elected, post=edited, body="Le potiron pousse **mieux** qu’avant.", version=0)
    react(user=delegate, post=edited, kind=ReactionKind.THANKS)
    removed = make_post(topic, elected, "Un doublon.")
    remove_post(actor=elected, post=removed)
    world.posts |= {"answer": answer, "edited": edited, "removed": removed}


class Inspector:
    """Looks at pages one after the other, and notes what is wrong with each."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.faults: defaultdict[str, list[str]] = defaultdict(list)
        self.titles: defaultdict[str, set[str]] = defaultdict(set)

    def follow(self, page: Page) -> Page:
        # The content policy lets no page run it; a script of the browser's own is not the page's.
        page.add_init_script(path=AXE)
        page.on("response", self._hear)
        return page

    def look(self, page: Page, spot: Spot) -> None:
        response = page.goto(spot.address)
        assert response
        faults = self.faults[f"{spot.name} ({spot.kind})"]
        if response.status != spot.status:
            faults.append(f"status {response.status}")
        if page.locator("html").get_attribute("lang") != self._language:
            faults.append("not in the language that was asked for")
        self.titles[page.title().strip()].add(spot.name.partition("#")[0])
        # The look in which it was loaded comes first. The narrowest is between the two: no page goes back to a width.
        first, second = sorted(LOOKS[self._language], key=lambda look: look[1] != page.viewport_size)
        faults += self._seen(page, first)
        faults += narrow_faults(page)
        faults += self._seen(page, second)

    def _seen(self, page: Page, look: Look) -> Iterator[str]:
        scheme, viewport = look
        page.emulate_media(color_scheme=scheme)
        resize(page, viewport)
        options = AXE_OPTIONS if look == LOOKS[self._language][0] else AXE_OF_LOOKS
        yield from (f"{scheme}, {viewport['width']} px: {fault}" for fault in faults_seen(page, options=options))

    def _hear(self, response: Response) -> None:
        """A page whose parts are missing."""
        if response.status >= 400 and response.request.resource_type != "document":
            self.faults[response.url].append(f"status {response.status}")


def resize(page: Page, viewport: ViewportSize) -> None:
    if page.viewport_size != viewport:
        page.set_viewport_size(viewport)
    page.evaluate(SETTLE)


def faults_of(page: Page, within: str = "html") -> Iterator[str]:
    """What is wrong with a page as it stands, or with a part of it, in words; on a phone, on the narrowest one too."""
    yield from faults_seen(page, within)
    if page.viewport_size == PHONE:
        yield from narrow_faults(page)
        resize(page, PHONE)


def faults_seen(page: Page, within: str = "html", options: dict[str, Any] = AXE_OPTIONS) -> Iterator[str]:
    yield from heading_faults(page.evaluate(HEADINGS))
    yield from page.evaluate(RUN_AXE, [within, options])
    yield from filter(None, [page.evaluate(TOO_WIDE)])


def narrow_faults(page: Page) -> Iterator[str]:
    resize(page, NARROWEST)
    yield from (f"at 320 px: {fault}" for fault in [page.evaluate(TOO_WIDE)] if fault)


def heading_faults(levels: list[int]) -> Iterator[str]:
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of level 1"
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"a heading of level {after} under one of level {before}"


@pytest.fixture
def world(site: Site) -> World:
    world = make_world()
    furnish(world)
    work()
    return world


@pytest.mark.timeout(300)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("language", LOOKS)
def test_every_page_passes(language: str, half: int, world: World, visit: Visitors) -> None:
    User.objects.update(language=language)
    scheme, viewport = LOOKS[language][0]
    inspector = Inspector(language)
    tabs: dict[str, Page] = {}
    for spot in pages(world, list(in_language(spots(world), language))[half::2]):
        if spot.kind not in tabs:
            user = world.people.get(spot.kind)
            tab = visit(user, viewport=viewport, color_scheme=scheme, locale=f"{language}-FR")
            tabs[spot.kind] = inspector.follow(tab)
        inspector.look(tabs[spot.kind], spot)
    assert {where: faults for where, faults in inspector.faults.items() if faults} == {}
    assert "" not in inspector.titles
    assert {title: names for title, names in inspector.titles.items() if len(names) > 1} == {}
    assert len(inspector.faults) > 30


def open_states(page: Page, world: World) -> Iterator[tuple[str, str]]:
    """What opens in the pages, one after the other: where, and what the machines say of it."""
    page.goto(world.topics["network"].get_absolute_url())
    for name in ("Actions sur la discussion", "Autres actions", "Mon compte", "Changer de réseau"):
        summary = page.locator(f"summary:is([title='{name}'], [aria-label='{name}'])").filter(visible=True).last
        summary.click()
        menu = summary.locator("xpath=..")
        expect(menu.locator(".menu__item").nth(1)).to_be_visible()
        # The panel half covers what lies beneath, which was looked at when it was closed.
        yield name, " · ".join(faults_of(page, within="details[open] > .menu__panel"))
        page.keyboard.press("Escape")
        expect(summary).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Raccourcis du clavier")).to_be_visible()
    yield "keys", " · ".join(faults_of(page))
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#repondre [contenteditable=true]")).to_be_focused()
    yield "editor", " · ".join(faults_of(page))
    for tool in ("Lien", "Émoticône"):
        button = page.locator("#repondre").get_by_role("button", name=tool).first
        button.click()
        # The bar of a phone half covers what scrolls under it: that is no small target.
        yield (
            f"editor: {tool}",
            " · ".join(
                one for one in faults_of(page) if not one.startswith(("target-size: a[", "target-size: details["))
            ),
        )
        page.keyboard.press("Escape")


def wrong_forms(world: World) -> Iterator[tuple[str, str, str]]:
    """Forms that are sent with nothing in what they ask: who, where, and the button."""
    theme, note = world.forums["elected"].slug, world.notes["elected"]
    for kind in ("question", "report"):
        address = reverse("forums:topic-create", args=["val", theme])
        yield "elected", f"{address}?nature={kind}", "Publier la discussion"
    yield "elected", reverse("moderation:report", args=[KEY, note.pk]), "Envoyer le signalement"
    yield "elected", reverse("forums:post-edit", args=[world.posts["elected"].pk]), "Enregistrer"
    yield "animator", reverse("forums:theme-create", args=["val"]), "Continuer"
    yield "animator", reverse("forums:tag-list", args=["val"]), "Ajouter"
    yield "animator", reverse("moderation:answer-create", args=["val"]), "Enregistrer"
    yield "animator", reverse("moderation:case", args=[world.cases["network"].pk]), "Trancher"


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("scheme", "viewport"), LOOKS["fr"], ids=["light-phone", "dark-desktop"])
def test_what_opens_passes(scheme: str, viewport: ViewportSize, world: World, visit: Visitors) -> None:
    """Menus, dialogs, the editor and its panels; and forms that are sent back with what is wrong."""
    tabs: dict[str, Page] = {}
    for kind in ("elected", "animator"):
        tabs[kind] = Inspector("fr").follow(visit(world.people[kind], viewport=viewport, color_scheme=scheme))
    faults = dict(open_states(tabs["elected"], world))
    for kind, address, label in wrong_forms(world):
        page = tabs[kind]
        page.goto(address)
        page.evaluate("""() => {
          for (const form of document.forms) form.noValidate = true;
          for (const one of document.querySelectorAll("main form :is(textarea, input[type=text], input:not([type]))"))
            one.value = "";
        }""")
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name=label, exact=True).last.click()
        expect(page.locator("main [aria-invalid=true]").first).to_be_attached()
        faults[address] = " · ".join(faults_of(page))
    assert [f"{where}: {fault}" for where, fault in faults.items() if fault] == []


def test_the_inspector_sees_what_is_wrong(site: Site, visit: Visitors) -> None:
    page = Inspector("fr").follow(visit.on_phone())
    page.goto("/compte/login/")
    assert list(faults_of(page)) == []
    page.evaluate(
        """() => {
          const broken = document.createElement("div");
          broken.innerHTML = '<h1>Encore</h1><h5>Trop bas</h5><img src="data:,"><input>';
          document.querySelector("main").append(broken);
          const wide = document.createElement("pre");
          wide.textContent = "x".repeat(46);
          broken.append(wide);
        }"""
    )
    found = list(faults_of(page))
    assert [fault for fault in found if "heading" in fault][:2] == [
        "2 headings of level 1",
        "a heading of level 5 under one of level 1",
    ]
    assert {fault.partition(":")[0] for fault in found} >= {"image-alt", "label", "at 320 px"}
    # The second look sees what the colours and the sizes do.
    page.evaluate(
        """() => {
          const pale = document.createElement("div");
          pale.innerHTML = '<button>a</button><button>b</button><p>Trop pâle</p>';
          document.querySelector("main").append(pale);
          Object.assign(pale.style, { color: "#ddd", background: "#fff" });
          for (const one of pale.querySelectorAll("button")) {
            Object.assign(one.style, { display: "inline-block", width: "8px", height: "8px", overflow: "hidden" });
            Object.assign(one.style, { minWidth: 0, minHeight: 0, padding: 0 });
          }
        }"""
    )
    found = [fault.partition(":")[0] for fault in faults_seen(page, options=AXE_OF_LOOKS)]
    assert {"color-contrast", "target-size"} <= set(found)
    assert "label" not in found


@pytest.mark.parametrize("width", [320, 390, 600])
def test_a_panel_never_leaves_the_page(width: int, visit: Visitors) -> None:
    """At either end of a line, whichever way it opens: in a card, in an item of a list, and in the page itself."""
    page = visit(viewport=ViewportSize(width=width, height=700))
    page.goto(reverse("ui:style-page"))
    places = page.evaluate(
        """() => ["menu", "menu menu--end", "menu menu--up", "menu menu--up menu--end"].flatMap((kind) =>
          ["", "card", "item"].flatMap((holder) => ["flex-start", "center", "flex-end"].map((end) => {
            const line = document.createElement("div");
            line.className = holder;
            line.innerHTML = `<details class="${kind}"><summary class="button">Plus</summary>
              <div class="menu__panel"><a class="menu__item" href="#">Ce que l’on peut faire ici</a></div></details>`;
            document.querySelector("main").append(line);
            line.style.display = "flex";
            line.style.justifyContent = end;
            const menu = line.firstChild;
            menu.open = true;
            const { left, right } = menu.querySelector(".menu__panel").getBoundingClientRect();
            menu.open = false;
            return [kind, holder, end, Math.round(left), Math.round(right)];
          })))"""
    )
    assert len(places) == 36
    assert [place for place in places if place[3] < 0 or place[4] > width] == []
