"""Who reads and who writes, told to those who watch the same group (docs/adr/0016).

What a page says of its person lives in this process, and in Redis as entries that expire: several processes agree, and
one that dies leaves nothing for long. However many come and go, a group is told once in three seconds at most.
"""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import redis
import redis.asyncio
from django.conf import settings

from peerhub.live.frames import Frame, control_channel, encode, prefix

logger = logging.getLogger(__name__)

STATES: Final = ("reading", "writing", "away")

TICK_SECONDS = 0.5
FRAME_SECONDS = 3.0
REFRESH_SECONDS = 15.0
# How long an entry outlives the last refresh by its process, and « écrit » the last sign of its page.
READING_SECONDS = 45.0
WRITING_SECONDS = 8.0
# A room of more than so many is only counted; names that are shown, and one more: each page leaves out its own.
NAMED_ROOM = 30
NAMES = 9
PAUSE_SECONDS = 2.0
# Sockets written before the loop may turn to something else.
BATCH = 256


class Present(Protocol):
    """What presence knows of a socket."""

    user_id: int | None

    def offer(self, frame: Frame) -> None:
        """Send, or keep for a moment; never waits."""


@dataclass
class Here:
    """What one page says. `name` is empty for a person who is told about others, and not shown to them."""

    name: str
    is_reading: bool = False
    writes_until: float = 0.0


@dataclass
class Room:
    people: dict[Present, Here] = field(default_factory=dict)
    # Our entries in Redis, as last written.
    written: set[str] = field(default_factory=set)
    is_dirty: bool = True
    is_stale: bool = True
    is_old: bool = False
    writes_until: float = 0.0
    frame: Frame | None = None
    told_at: float = 0.0


