"""Processes that crash, and servers that go away: those of the crash tests, none of which outlives its test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from peerhub.embedded.place import find_place
from peerhub.embedded.postgres import FORGETFUL, PostgresServer
from peerhub.notifications.models import Delivery
from peerhub.outbox.models import OutboxEvent
from sessions.models import Reminder


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.03)  # what is asked is asked of a server that has work to do


def database_url() -> str:
    where: dict[str, Any] = connection.settings_dict
    who = f"{quote(where['USER'])}:{quote(where['PASSWORD'] or '')}"
    return f"postgres://{who}@{where['HOST']}:{where['PORT']}/{where['NAME']}"


@contextmanager
def running_worker(email_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that does what beat asks for, over the database of this test."""
    environment = os.environ | {
        "PEERHUB_ENV": "demo",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": email_url,
        "DJANGO_SETTINGS_MODULE": "peerhub.settings",
    }
    argv = [sys.executable, "-m", "tests.sessions.tending_worker"]
    worker = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"up\n"
        yield worker
    finally:
        worker.kill()
        worker.wait()
        if worker.stdout is not None:
            worker.stdout.close()


@contextmanager
def own_postgres(folder: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL of this test alone, with all that its database holds by now; Django speaks to it meanwhile."""
    # Nothing outlives the test, but what is committed must outlive the server.
    server = PostgresServer(folder, settings=FORGETFUL | {"synchronous_commit": "on", "full_page_writes": "on"})
    server.start()
    try:
        _copy(database_url(), server.url, find_place(folder / "postgres").program / "bin")
        with _speaking_to(server):
            yield server
    finally:
        server.discard()


def _copy(source: str, target: str, programs: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    dump = subprocess.run(
        [programs / "pg_dump", "--no-owner", source], env=environment, check=True, capture_output=True
    ).stdout
    argv: list[str | Path] = [programs / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", target]
    subprocess.run(argv, env=environment, input=dump, check=True, capture_output=True)


@contextmanager
def _speaking_to(server: PostgresServer) -> Iterator[None]:
    where: dict[str, Any] = connections.settings["default"]
    before, url = dict(where), urlsplit(server.url)
    connection.close()
    there = {"HOST": url.hostname, "PORT": str(url.port), "NAME": url.path[1:], "USER": url.username}
    where.update(there, PASSWORD=unquote(url.password or ""))
    try:
        yield
    finally:
        connection.close()
        where.update(before)


def restart(server: PostgresServer, how: signal.Signals) -> None:
    """At once, whatever runs: SIGINT ends each connection, SIGQUIT leaves the data as a crash would."""
    assert server.process is not None
    server.process.send_signal(how)
    server.process.wait(30)
    server.spawn()
    until(lambda: can_connect(server.url))


def can_connect(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def kill_while_it_waits(email_url: str, lock: Callable[[], object]) -> None:
    """Start a worker and kill it in the middle of the transaction in which it waits for what `lock` holds (in a
    transaction that is undone)."""
    with suppress(_Undone), transaction.atomic():
        lock()
        with running_worker(email_url) as worker:
            until(_someone_waits)
            worker.send_signal(signal.SIGKILL)
            assert worker.wait() == -signal.SIGKILL
        raise _Undone
    until(lambda: not _others_are_busy())


class _Undone(Exception):
    pass


def lock_table(name: str) -> None:
    """Others read it, and wait to write it."""
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{name}" IN SHARE MODE')


def let_leases_lapse() -> None:
    """What a dead process held comes free again, and what failed is tried again: later, or now for a test that does
    not wait minutes."""
    past = timezone.now() - timedelta(seconds=1)
    for model in (Reminder, Delivery, OutboxEvent):
        rows: Any = model._default_manager
        rows.filter(lease_until__isnull=False).update(lease_until=past)
    Delivery.objects.filter(attempts__gt=0, due_at__gt=past).update(due_at=past)
    OutboxEvent.objects.waiting().filter(attempts__gt=0, available_at__gt=past).update(available_at=past)


def _someone_waits() -> bool:
    return _count("wait_event_type = 'Lock'") > 0


def _others_are_busy() -> bool:
    """The server notices that a process is gone when it next speaks to it."""
    return _count("pid <> pg_backend_pid() AND state <> 'idle'") > 0


def _count(which: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {which}")
        return int(cursor.fetchone()[0])
