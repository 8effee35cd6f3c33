"""Signs of life of the processes that serve no page."""

import time

from django.core.cache import cache

BEAT = "heartbeat:beat"
WORKER = "heartbeat:worker"
LATE_SECONDS = 60
KEEP_SECONDS = 24 * 60 * 60


def late() -> list[str]:
    """Which of beat and worker gave no sign of life for a minute. Raises what Redis raises when it is away."""
    seen = cache.get_many([BEAT, WORKER])
    now = time.time()
    return [name for name, key in (("beat", BEAT), ("worker", WORKER)) if now - float(seen.get(key, 0)) > LATE_SECONDS]
