import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models.functions import Now
from pytest_django import Settings

from peerhub.celery import app
from peerhub.outbox import kicks, registry, services, tasks
from peerhub.outbox.models import OutboxEvent
from tests.outbox.samples import Followed, Happened

QUEUE = "celery"


@pytest.fixture(autouse=True)
def fresh_kick(redis_client: redis.Redis) -> Iterator[None]:
    """No kick queued, no memory of a Redis that was away."""

    def forget() -> None:
        tasks._redis.cache_clear()
        tasks._quiet_until = 0.0
        redis_client.delete(QUEUE, tasks.QUEUED_KEY)

    forget()
    yield
    forget()


def queued(redis_client: redis.Redis) -> int:
    return int(redis_client.llen(QUEUE))


@pytest.fixture
def redis_gone(settings: Settings) -> Iterator[None]:
    """A port where nobody listens, for the mark and for the broker."""
    tasks._redis().close()
    tasks._redis.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    yield
    tasks._redis.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_commit_queues_one_dispatch_for_all_events(redis_client: redis.Redis) -> None:
    with transaction.atomic():
        services.emit(Happened(1))
        services.emit(Happened(2), Followed(3))
        assert queued(redis_client) == 0
    assert queued(redis_client) == 1
    with transaction.atomic():
        services.emit(Happened(4))
    assert queued(redis_client) == 1


@pytest.mark.django_db(transaction=True)
def test_a_dispatch_that_begins_lets_the_next_commit_queue_another(redis_client: redis.Redis) -> None:
    with transaction.atomic():
        services.emit(Happened(1))
    assert tasks.dispatch() == 1
    with transaction.atomic():
        services.emit(Happened(2))
    assert queued(redis_client) == 2


@pytest.mark.django_db(transaction=True)
def test_rollback_queues_nothing(redis_client: redis.Redis) -> None:
    def fail() -> None:
        with transaction.atomic():
            services.emit(Happened(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert queued(redis_client) == 0


@pytest.mark.django_db(transaction=True)
def test_a_kick_lost_with_its_savepoint_is_registered_again(redis_client: redis.Redis) -> None:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        services.emit(Happened(1))
        transaction.savepoint_rollback(savepoint)
        services.emit(Happened(2))
        pending = transaction.get_connection().run_on_commit
        assert [function for _, function, _ in pending] == [kicks.kick]
    assert queued(redis_client) == 1
    assert OutboxEvent.objects.get().payload == {"fact_id": 2}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_gone")
def test_commit_succeeds_when_redis_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            with transaction.atomic():
                services.emit(Happened(number))
    assert OutboxEvent.objects.due().count() == 3
    assert [(entry.message, entry.__dict__["error"]) for entry in caplog.records] == [
        ("outbox.kick_failed", "ConnectionError")
    ]


@pytest.mark.django_db(transaction=True)
def test_commit_succeeds_when_the_broker_is_gone(caplog: pytest.LogCaptureFixture, redis_client: redis.Redis) -> None:
    """The mark was written but the task was not queued: the mark lapses, the sweep finds the row."""
    celery: Any = app
    before = celery.conf.broker_url
    celery.conf.broker_url = "redis://127.0.0.1:1/0"
    celery._after_fork()  # forgets its connections
    began = time.monotonic()
    try:
        with transaction.atomic():
            services.emit(Happened(1))
    finally:
        celery.conf.broker_url = before
        celery._after_fork()
    assert time.monotonic() - began < 1
    assert [entry.message for entry in caplog.records] == ["outbox.kick_failed"]
    assert tasks.sweep() == 1
    assert 0 < int(redis_client.ttl(tasks.QUEUED_KEY)) <= tasks.QUEUED_SECONDS


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_gone")
def test_dispatch_and_sweep_work_when_redis_is_gone() -> None:
    with transaction.atomic():
        services.emit(Happened(1))
    assert tasks.dispatch() == 1
    with transaction.atomic():
        services.emit(Happened(2))
    assert tasks.sweep() == 1
    assert OutboxEvent.objects.waiting().count() == 0


@pytest.mark.django_db
def test_a_full_dispatch_queues_the_next(redis_client: redis.Redis) -> None:
    with transaction.atomic():
        services.emit(*(Happened(number) for number in range(tasks.DISPATCH_LIMIT + 5)))
    assert tasks.dispatch() == tasks.DISPATCH_LIMIT
    assert queued(redis_client) == 1
    assert tasks.dispatch() == 5
    assert queued(redis_client) == 1


@pytest.mark.django_db
def test_purge_keeps_as_long_as_the_setting_says(settings: Settings) -> None:
    settings.OUTBOX_KEEP_DAYS = 2
    for days in (1, 3):
        OutboxEvent.objects.create(name="samples.happened", payload={}, done_at=Now() - timedelta(days=days))
    assert tasks.purge() == 1
    assert OutboxEvent.objects.count() == 1


def test_beat_sweeps_and_purges() -> None:
    schedule = {entry["task"]: entry["schedule"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert schedule["peerhub.outbox.sweep"] == 5.0
    assert schedule["peerhub.outbox.purge"] == 3600.0
    assert {"peerhub.outbox.dispatch", "peerhub.outbox.sweep", "peerhub.outbox.purge"} <= set(app.tasks)


def test_without_an_installed_kick_nothing_happens() -> None:
    installed = kicks._installed
    try:
        kicks.install(kicks._nobody_to_wake)
        kicks.kick()
    finally:
        kicks.install(installed)
    assert installed is tasks.kick


@pytest.mark.django_db(transaction=True)
def test_emit_and_kick_are_cheap() -> None:
    """A bound against an accident (a connection per kick, a retry loop), not a benchmark."""
    registry.handles(Happened)(lambda event: None)
    began = time.perf_counter()
    for number in range(50):
        with transaction.atomic():
            services.emit(Happened(number))
    assert (time.perf_counter() - began) / 50 < 0.05
