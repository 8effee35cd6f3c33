"""The heartbeat of background work: beat publishes it, a worker runs it, and each leaves its time in Redis."""

import time

from celery import shared_task
from django.core.cache import cache

from peerhub.portal.heartbeats import KEEP_SECONDS, NAME, WORKER, connect_heartbeat

connect_heartbeat()


@shared_task(name=NAME, acks_late=False)
def heartbeat() -> None:
    cache.set(WORKER, time.time(), KEEP_SECONDS)
