"""Telling the open pages, after COMMIT. Failing to reach Redis never breaks a request: pages catch up."""

import logging
import re
import threading
import time
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from peerhub.live.frames import channel, control_channel, encode, event_frame, languages, session_tag
from peerhub.live.registry import parse_group

logger = logging.getLogger(__name__)

KIND = re.compile(r"[a-z_]+(\.[a-z_]+)*", re.ASCII)
# After a failure Redis is left alone for so long: a request must not wait for the same time-out at each event.
PAUSE_SECONDS = 2.0
TIMEOUT_SECONDS = 0.5


def publish_on_commit(
    group: str,
    kind: str,
    *,
    seq: int | None = None,
    html: Mapping[str, str] | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Send an event to the pages that watch `group`, when the transaction commits (at once outside of one).

    `html` maps each language to the fragment, which is sent to all: nothing in it about one viewer. `seq` numbers
    the events of a group without holes, so that a page sees a gap. Raises ValueError for an unknown group, a
    malformed kind or a missing language, and TypeError for data that JSON cannot hold: here, not on commit.
    """
    parse_group(group)
    if not KIND.fullmatch(kind):
        raise ValueError(f"malformed kind of event {kind!r}")
    if html is not None and set(html) != set(languages()):
        raise ValueError(f"html must hold one fragment for each of {', '.join(languages())}")
    if html is None:
        frame = event_frame(group, kind, seq, None, data)
        messages = [(channel(group, language), frame) for language in languages()]
    else:
        messages = [
            (channel(group, language), event_frame(group, kind, seq, fragment, data))
            for language, fragment in html.items()
        ]
    transaction.on_commit(partial(_publisher.send, messages))


def publish_data_on_commit(kind: str, data: Mapping[str, Mapping[str, Any]]) -> None:
    """Send an event of this kind to the pages that watch each of these groups, with the data of each: all of them in
    one round trip, where `publish_on_commit` for each would make as many."""
    messages = []
    for group, values in data.items():
        parse_group(group)
        frame = event_frame(group, kind, None, None, values)
        messages += [(channel(group, language), frame) for language in languages()]
    if messages:
        transaction.on_commit(partial(_publisher.send, messages))


def recheck_on_commit(user_id: int) -> None:
    """Judge again what this person's open pages may watch: what is refused stops at once, on every tab; a person
    who is no longer active, or a session that ended, is disconnected. To be called by whatever takes a right away."""
    _control_on_commit({"type": "recheck", "user": user_id})


def recheck_group_on_commit(group: str) -> None:
    """Judge again everyone who watches `group`: for what moves to another circle."""
    parse_group(group)
    _control_on_commit({"type": "recheck", "group": group})


def end_session(session_key: str) -> None:
    """Disconnect every page of this session, now."""
    _publisher.send([(control_channel(), encode({"type": "end", "session": session_tag(session_key)}))])


def _control_on_commit(message: Mapping[str, Any]) -> None:
    transaction.on_commit(partial(_publisher.send, [(control_channel(), encode(message))]))


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        protocol=2,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # One more try: the pooled connection may be older than the Redis that answers now.
        retry=Retry(NoBackoff(), 1),
    )


class _Publisher:
    """PUBLISH in one round trip, with a pause after a failure. A live process whose own connection survived does not
    know that it missed something: it is told to resynchronise its pages (which judges them again) once Redis answers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paused_until = 0.0
        self._has_missed = False

    def send(self, messages: list[tuple[str, str]]) -> None:
        if time.monotonic() < self._paused_until:
            self._has_missed = True
            return
        with self._lock:
            has_missed, self._has_missed = self._has_missed, False
        try:
            pipeline = _client(settings.REDIS_URL).pipeline(transaction=False)
            if has_missed:
                pipeline.publish(control_channel(), encode({"type": "resync"}))
            for name, frame in messages:
                pipeline.publish(name, frame)
            pipeline.execute()
        except (redis.RedisError, OSError) as error:
            self._has_missed = True
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            # The class only: the message of the error may quote the command, which holds what was written.
            logger.error("live.publish_failed", extra={"error": type(error).__name__})


_publisher = _Publisher()