class Presence:
    """The rooms of one process. `receives(watcher, group)`: whether a frame may be sent to it now, or a verdict is
    awaited on it."""

    def __init__(self, receives: Callable[[Any, str], bool]) -> None:
        self._receives = receives
        self._process = secrets.token_hex(4)
        self._rooms: dict[str, Room] = {}
        self._redis = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, protocol=2, decode_responses=True, socket_timeout=2, socket_connect_timeout=2
        )
        self._refreshed_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="live-presence")

    async def stop(self) -> None:
        """Our people are gone, and the other processes are told."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.clear()
        with suppress(redis.RedisError, OSError):
            await self._write(list(self._rooms.items()))
        await self._redis.aclose()

    def enter(self, watcher: Present, group: str, name: str, state: str) -> None:
        """The page of `watcher` shows who is here, and says what its own person does."""
        room = self._rooms.setdefault(group, Room())
        here = room.people.get(watcher)
        if here is None:
            here = room.people[watcher] = Here(name)
            if room.frame:
                watcher.offer(room.frame)
        here.name = name
        here.is_reading = state != "away"
        here.writes_until = time.monotonic() + WRITING_SECONDS if state == "writing" else 0.0
        room.is_dirty = True

    def judged(self, watcher: Present, group: str, name: str | None) -> None:
        """The verdict on a page that may have entered: under another name, unseen (''), or not at all (None)."""
        room = self._rooms.get(group)
        if room is None or watcher not in room.people:
            return
        if name is None:
            self.leave(watcher, group)
        elif room.people[watcher].name != name:
            room.people[watcher].name = name
            room.is_dirty = True

    def release(self, watcher: Present, group: str) -> None:
        """Frames were withheld from it for a while: where things stand."""
        room = self._rooms.get(group)
        if room and room.frame and watcher in room.people:
            watcher.offer(room.frame)

    def leave(self, watcher: Present, group: str) -> None:
        room = self._rooms.get(group)
        if room and room.people.pop(watcher, None):
            room.is_dirty = True

    def clear(self) -> None:
        for room in self._rooms.values():
            room.people.clear()
            room.is_dirty = True

    def heard(self, group: str) -> None:
        """A process, maybe this one, wrote other entries."""
        if room := self._rooms.get(group):
            room.is_stale = True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self._tick()
            except (redis.RedisError, OSError, ValueError) as error:
                # Shown late rather than never: what is dirty stays so.
                logger.warning("live.presence_failed", extra={"error": type(error).__name__})
                await asyncio.sleep(PAUSE_SECONDS)

    async def _tick(self) -> None:
        now = time.monotonic()
        if now - self._refreshed_at > REFRESH_SECONDS:
            self._refreshed_at = now
            for room in self._rooms.values():
                room.is_dirty = room.is_stale = room.is_old = True
        dirty = [(group, room) for group, room in self._rooms.items() if room.is_dirty or 0 < room.writes_until <= now]
        if dirty:
            await self._write(dirty)
        stale = [
            (group, room)
            for group, room in self._rooms.items()
            if room.is_stale and room.people and now - room.told_at >= FRAME_SECONDS
        ]
        if stale:
            await self._tell(stale)

    async def _write(self, rooms: list[tuple[str, Room]]) -> None:
        """Ours, in one round trip. What changes meanwhile makes its room dirty again."""
        pipeline = self._redis.pipeline(transaction=False)
        entries = {}
        for group, room in rooms:
            room.is_dirty = False
            entries[group] = self._entries(room)
            self._queue(pipeline, group, room, entries[group])
        try:
            await pipeline.execute()
        except (redis.RedisError, OSError):
            for _, room in rooms:
                room.is_dirty = True
            raise
        for group, room in rooms:
            room.written, room.is_old = set(entries[group]), False
            if not room.people and not room.is_dirty:
                del self._rooms[group]

    def _entries(self, room: Room) -> dict[str, float]:
        """Each person once, however many tabs; each entry with its end."""
        now, clock = time.monotonic(), time.time()
        entries: dict[str, float] = {}
        room.writes_until = 0.0
        for watcher, here in room.people.items():
            if not here.name or not here.is_reading:
                continue
            entries[self._entry("r", watcher, here)] = clock + READING_SECONDS
            if here.writes_until > now:
                entry = self._entry("w", watcher, here)
                entries[entry] = max(entries.get(entry, 0.0), clock + here.writes_until - now)
                room.writes_until = min(room.writes_until or here.writes_until, here.writes_until)
        return entries

    def _entry(self, kind: str, watcher: Present, here: Here) -> str:
        parts = [kind, self._process, watcher.user_id, here.name]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))

    def _queue(self, pipeline: Any, group: str, room: Room, entries: dict[str, float]) -> None:
        key = room_key(group)
        added, removed = entries.keys() - room.written, room.written - entries.keys()
        # Whoever goes on writing is written again, the others when their entries grow old.
        kept = {entry for entry in entries if room.is_old or entry.startswith('["w"')}
        if written := {entry: entries[entry] for entry in added | kept}:
            pipeline.zadd(key, written)
            pipeline.pexpire(key, int(READING_SECONDS * 1000))
        if removed:
            pipeline.zrem(key, *removed)
        if added or removed:
            pipeline.publish(control_channel(), encode({"type": "presence", "group": group}))

    async def _tell(self, rooms: list[tuple[str, Room]]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        clock = time.time()
        for group, room in rooms:
            room.is_stale = False
            pipeline.zremrangebyscore(room_key(group), "-inf", clock)
            pipeline.zrange(room_key(group), 0, -1)
        try:
            found = await pipeline.execute()
        except (redis.RedisError, OSError):
            for _, room in rooms:
                room.is_stale = True
            raise
        for (group, room), entries in zip(rooms, found[1::2], strict=True):
            text = presence_frame(group, entries)
            if room.frame and room.frame.text == text:
                continue
            room.frame, room.told_at = Frame(text), time.monotonic()
            for index, watcher in enumerate(list(room.people), 1):
                # It may have left, or be judged, while the loop turned.
                if watcher in room.people and self._receives(watcher, group):
                    watcher.offer(room.frame)
                if index % BATCH == 0:
                    await asyncio.sleep(0)


def room_key(group: str) -> str:
    return f"{prefix()}presence:{group}"


def presence_frame(group: str, entries: Iterable[str]) -> str:
    """What a page receives: how many are here and write; in a small room also [id, name] of the first of them."""
    here: dict[int, str] = {}
    writers: dict[int, str] = {}
    for entry in entries:
        kind, _process, user_id, name = json.loads(entry)
        (writers if kind == "w" else here)[user_id] = name
    writers = {user_id: name for user_id, name in writers.items() if user_id in here}
    frame: dict[str, Any] = {"type": "presence", "group": group, "count": len(here), "writing": len(writers)}
    if len(here) <= NAMED_ROOM:
        frame |= {"readers": _first(here), "writers": _first(writers)}
    return encode(frame)


def _first(people: dict[int, str]) -> list[tuple[int, str]]:
    return sorted(people.items(), key=lambda one: (one[1], one[0]))[:NAMES]
