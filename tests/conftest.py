"""Fixtures of every test: real PostgreSQL and Redis, one database and one Redis database for each xdist worker."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from peerhub.people.models import User


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits and sessions of one test never reach the next."""
    cache.clear()


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.REDIS_URL)
    yield client
    client.close()


class Browser(Client):
    """Django's client, that signs a person in with one word."""

    def as_user(self, user: User) -> "Browser":
        self.force_login(user, backend="peerhub.people.backends.AccountBackend")
        return self


@pytest.fixture
def browser() -> Browser:
    return Browser()


def pytest_configure(config: pytest.Config) -> None:
    """Each xdist worker takes its own Redis database and its own folder of files: real servers, no shared state."""
    folder = tempfile.mkdtemp(prefix="peerhub-files-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.STORAGES["files"]["OPTIONS"]["location"] = folder
    settings.WHITENOISE_AUTOREFRESH = True  # or each test's client begins by reading all that is static
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    base, _slash, number = settings.REDIS_URL.rpartition("/")
    if os.environ.get("PYTEST_XDIST_WORKER"):
        settings.REDIS_URL = f"{base}/{int(number or 0) + 1 + int(worker)}"
        settings.CELERY_BROKER_URL = settings.REDIS_URL
        settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL
