"""What is kept: in Redis, with one client for each pool (Django makes another one for each operation, which takes
longer than the operation: 0.15 ms of CPU, twice a page), and for a moment in each process (`recent`). Nothing in it is
the truth: while Redis is away pages are slower, and complete."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast

import redis
from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
_MAX_RECENT = 1000
_all_recent: list[dict[Any, Any]] = []
# After a failure Redis is left alone for so long: a request must not wait for the same time-out at each key.
PAUSE_SECONDS = 1.0
TIMEOUT_SECONDS = 0.5


def recent(read: Callable[P, T]) -> Callable[P, T]:
    """Keep what `read` gives for the same arguments for VISITOR_PAGE_SECONDS, in this process: for what is the same for
    everyone and may be that old. A look at Redis costs a page as much as ten posts."""
    kept: dict[Any, tuple[float, T]] = {}
    _all_recent.append(kept)

    @wraps(read)
    def kept_or_read(*args: P.args, **kwargs: P.kwargs) -> T:
        key, now = (args, tuple(kwargs.items())), time.monotonic()
        found = kept.get(key)
        if found is None or found[0] <= now:
            if len(kept) >= _MAX_RECENT:
                kept.clear()
            found = kept[key] = (now + settings.VISITOR_PAGE_SECONDS, read(*args, **kwargs))
        return found[1]

    return kept_or_read


def forget_recent() -> None:
    """Read anew, in this process, all that `recent` keeps."""
    for kept in _all_recent:
        kept.clear()


class _Absence:
    """What one process knows of a Redis that does not answer: until when it is left alone, and which keys could not be
    written or deleted meanwhile. These are deleted before anything is read again: a session that was ended while Redis
    was away stays ended."""

    def __init__(self) -> None:
        self.until = 0.0
        self._stale: dict[Any, None] = {}
        self._lock = threading.Lock()

    @property
    def is_now(self) -> bool:
        return time.monotonic() < self.until

    def begins(self, error: Exception) -> None:
        self.until = time.monotonic() + PAUSE_SECONDS
        # The class only: the words of the error may quote what was to be kept.
        logger.error("cache.away", extra={"error": type(error).__name__})

    def note(self, keys: Iterable[Any]) -> None:
        with self._lock:
            self._stale.update(dict.fromkeys(keys))

    def forget_in(self, client: Any) -> None:
        """Delete what went stale; raises what Redis raises."""
        with self._lock:
            stale, self._stale = self._stale, {}
        try:
            if stale:
                client.delete(*stale)
        except redis.RedisError:
            self.note(stale)
            raise


_absences: defaultdict[str, _Absence] = defaultdict(_Absence)


class _KeptClient(RedisCacheClient):
    """While Redis is away, an empty cache: what reads finds nothing, what counts lets everyone through."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        patience = {"socket_connect_timeout": TIMEOUT_SECONDS, "socket_timeout": TIMEOUT_SECONDS}
        # One more try: the pooled connection may be older than the Redis that answers now.
        super().__init__(servers, **{**patience, "retry": Retry(NoBackoff(), 1), **options})
        self._kept: dict[int, Any] = {}
        self._absence = _absences[servers[0]]

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        index: int = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._kept:
            self._kept[index] = super().get_client(key, write=write)
        return self._kept[index]

    def _ask(self, act: Callable[[], T], without: T, written: Iterable[Any] = ()) -> T:
        """What `act` says; while Redis is away, `without`, and the keys that were to be `written` are noted."""
        if not self._absence.is_now:
            try:
                self._absence.forget_in(self.get_client(write=True))
                return act()
            except redis.RedisError as error:
                self._absence.begins(error)
        self._absence.note(written)
        return without

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return self._ask(partial(super().add, key, value, timeout), True, [key])

    def get(self, key: Any, default: Any) -> Any:
        return self._ask(partial(super().get, key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._ask(partial(super().set, key, value, timeout), None, [key])

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._ask(partial(super().touch, key, timeout), False, [key])

    def delete(self, key: Any) -> bool:
        return self._ask(partial(super().delete, key), False, [key])

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return self._ask(partial(super().get_many, keys), {})

    def has_key(self, key: Any) -> bool:
        return self._ask(partial(super().has_key, key), False)

    def incr(self, key: Any, delta: int) -> int:
        return self._ask(partial(super().incr, key, delta), delta, [key])

    def seconds_left(self, key: Any) -> int:
        return self._ask(lambda: max(0, self.get_client(key).ttl(key)), 0)

    def set_many(self, data: Any, timeout: Any) -> None:
        self._ask(partial(super().set_many, data, timeout), None, data)

    def delete_many(self, keys: Any) -> None:
        self._ask(partial(super().delete_many, keys), None, keys)


class KeptRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient

    def seconds_left(self, key: str) -> int:
        client: Any = self._cache
        left: int = client.seconds_left(self.make_and_validate_key(key))
        return left


def seconds_left(key: str) -> int:
    """How long what is kept under this key stays; 0: nothing is."""
    return cast("KeptRedisCache", caches[DEFAULT_CACHE_ALIAS]).seconds_left(key)


def require_redis() -> None:
    """Raises what Redis raises when it is away, which the cache itself passes over."""
    client: Any = caches[DEFAULT_CACHE_ALIAS]._cache  # type: ignore[attr-defined]
    client.get_client().ping()
