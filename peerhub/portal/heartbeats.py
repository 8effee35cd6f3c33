"""Signs of life of the processes that serve no page."""

import time
from typing import Any

from celery.signals import before_task_publish
from django.core.cache import cache

from peerhub.caching import require_redis

NAME = "peerhub.portal.heartbeat"
BEAT = "heartbeat:beat"
WORKER = "heartbeat:worker"
LATE_SECONDS = 60
KEEP_SECONDS = 24 * 60 * 60


def late() -> list[str]:
    """Which of beat and worker gave no sign of life for a minute. Raises what Redis raises when it is away."""
    require_redis()
    seen = cache.get_many([BEAT, WORKER])
    now = time.time()
    return [name for name, key in (("beat", BEAT), ("worker", WORKER)) if now - float(seen.get(key, 0)) > LATE_SECONDS]


def connect_heartbeat() -> None:
    """Only beat publishes the heartbeat: that it does is its own sign of life. Called where tasks are published."""
    before_task_publish.connect(note_beat, sender=NAME)


def note_beat(**_signal: Any) -> None:
    cache.set(BEAT, time.time(), KEEP_SECONDS)
