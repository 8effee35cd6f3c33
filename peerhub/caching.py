"""What is kept: in Redis, with one client for each pool (Django makes another one for each operation, which takes
longer than the operation: 0.15 ms of CPU, twice a page), and for a moment in each process (`recent`)."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

P = ParamSpec("P")
T = TypeVar("T")
_MAX_RECENT = 1000


def recent(read: Callable[P, T]) -> Callable[P, T]:
    """Keep what `read` gives for the same arguments for VISITOR_PAGE_SECONDS, in this process: for what is the same for
    everyone and may be that old. A look at Redis costs a page as much as ten posts."""
    kept: dict[Any, tuple[float, T]] = {}

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


class _KeptClient(RedisCacheClient):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        index: int = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._kept:
            self._kept[index] = super().get_client(key, write=write)
        return self._kept[index]


class KeptRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient
