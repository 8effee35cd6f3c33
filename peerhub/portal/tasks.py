"""The heartbeat of background work: beat publishes it, a worker runs it, and each leaves its time in Redis."""

import time
from typing import Any

from celery import shared_task
from celery.signals import before_task_publish
from django.core.cache import cache

from peerhub.portal.heartbeats import BEAT, KEEP_SECONDS, WORKER

NAME = "peerhub.portal.heartbeat"


@shared_task(name=NAME, acks_late=False)
def heartbeat() -> None:
    cache.set(WORKER, time.time(), KEEP_SECONDS)


@before_task_publish.connect(sender=NAME)
def note_beat(**_signal: Any) -> None:
    """Only beat publishes the heartbeat: that it does is its own sign of life."""
    cache.set(BEAT, time.time(), KEEP_SECONDS)
