"""The page's end, in a real browser: what arrives is added once and in order, and holes are filled over HTTP."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, expect, sync_playwright

from peerhub.live.publish import publish_on_commit, recheck_group_on_commit
from tests.live.conftest import LiveServer, Rights, until

pytestmark = pytest.mark.skipif("PEERHUB_CHROMIUM" not in os.environ, reason="`make test` unpacks Chromium")


def fragment(n: int, extra: str = "") -> str:
    return f'<article id="message-{n}" data-seq="{n}" tabindex="-1"><p>Message {n}</p>{extra}</article>'


PAGE = """<!doctype html><html lang="fr"><head><meta name="live-url" content="{live}">
<link rel="icon" href="data:,"><style>article {{ min-height: 300px }}
.live-feed__new {{ position: fixed; inset: auto 0 0 auto }}
.visually-hidden {{ position: absolute; inset: 0 auto auto 0 }}</style>
<script type="module" src="/app.js"></script></head><body><h1>Sujet</h1>
<live-feed group="testroom.1" after="3" url="/?after=" replace="post.changed topic.changed" changed="{changed}">
<div>{posts}</div></live-feed>
<p id="topic-state">{state}</p>
</body></html>"""


@dataclass
class World:
    """What the site holds, and what was asked of it."""

    live_url: str
    newest: int = 3
    asked: list[int] = field(default_factory=list)
    # When (stamps) each post, or the head (0), was changed.
    changes: dict[int, int] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    # The topic has another title, and with it another address.
    is_moved: bool = False
    address: str = ""

    @property
    def stamp(self) -> int:
        return max(self.changes.values(), default=0)

    @property
    def state(self) -> str:
        return f"État {self.changes.get(0, 0)}"

    def fragment(self, n: int) -> str:
        if n not in self.changes:
            return fragment(n)
        return f'<article id="message-{n}" data-seq="{n}" tabindex="-1"><p>Corrigé {self.changes[n]}</p></article>'

    def catch_up(self, after: int, changed: str, shown: str) -> str:
        """As forums/views/topics.py answers."""
        self.asked.append(after)
        self.doubts.append(changed)
        first, last = (int(part) for part in shown.split("-"))
        numbers = [n for n, at in self.changes.items() if n and at > int(changed) and first <= n <= min(after, last)]
        numbers += range(after + 1, self.newest + 1)
        head = f'<p id="topic-state">{self.state}</p>' if self.changes.get(0, 0) > int(changed) else ""
        return head + "".join(self.fragment(n) for n in numbers)


@pytest.fixture
def world(live: LiveServer, rights: Rights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # Playwright runs a loop in this thread, and Django would refuse it the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    script = tmp_path / "app.js"
    esbuild = settings.BASE_DIR / "node_modules/.bin/esbuild"
    options = ["--bundle", "--format=esm", "--log-level=error", f"--outfile={script}"]
    subprocess.run([esbuild, settings.BASE_DIR / "peerhub/ui/js/app.js", *options], check=True, cwd=settings.BASE_DIR)
    rights.public.add(1)
    rights.last_seq[1] = 3
    world = World(f"ws://127.0.0.1:{live.port}/live/")

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            after = query.get("after")
            body, kind = "", "text/html"
            if after and world.is_moved and self.path.startswith("/?"):
                self.send_response(301)
                self.send_header("Location", self.path.replace("/", "/nouveau", 1))
                self.end_headers()
                return
            if self.path == "/app.js":
                body, kind = script.read_text(), "text/javascript"
            elif after:
                body = world.catch_up(int(after), query["changed"], query["shown"])
            elif self.path == "/":
                posts = "".join(world.fragment(n) for n in range(1, 4))
                body = PAGE.format(live=world.live_url, posts=posts, changed=world.stamp or "", state=world.state)
            self.send_response(200)
            if after:
                self.send_header("Live-Changed", str(world.stamp))
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{site.server_port}"
    world.address = f"{origin}/"
    monkeypatch.setattr(settings, "LIVE_ALLOWED_ORIGINS", [origin])
    yield world
    site.shutdown()
    site.server_close()


@pytest.fixture
def tab() -> Iterator[Tab]:
    options = json.loads(Path(os.environ["PEERHUB_CHROMIUM"]).read_text())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
        tab = chromium.new_page()
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        yield tab
        chromium.close()
        assert errors == []


def open_topic(tab: Tab, world: World, live: LiveServer) -> None:
    tab.goto(world.address)
    until(lambda: any(watcher.judged_at for watcher in live.hub.watchers))


def say(world: World, rights: Rights, *numbers: int) -> None:
    """These posts exist now; each is told to the pages."""
    for number in numbers:
        world.newest = rights.last_seq[1] = max(world.newest, number)
        publish_on_commit("testroom.1", "post.created", seq=number, html=dict.fromkeys(("fr", "en"), fragment(number)))


def change(world: World, rights: Rights, number: int, *, is_told: bool = True) -> None:
    """This post, or the head (0), is another one now."""
    before = world.stamp
    world.changes[number] = before + 1
    rights.changes[1] = str(world.stamp)
    html = world.fragment(number) if number else f'<p id="topic-state">{world.state}</p>'
    data = {"before": str(before or ""), "changed": str(world.stamp)}
    if is_told:
        kind = "post.changed" if number else "topic.changed"
        publish_on_commit("testroom.1", kind, html=dict.fromkeys(("fr", "en"), html), data=data)


def numbers(tab: Tab) -> list[str]:
    shown: list[str] = tab.eval_on_selector_all("live-feed article", "all => all.map(one => one.dataset.seq)")
    return shown


def shows(tab: Tab, *expected: int) -> None:
    expect(tab.locator("live-feed article")).to_have_count(len(expected))
    assert numbers(tab) == [str(n) for n in expected]


def test_what_arrives_is_added_in_order_and_moves_nobody(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    open_topic(tab, world, live)
    say(world, rights, 4)
    shows(tab, 1, 2, 3, 4)
    say(world, rights, 6, 5, 6, 4)
    shows(tab, 1, 2, 3, 4, 5, 6)
    assert tab.evaluate("scrollY") == 0
    button = tab.get_by_role("button", name="3 nouveaux messages")
    expect(button).to_be_visible()
    # Said in batches of three seconds: all at once, or in two on a slow machine.
    expect(tab.get_by_role("status")).to_have_text(re.compile("nouveau"), timeout=15000)
    button.click()
    expect(tab.locator("#message-4")).to_be_focused()
    expect(tab.locator(".live-feed__new")).to_be_hidden()
    assert world.asked == []


def test_a_hole_is_filled_over_http(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    open_topic(tab, world, live)
    say(world, rights, 7)
    shows(tab, 1, 2, 3, 4, 5, 6, 7)
    assert world.asked == [3]
    say(world, rights, 8)
    shows(tab, 1, 2, 3, 4, 5, 6, 7, 8)


def test_what_was_missed_before_the_subscription_is_fetched(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    world.newest = rights.last_seq[1] = 5
    open_topic(tab, world, live)
    shows(tab, 1, 2, 3, 4, 5)
    assert world.asked == [3]


def test_a_lost_socket_catches_up(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    open_topic(tab, world, live)
    world.newest = rights.last_seq[1] = 5
    for watcher in list(live.hub.watchers):
        live.server.servers[0].get_loop().call_soon_threadsafe(watcher.drop)
    shows(tab, 1, 2, 3, 4, 5)
    say(world, rights, 6)
    shows(tab, 1, 2, 3, 4, 5, 6)


def test_ones_own_reply_is_shown_once_with_its_controls(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    """By htmx first and by the socket first."""
    open_topic(tab, world, live)
    own = "(html) => document.querySelector('live-feed > div').insertAdjacentHTML('beforeend', html)"
    tab.evaluate(own, fragment(4, "<button data-live-keep>Modifier 4</button>"))
    say(world, rights, 4, 5)
    shows(tab, 1, 2, 3, 4, 5)
    tab.evaluate(own, fragment(5, "<button data-live-keep>Modifier 5</button>"))
    shows(tab, 1, 2, 3, 4, 5)
    say(world, rights, 6)
    shows(tab, 1, 2, 3, 4, 5, 6)
    change(world, rights, 4)
    expect(tab.locator("#message-4")).to_contain_text("Corrigé 1")
    shows(tab, 1, 2, 3, 4, 5, 6)
    assert tab.locator("live-feed button[data-live-keep]").all_inner_texts() == ["Modifier 4", "Modifier 5"]
    assert world.asked == []


def test_a_page_without_sockets_still_works(tab: Tab, world: World, rights: Rights) -> None:
    world.live_url = "ws://127.0.0.1:9/live/"
    tab.goto(world.address)
    shows(tab, 1, 2, 3)
    world.newest = 4
    tab.evaluate("dispatchEvent(new Event('online'))")
    shows(tab, 1, 2, 3, 4)


def test_other_elements_listen_by_events(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    rights.public.add(2)
    open_topic(tab, world, live)
    tab.evaluate(
        """() => {
          document.addEventListener("live:event", ({ detail }) => { window.heard = detail; });
          document.dispatchEvent(new CustomEvent("live:subscribe", { detail: { group: "testroom.2" } }));
        }"""
    )
    until(lambda: any("testroom.2" in watcher.groups for watcher in list(live.hub.watchers)))
    publish_on_commit("testroom.2", "notification.count", data={"unread": 3})
    tab.wait_for_function("window.heard?.data.unread === 3")


def test_what_changes_takes_its_place_and_is_said_with_what_is_new(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    open_topic(tab, world, live)
    change(world, rights, 2)
    change(world, rights, 0)
    say(world, rights, 4, 5)
    expect(tab.locator("#message-2")).to_have_text("Corrigé 1")
    expect(tab.locator("#topic-state")).to_have_text("État 2")
    shows(tab, 1, 2, 3, 4, 5)
    said = tab.get_by_role("status").filter(has_text="modifié")
    expect(said).to_have_text(re.compile("2 nouveaux messages, 1 modifié|Un message modifié"), timeout=15000)
    assert world.asked == []


def test_a_change_that_was_missed_is_noticed_by_the_next(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    open_topic(tab, world, live)
    change(world, rights, 1)
    expect(tab.locator("#message-1")).to_have_text("Corrigé 1")
    change(world, rights, 2, is_told=False)
    change(world, rights, 3)
    expect(tab.locator("#message-2")).to_have_text("Corrigé 2")
    expect(tab.locator("#message-3")).to_have_text("Corrigé 3")
    assert (world.asked, world.doubts) == ([3], ["1"])
    change(world, rights, 1)
    expect(tab.locator("#message-1")).to_have_text("Corrigé 4")
    assert world.asked == [3]


def test_what_changed_before_the_subscription_is_fetched(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    """The page was written before, and its socket stood after."""

    def load(route: Route) -> None:
        change(world, rights, 2, is_told=False)
        route.continue_()

    tab.route("**/app.js", load)
    open_topic(tab, world, live)
    expect(tab.locator("#message-2")).to_have_text("Corrigé 1")
    assert world.doubts == ["0"]


def test_after_a_sleep_edits_and_removals_are_there_without_gap_or_double(
    tab: Tab, world: World, live: LiveServer, rights: Rights
) -> None:
    open_topic(tab, world, live)
    change(world, rights, 1)
    expect(tab.locator("#message-1")).to_have_text("Corrigé 1")
    change(world, rights, 3, is_told=False)
    change(world, rights, 0, is_told=False)
    world.newest = rights.last_seq[1] = 5
    for watcher in list(live.hub.watchers):
        live.server.servers[0].get_loop().call_soon_threadsafe(watcher.drop)
    shows(tab, 1, 2, 3, 4, 5)
    expect(tab.locator("#message-3")).to_have_text("Corrigé 2")
    expect(tab.locator("#topic-state")).to_have_text("État 3")
    say(world, rights, 6)
    change(world, rights, 5)
    expect(tab.locator("#message-5")).to_have_text("Corrigé 4")
    shows(tab, 1, 2, 3, 4, 5, 6)
    assert (world.asked, world.doubts) == ([3], ["1"])


def test_a_change_may_come_before_what_it_changes(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    open_topic(tab, world, live)
    old = fragment(5)
    change(world, rights, 5)
    world.newest = rights.last_seq[1] = 5
    publish_on_commit("testroom.1", "post.created", seq=5, html={"fr": old, "en": old})
    publish_on_commit("testroom.1", "post.created", seq=4, html=dict.fromkeys(("fr", "en"), fragment(4)))
    shows(tab, 1, 2, 3, 4, 5)
    expect(tab.locator("#message-5")).to_have_text("Corrigé 1")


def test_what_one_writes_in_a_post_is_not_taken_away(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    open_topic(tab, world, live)
    tab.evaluate("document.querySelector('#message-2').innerHTML = '<form><textarea></textarea></form>'")
    tab.locator("textarea").fill("Ma phrase")
    change(world, rights, 2)
    change(world, rights, 3)
    expect(tab.locator("#message-3")).to_have_text("Corrigé 2")
    expect(tab.locator("textarea")).to_have_value("Ma phrase")


def test_a_page_that_gets_nothing_more_says_so(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    open_topic(tab, world, live)
    rights.public.clear()
    recheck_group_on_commit("testroom.1")
    over = tab.locator(".live-feed__over")
    expect(over).to_have_text("Cette discussion ne vous est plus ouverte.")
    expect(tab.get_by_role("status")).to_have_text("Cette discussion ne vous est plus ouverte.")
    rights.public.add(1)
    tab.evaluate("dispatchEvent(new Event('online'))")
    expect(over).to_be_hidden()
    for watcher in list(live.hub.watchers):
        live.server.servers[0].get_loop().call_soon_threadsafe(watcher.end)
    expect(over).to_contain_text("Vous n’êtes plus connecté·e")


def test_a_topic_with_another_title_still_catches_up(tab: Tab, world: World, live: LiveServer, rights: Rights) -> None:
    open_topic(tab, world, live)
    world.is_moved = True
    change(world, rights, 0, is_told=False)
    say(world, rights, 5)
    shows(tab, 1, 2, 3, 4, 5)
    expect(tab.locator("#topic-state")).to_have_text("État 1")
