"""The workers' side of the outbox, and the kick that wakes them."""

import logging
import time
from datetime import timedelta
from functools import cache

import redis
from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from peerhub.outbox import services

logger = logging.getLogger(__name__)

# One queued dispatch serves all who commit before it starts. The mark lapses by itself, in case it was lost.
QUEUED_KEY = "outbox:queued"
QUEUED_SECONDS = 5
# While Redis is away, a process asks it again at most once in this time: requests don't wait for it one by one.
QUIET_SECONDS = 1.0
DISPATCH_LIMIT = 200
GATHER_SECONDS = 0.05

_quiet_until = 0.0


@shared_task(name="peerhub.outbox.dispatch", acks_late=False)
def dispatch() -> int:
    """Handle what is due. Losing this task loses nothing: the rows stay due."""
    # Under load one dispatch takes what a moment of commits wrote: a task for each would cost more than its events.
    time.sleep(GATHER_SECONDS)
    _forget_queued()
    handled = services.dispatch_due(limit=DISPATCH_LIMIT)
    if handled == DISPATCH_LIMIT:
        kick()
    return handled


@shared_task(name="peerhub.outbox.sweep", acks_late=False)
def sweep() -> int:
    """Handle what no kick announced: lapsed leases, retries, and events written while Redis was away."""
    return services.dispatch_due(limit=DISPATCH_LIMIT)


@shared_task(name="peerhub.outbox.purge")
def purge() -> int:
    """Delete what was handled OUTBOX_KEEP_DAYS ago or earlier."""
    return services.purge(older_than=timedelta(days=settings.OUTBOX_KEEP_DAYS))


def kick() -> None:
    """Queue a dispatch unless one is queued already; if Redis is away, say so in the log and go on."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        if _redis().set(QUEUED_KEY, 1, nx=True, ex=QUEUED_SECONDS):
            dispatch.apply_async(retry=False, expires=60)
    except (redis.RedisError, OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("outbox.kick_failed", extra={"error": type(error).__name__})


def _forget_queued() -> None:
    """From here on, a commit needs a dispatch of its own: this one may read the table before that commit."""
    try:
        _redis().delete(QUEUED_KEY)
    except redis.RedisError as error:
        logger.warning("outbox.kick_failed", extra={"error": type(error).__name__})


@cache
def _redis() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
