"""Redis goes away in the middle of an agora and comes back: nobody is turned away, nothing is lost, pages catch up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as configured
from playwright.sync_api import Page, expect
from pytest_django import Settings

from peerhub.embedded.valkey import ValkeyServer
from peerhub.notifications.models import Notification
from peerhub.outbox import tasks
from sessions.models import Attendance, Registration
from tests.browser.conftest import Visitors
from tests.browser.site import Site, until, work
from tests.sessions.builders import make_session
from tests.sessions.conclusions import make_day, seal


@pytest.fixture(autouse=True)
def own_redis(tmp_path: Path, settings: Settings) -> Iterator[ValkeyServer]:
    """Before the servers of the site start: theirs, for this test alone."""
    server = ValkeyServer(tmp_path / "redis of the test", durable=False)
    server.folder.mkdir()
    server.start()
    settings.REDIS_URL = server.url
    settings.CACHES = {"default": configured.CACHES["default"] | {"LOCATION": server.url}}
    tasks._redis.cache_clear()
    yield server
    tasks._redis.cache_clear()
    server.stop()


def come_back(server: ValkeyServer) -> None:
    server.spawn()
    with redis.Redis.from_url(server.url) as client:
        until(lambda: _answers(client))


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def test_an_agora_goes_on_without_redis_and_open_pages_catch_up(
    site: Site, visit: Visitors, own_redis: ValkeyServer
) -> None:
    day = make_day(("elected", "agent"), people=1)
    for category in day.groups:
        seal(day, category, f"Ce que disent les {category}.")
    later = make_session(day.network, title="Et après ?")
    agent = day.people["agent"][0]
    agora = f"{day.agora.get_absolute_url()}restitutions/"
    waiting, phone, animator = visit(day.people["elected"][0]), visit.on_phone(agent), visit(day.animator)
    for page in (waiting, animator):
        page.goto(agora)
        expect(page.get_by_text("2 enveloppes scellées sur 2.")).to_be_visible()
    waiting.evaluate("window.notReloaded = true")
    site.wait_for_watchers(f"session.{day.agora.pk}", 2)
    own_redis.stop()

    phone.goto(later.get_absolute_url())
    phone.get_by_role("button", name="M’inscrire").tap()
    expect(phone.get_by_text("Vous êtes inscrit·e.", exact=True)).to_be_visible()
    phone.goto(day.agora.get_absolute_url())
    phone.get_by_role("button", name="Signaler ma présence").tap()
    expect(phone.get_by_text("Présence notée :")).to_be_visible()
    open_all(animator)
    phone.goto(agora)
    expect(phone.locator(".envelope")).to_have_count(2)
    # Whoever only waits is not told, as long as there is nobody to carry it.
    expect(waiting.get_by_text("2 enveloppes scellées sur 2.")).to_be_visible()

    come_back(own_redis)
    expect(waiting.locator(".envelope")).to_have_count(2, timeout=30_000)
    assert waiting.evaluate("window.notReloaded")
    site.wait_for_watchers(f"session.{day.agora.pk}", 3)
    work()
    assert Registration.objects.registered().filter(session=later).values_list("user", flat=True).get() == agent.pk
    assert Attendance.objects.get(session=day.agora).user == agent
    confirmed = Notification.objects.filter(kind="sessions.confirmed", target_id=later.pk)
    assert [one.recipient_id for one in confirmed] == [agent.pk]


def open_all(page: Page) -> None:
    page.get_by_role("button", name="Ouvrir toutes les enveloppes").click()
    page.get_by_role("button", name="Oui, tout ouvrir").click()
    expect(page.locator(".envelope")).to_have_count(2)
