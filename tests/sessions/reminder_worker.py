"""A worker process for the crash test: the tasks that beat asks for, over and over, until nothing is left."""

import time

import django

django.setup()

from peerhub.notifications.delivery import deliver_due as send_mails  # noqa: E402
from sessions.services.reminders import deliver_due  # noqa: E402

idle_since = time.monotonic()
while time.monotonic() - idle_since < 1.0:
    # Small helpings, so that the two kinds of work alternate and a kill may fall into either.
    if deliver_due(limit=100) + send_mails(limit=40):
        idle_since = time.monotonic()
    else:
        time.sleep(0.05)
