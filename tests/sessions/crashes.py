"""Processes that crash, and servers that go away: those of the crash tests, none of which outlives its test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from peerhub.notifications.models import Delivery
from peerhub.outbox.models import OutboxEvent
from sessions.models import Reminder


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


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
    """What a dead process held comes free again: later, or now for a test that does not wait minutes."""
    past = timezone.now() - timedelta(seconds=1)
    for model in (Reminder, Delivery, OutboxEvent):
        rows: Any = model._default_manager
        rows.filter(lease_until__isnull=False).update(lease_until=past)


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
