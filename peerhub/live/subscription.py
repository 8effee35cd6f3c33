"""The one connection of a `live` process that listens to Redis.

redis-py's PubSub reconnects and subscribes again in silence; what was published meanwhile is lost without a word. Here
a lost connection is told, because the pages must then catch up.
"""

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import redis
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection

logger = logging.getLogger(__name__)

PING_SECONDS = 5.0
SILENCE_SECONDS = 12.0
FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0


class Subscription:
    """Keeps one connection to Redis open, for ever; `on_message(channel, text)` is called in order, one at a time.

    `on_connected` runs at each connection, before any message of it: nothing is subscribed then but the channels
    that are always listened to.
    """

    def __init__(
        self,
        url: str,
        always: str,
        on_message: Callable[[str, str], Awaitable[None]],
        on_connected: Callable[[], None],
    ) -> None:
        self._pool = ConnectionPool.from_url(
            url, protocol=2, decode_responses=True, socket_connect_timeout=2, socket_timeout=None
        )
        self._always = always
        self._on_message = on_message
        self._on_connected = on_connected
        self._connection: AbstractConnection | None = None
        self._confirmations: dict[str, asyncio.Future[bool]] = {}
        self._heard_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        return self._connection is not None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="live-subscription")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._pool.disconnect()

    async def subscribe(self, channel: str) -> bool:
        """True once Redis has confirmed: what is published from now on is heard. False when Redis is away."""
        if self._connection is None:
            return False
        confirmation = self._confirmations.get(channel)
        if confirmation is None:
            confirmation = self._confirmations[channel] = asyncio.get_running_loop().create_future()
            await self._command("SUBSCRIBE", channel)
        if confirmation.done():
            return confirmation.result()
        # Not for ever: a Redis that fell silent is found by the keeper, and then all pages resynchronise.
        await asyncio.wait([confirmation], timeout=SILENCE_SECONDS)
        return confirmation.done() and confirmation.result()

    async def unsubscribe(self, channels: Collection[str]) -> None:
        for channel in channels:
            self._confirmations.pop(channel, None)
        if channels:
            await self._command("UNSUBSCRIBE", *channels)

    async def _command(self, *words: str) -> None:
        """A failure to write is the reader's to find: it reconnects, and all start again."""
        if self._connection is not None:
            with suppress(redis.RedisError, OSError):
                await self._connection.send_command(*words, check_health=False)

    async def _run(self) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
            keeper: asyncio.Task[None] | None = None
            try:
                await connection.connect()  # type: ignore[no-untyped-call]
                await connection.send_command("SUBSCRIBE", self._always, check_health=False)
                await connection.read_response(timeout=SILENCE_SECONDS)
                self._connection = connection
                self._heard_at = asyncio.get_running_loop().time()
                keeper = asyncio.create_task(self._keep_alive(connection))
                logger.info("live.redis_connected")
                self._on_connected()
                delay = FIRST_DELAY_SECONDS
                await self._read(connection)
            except (redis.RedisError, OSError) as error:
                logger.error("live.redis_lost", extra={"error": type(error).__name__})
            finally:
                self._connection = None
                for confirmation in self._confirmations.values():
                    if not confirmation.done():
                        confirmation.set_result(False)
                self._confirmations.clear()
                if keeper:
                    keeper.cancel()
                await connection.disconnect(nowait=True)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _read(self, connection: AbstractConnection) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            kind, *parts = await connection.read_response(timeout=math.inf)
            self._heard_at = clock()
            if kind == "message":
                await self._on_message(parts[0], parts[1])
            elif kind == "subscribe" and parts[0] in self._confirmations:
                confirmation = self._confirmations[parts[0]]
                if not confirmation.done():
                    confirmation.set_result(True)

    async def _keep_alive(self, connection: AbstractConnection) -> None:
        """Find a connection that died without a word: a Redis that was unplugged, a firewall that forgot us."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(PING_SECONDS)
            if clock() - self._heard_at > SILENCE_SECONDS:
                await connection.disconnect(nowait=True)
                return
            await self._command("PING")
