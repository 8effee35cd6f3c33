"""What beat asks for, one thing after the other: what fails does not hold back those after it."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

Key = TypeVar("Key")
logger = logging.getLogger(__name__)


def sweep(what: str, act: Callable[[Key], bool | int], keys: Iterable[Key]) -> int:
    """Act on each key, in a transaction of its own that `act` opens; returns the sum of what it says. A failure is
    logged by the kind of its error, never by its words, and looked at again in the next round. `what` is the act, as
    the log calls it: « room.things.verb »."""
    done = 0
    for key in keys:
        try:
            done += act(key)
        except Exception as error:
            facts = {"what": what, "key": str(key), "error": type(error).__name__}
            logger.error("sweep.failed", extra=facts)
    return done
