"""Real threads, real processes, real transactions: what the lease and the lock promise."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from pytest_django import Settings

from peerhub.outbox import registry, services
from peerhub.outbox.models import OutboxEvent
from tests.outbox.samples import Followed, Happened

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(work: Callable[[], None], count: int) -> None:
    """Run the work in threads that begin together, each with a connection of its own; raise what they raised."""
    start = threading.Barrier(count)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            start.wait()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class Witness:
    """Counts runs per fact, and notices two that overlap."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.runs: Counter[int] = Counter()
        self.overlaps: list[int] = []
        self._inside: set[int] = set()
        self._lock = threading.Lock()

    def __call__(self, event: Happened) -> None:
        with self._lock:
            if event.fact_id in self._inside:
                self.overlaps.append(event.fact_id)
            self._inside.add(event.fact_id)
            self.runs[event.fact_id] += 1
        time.sleep(self.seconds)
        with self._lock:
            self._inside.discard(event.fact_id)


def emit_facts(count: int) -> None:
    with transaction.atomic():
        services.emit(*(Happened(number) for number in range(count)))


@pytest.mark.parametrize("handlers", [1, 2])
def test_concurrent_dispatchers_share_the_events(handlers: int) -> None:
    witnesses = [Witness(0.001) for _ in range(handlers)]
    for witness in witnesses:
        registry.handles(Happened)(witness)
    emit_facts(200)

    def work() -> None:
        while services.dispatch_due(limit=10):
            pass

    in_threads(work, 4)
    for witness in witnesses:
        assert witness.overlaps == []
        assert witness.runs == Counter(range(200))
    assert OutboxEvent.objects.filter(done_at__isnull=False, attempts=1).count() == 200


def test_a_handler_slower_than_its_lease_is_never_doubled(settings: Settings) -> None:
    """The row's lock outlives the lease: the second dispatcher keeps looking, and never gets in."""
    settings.OUTBOX_LEASE_SECONDS = 0
    witness = Witness(0.6)
    registry.handles(Happened)(witness)
    emit_facts(1)

    def work() -> None:
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline:
            services.dispatch_due()

    in_threads(work, 3)
    assert witness.overlaps == []
    assert witness.runs == Counter({0: 1})
    assert OutboxEvent.objects.get().done_at is not None


def test_lapsed_leases_in_a_slow_batch_are_never_doubled(settings: Settings) -> None:
    """Rows that wait in the batch of a slow dispatcher go to a faster one, and are not run again by the first."""
    settings.OUTBOX_LEASE_SECONDS = 0
    witness = Witness(0.05)
    registry.handles(Happened)(witness)
    emit_facts(20)

    def work() -> None:
        deadline = time.monotonic() + 20
        while OutboxEvent.objects.waiting().exists() and time.monotonic() < deadline:
            services.dispatch_due()

    settings.OUTBOX_MAX_ATTEMPTS = 1000
    in_threads(work, 3)
    assert witness.overlaps == []
    assert witness.runs == Counter(range(20))
    assert OutboxEvent.objects.filter(done_at__isnull=False).count() == 20


@contextmanager
def dispatcher_inside_a_handler() -> Iterator["subprocess.Popen[str]"]:
    """A separate process that has claimed the events and sits in the handler of the first."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.doomed_dispatcher", str(connection.settings_dict["NAME"])],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "peerhub.settings", "OUTBOX_LEASE_SECONDS": "2"},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "inside\n"
            yield process
        finally:
            process.kill()


def test_a_dispatcher_killed_between_claim_and_done_is_replaced() -> None:
    witness = Witness(0)
    registry.handles(Happened)(witness)
    emit_facts(3)
    with dispatcher_inside_a_handler() as process:
        assert services.dispatch_due() == 0
        # Its lease is over, but it is alive and at work: its event stays its own, the two that wait are free.
        time.sleep(2.1)
        assert services.dispatch_due() == 2
        assert witness.runs == Counter([1, 2])
        process.kill()
        process.wait()
    deadline = time.monotonic() + 10
    while not services.dispatch_due() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert witness.runs == Counter([0, 1, 2])
    # What the killed handler had written went with it.
    assert OutboxEvent.objects.filter(name="samples.followed").count() == 0
    assert list(OutboxEvent.objects.order_by("pk").values_list("attempts", flat=True)) == [2, 2, 2]
    assert OutboxEvent.objects.waiting().count() == 0


def test_a_killed_dispatcher_blocks_nobody_before_its_lease_is_over() -> None:
    registry.handles(Happened)(Witness(0))
    emit_facts(1)
    with dispatcher_inside_a_handler() as process:
        process.kill()
        process.wait()
    assert services.dispatch_due() == 0
    with transaction.atomic():
        services.emit(Followed(9))
    assert services.dispatch_due() == 1
    OutboxEvent.objects.waiting().update(lease_until=Now() - timedelta(seconds=1))
    assert services.dispatch_due() == 1
    assert OutboxEvent.objects.waiting().count() == 0
