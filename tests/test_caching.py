"""What a process keeps for a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from pytest_django import Settings

from peerhub.caching import KeptRedisCache, recent
from peerhub.embedded.valkey import ValkeyServer
from tests.browser.site import until


def test_what_is_the_same_for_everyone_is_kept_for_a_moment(settings: Settings) -> None:
    asked: list[int] = []

    @recent
    def read(network_id: int) -> int:
        asked.append(network_id)
        return len(asked)

    settings.VISITOR_PAGE_SECONDS = 0
    assert (read(1), read(1)) == (1, 2)
    settings.VISITOR_PAGE_SECONDS = 60
    assert (read(1), read(1), read(2), read(2)) == (3, 3, 4, 4)
    assert asked == [1, 1, 1, 2]


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[ValkeyServer]:
    server = ValkeyServer(tmp_path, durable=False)
    server.start()
    yield server
    server.stop()


def test_while_redis_is_away_it_is_an_empty_cache_and_stale_keys_are_gone_afterwards(own_redis: ValkeyServer) -> None:
    cache = KeptRedisCache(own_redis.url, {})
    cache.set("session", "of who signs out meanwhile")
    cache.set("name", "old")
    cache.set("kept", "as it was")
    own_redis.stop()
    with redis.Redis.from_url(own_redis.url) as client:
        until(lambda: not _answers(client))
        assert (cache.get("kept"), cache.get_many(["kept"]), "kept" in cache) == (None, {}, False)
        assert (cache.add("limit", 1), cache.incr("limit")) == (True, 1)
        cache.set("name", "new")
        cache.delete("session")
        own_redis.spawn()
        until(lambda: _answers(client))
        # As if it had kept everything: what it says of these keys is not believed.
        client.mset({":1:session": 1, ":1:name": 2, ":1:kept": 3})
    until(lambda: cache.get("kept") == 3)
    assert (cache.get("session"), cache.get("name")) == (None, None)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
