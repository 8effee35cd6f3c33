"""Fixtures of every test: real PostgreSQL and Redis, one database and one Redis database for each xdist worker."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase

from peerhub.caching import forget_recent
from peerhub.people.models import User


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits, sessions and what was read a moment ago never reach the next test."""
    cache.clear()
    forget_recent()


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


# Which of all tables hold rows is one query; Django would truncate every one, and write content types and permissions
# anew: half a second after each test that commits.
_FILLED = """
SELECT string_agg(format('SELECT %%1$L WHERE EXISTS (SELECT 1 FROM %%1$I)', tablename), ' UNION ALL ')
FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)
"""
_KEPT = ["django_migrations", "django_content_type", "auth_permission"]


def _empty_what_was_filled(_case: TransactionTestCase) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILLED, [_KEPT])
        cursor.execute(cursor.fetchone()[0])
        filled = [name for (name,) in cursor.fetchall()]
        # No trigger and no key is asked: all that refers to these rows goes with them.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in filled:
            cursor.execute(f'DELETE FROM "{name}"')


# Nothing of seven thousand tests is garbage while they are collected; and what stands then stands to the end.
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Each xdist worker takes its own Redis database and its own folder of files: real servers, no shared state."""
    TransactionTestCase._fixture_teardown = _empty_what_was_filled  # type: ignore[attr-defined]
    folder = tempfile.mkdtemp(prefix="peerhub-files-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.STORAGES["files"]["OPTIONS"]["location"] = folder
    if schema := os.environ.get("PEERHUB_TEST_SCHEMA"):  # `make test` has migrated it: it is copied for each worker
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = urlsplit(schema).path[1:]
    settings.WHITENOISE_AUTOREFRESH = True  # or each test's client begins by reading all that is static
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    base, _slash, number = settings.REDIS_URL.rpartition("/")
    if os.environ.get("PYTEST_XDIST_WORKER"):
        settings.REDIS_URL = f"{base}/{int(number or 0) + 1 + int(worker)}"
        settings.CELERY_BROKER_URL = settings.REDIS_URL
        settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that ask for more time than others come first in each half of the tests, which is what each of two workers
    is given: at the end nobody waits for one of them."""
    long = [item for item in items if item.get_closest_marker("timeout")]
    if len(long) < len(items) // 2:
        others = [item for item in items if not item.get_closest_marker("timeout")]
        half = len(items) // 2 - len(long[1::2])
        items[:] = [*long[1::2], *others[:half], *long[::2], *others[half:]]
