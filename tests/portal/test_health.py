"""Liveness and readiness."""

import time

import pytest
from django.core.cache import cache
from pytest_django import Settings

from peerhub.portal import heartbeats
from tests.conftest import Browser


def test_alive_asks_nobody(browser: Browser) -> None:
    assert browser.get("/sante/vivant").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_says_who_is_late(browser: Browser) -> None:
    cache.set(heartbeats.WORKER, time.time())
    cache.set(heartbeats.BEAT, time.time() - heartbeats.LATE_SECONDS - 1)
    expected = {"status": "degraded", "database": "ok", "redis": "ok", "beat": "late", "worker": "ok"}
    answer = browser.get("/sante/pret")
    assert (answer.status_code, answer.json()) == (200, expected)
    answer = browser.get("/sante/pret?tout=1")
    assert (answer.status_code, answer.json()) == (503, expected | {"status": "down"})


@pytest.mark.django_db
def test_ready_is_refused_without_redis(browser: Browser, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    answer = browser.get("/sante/pret")
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "database": "ok", "redis": "down"})
