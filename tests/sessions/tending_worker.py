"""A worker process for the crash tests: what beat asks of the workers, over and over, until it is killed. As Celery
does, it passes over a task that fails, and closes its connection then: the next task connects anew."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress

import django

django.setup()

from django.db import DatabaseError, InterfaceError, close_old_connections  # noqa: E402

from peerhub.notifications.delivery import deliver_due as send_mails  # noqa: E402
from peerhub.outbox.services import dispatch_due  # noqa: E402
from sessions.services.reminders import deliver_due  # noqa: E402
from sessions.tasks import follow_up, tend_seats  # noqa: E402

sys.stdout.write("up\n")
sys.stdout.flush()
TASKS: tuple[Callable[[], object], ...] = (
    tend_seats,
    follow_up,
    dispatch_due,
    lambda: deliver_due(limit=20),
    lambda: send_mails(limit=20),
)
while True:
    for task in TASKS:
        with suppress(DatabaseError, InterfaceError):
            task()
        close_old_connections()
    time.sleep(0.02)
