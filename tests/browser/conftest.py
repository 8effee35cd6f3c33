"""A real Chromium, and the whole platform behind it, with the database and the Redis of this worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from csp.constants import SELF
from django.conf import settings as configured
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from pytest_django import Settings

from peerhub.people.models import User
from tests.browser.chromium import has_chromium, launch_options
from tests.browser.site import Live, Site, Web

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
HERE = Path(__file__).parent
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser, two servers and a socket on a busy machine: what fails once is tried once more, and reported as so."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One for a module, not for the session: Playwright runs a loop in this thread, which other tests cannot share."""
    if not has_chromium():
        pytest.skip("no Chromium: `make test` unpacks one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(**launch_options())
            yield chromium
            chromium.close()


@pytest.fixture
def site(chromium: Chromium, transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    """Pages, sockets, and mails kept for the mail page: the demo's settings."""
    site = Site(Web(), Live())
    live_address = f"127.0.0.1:{site.live.port}"
    settings.PUBLIC_URL = site.address
    settings.LIVE_URL = f"http://{live_address}"
    settings.LIVE_ALLOWED_ORIGINS = [site.address]
    policy = configured.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"connect-src": [SELF, f"ws://{live_address}"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
    settings.EMAIL_BACKEND = "peerhub.mailbox.backend.EmailBackend"
    settings.MAILBOX_DIR = tmp_path / "mails"
    with pytest.MonkeyPatch.context() as patch:
        # The threads of the servers must leave the test's database alone when they are done with it.
        patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
        site.web.start()
        site.live.start()
        yield site
        site.live.stop()
        site.web.stop()


class Visitors:
    """Opens browsers for people, and hears what their consoles complain of."""

    def __init__(self, chromium: Chromium, site: Site) -> None:
        self._chromium = chromium
        self._site = site
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __call__(self, user: User | None = None, **options: Any) -> Page:
        """A tab of a browser of its own, where this person is signed in; `options` are those of a context."""
        defaults: dict[str, Any] = {
            "base_url": self._site.address,
            "viewport": DESKTOP,
            "locale": "fr-FR",
            "timezone_id": "Europe/Paris",
            "reduced_motion": "reduce",
        }
        context = self._chromium.new_context(**defaults | options)
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        if user is not None:
            sign_in(context, self._site, user)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        return page

    def on_phone(self, user: User | None = None, **options: Any) -> Page:
        return self(user, viewport=PHONE, has_touch=True, **options)

    def _hear(self, message: ConsoleMessage) -> None:
        # What the network refuses is said by the tests that refuse it.
        from_network = message.text.startswith(("Failed to load resource", "WebSocket connection to"))
        # On a loaded machine a page is read, and left, before its fonts are drawn.
        is_late_font = "preloaded using link preload" in message.text
        if message.type in {"error", "warning"} and not (from_network or is_late_font):
            self.complaints.append(f"{message.type}: {message.text}")

    def leave(self) -> None:
        for context in self._contexts:
            context.close()


def sign_in(context: BrowserContext, site: Site, user: User) -> None:
    client = Client()
    client.force_login(user, backend="peerhub.people.backends.AccountBackend")
    name = configured.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.address}])


@pytest.fixture
def visit(chromium: Chromium, site: Site) -> Iterator[Visitors]:
    visitors = Visitors(chromium, site)
    yield visitors
    visitors.leave()
    assert visitors.complaints == []
