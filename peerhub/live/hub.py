"""The hub of a `live` process: which of its sockets watch which group, and one Redis subscription for each.

Everything here runs in one event loop, so what stands between two awaits is atomic.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Collection
from typing import Any, Final, Protocol

from django.conf import settings

from peerhub.live.frames import RESYNC, Frame, channel, control_channel, session_tag
from peerhub.live.presence import Presence
from peerhub.live.subscription import Subscription

logger = logging.getLogger(__name__)

# Sockets written before the loop may turn to something else.
BATCH = 256
# Each socket is judged again after so long, whatever happened: a session may expire, a right may end by its date.
REJUDGE_SECONDS = 300.0
# A channel that nobody watches any more is left after so long at most: whoever reloads a page comes back to it.
SWEEP_SECONDS = 15.0
# Rechecks remembered, to tell a verdict that was being reached meanwhile that it is out of date.
RECHECKS = 1000
# Frames that wait for a verdict, of one socket and group.
HELD_FRAMES = 256


class Watcher(Protocol):
    """What the hub knows of a socket."""

    language: str
    session_key: str | None
    user_id: int | None
    groups: set[str]
    judged_at: float

    def offer(self, frame: Frame) -> None:
        """Send, or keep for a moment; never waits."""

    def rejudge(self, groups: Collection[str]) -> None:
        """Judge these groups again, in a task of its own: then `release` or `leave` each."""

    def end(self) -> None:
        """The session is over: disconnect."""

    def drop(self) -> None:
        """It missed too much: disconnect, so that its page catches up."""


# Whoever watches one group in one language. None: receives. A list: is being judged, and the frames wait in it.
Channel = dict[Watcher, list[Frame] | None]


class Hub:
    def __init__(self) -> None:
        self.watchers: set[Watcher] = set()
        self.epoch = 0
        self._rechecks: deque[tuple[int, int | str | None]] = deque(maxlen=RECHECKS)
        self._channels: dict[str, Channel] = {}
        self.presence = Presence(self._receives)
        self._subscription = Subscription(settings.REDIS_URL, control_channel(), self._deliver, self.resync)
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        return self._subscription.is_up

    def start(self) -> None:
        self._subscription.start()
        self._sweeper = asyncio.create_task(self._sweep(), name="live-sweeper")
        self.presence.start()

    async def stop(self) -> None:
        if self._sweeper:
            self._sweeper.cancel()
        await self.presence.stop()
        await self._subscription.stop()

    async def join(self, watcher: Watcher, group: str) -> None:
        """Watch, with the frames held until `release`. Returns once Redis has confirmed, so that nothing published
        from now on is missed; when Redis is away, at once: a resync will follow."""
        name = channel(group, watcher.language)
        self._channels.setdefault(name, {})[watcher] = []
        watcher.groups.add(group)
        await self._subscription.subscribe(name)

    def hold(self, watcher: Watcher, group: str) -> None:
        """Keep the frames of this group until the next verdict."""
        watchers = self._channels.get(channel(group, watcher.language), {})
        if watchers.get(watcher, _GONE) is None:
            watchers[watcher] = []

    def release(self, watcher: Watcher, group: str) -> None:
        """The verdict is yes: send what was held, and from now on everything."""
        watchers = self._channels.get(channel(group, watcher.language), {})
        if held := watchers.get(watcher):
            for frame in held:
                watcher.offer(frame)
        if watcher in watchers:
            watchers[watcher] = None
            self.presence.release(watcher, group)

    def leave(self, watcher: Watcher, group: str) -> None:
        watcher.groups.discard(group)
        self._channels.get(channel(group, watcher.language), {}).pop(watcher, None)
        self.presence.leave(watcher, group)

    def forget(self, watcher: Watcher) -> None:
        """The socket is gone."""
        self.watchers.discard(watcher)
        for group in list(watcher.groups):
            self.leave(watcher, group)

    def has_rechecked(self, since: int, user_id: int | None, groups: Collection[str]) -> bool:
        """Whether a verdict on this person and these groups, begun at epoch `since`, may be out of date."""
        if self.epoch - since > len(self._rechecks):
            return True
        return any(
            epoch > since and (subject is None or subject == user_id or subject in groups)
            for epoch, subject in self._rechecks
        )

    def resync(self) -> None:
        """Events and rechecks may have been lost: all subscriptions end here. Each page subscribes again, is judged
        again, and learns what it missed."""
        self._remember(None)
        for watchers in self._channels.values():
            watchers.clear()
        self.presence.clear()
        for watcher in list(self.watchers):
            watcher.groups.clear()
            watcher.offer(RESYNC)

    def _receives(self, watcher: Watcher, group: str) -> bool:
        return self._channels.get(channel(group, watcher.language), {}).get(watcher, _GONE) is None

    async def _deliver(self, name: str, text: str) -> None:
        if name == control_channel():
            self._control(json.loads(text))
            return
        watchers = self._channels.get(name)
        if not watchers:
            return
        frame = Frame(text)
        for index, watcher in enumerate(list(watchers), 1):
            # It may have left, or been held, while the loop turned.
            held = watchers.get(watcher, _GONE)
            if held is None:
                watcher.offer(frame)
            elif held is not _GONE:
                held.append(frame)
                if len(held) > HELD_FRAMES:
                    watcher.drop()
            if index % BATCH == 0:
                await asyncio.sleep(0)

    def _control(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "recheck", "user": int(user_id)}:
                self._remember(user_id)
                for watcher in [one for one in self.watchers if one.user_id == user_id]:
                    self._recheck(watcher, set(watcher.groups))
            case {"type": "recheck", "group": str(group)}:
                self._remember(group)
                for watcher in [one for one in self.watchers if group in one.groups]:
                    self._recheck(watcher, {group})
            case {"type": "presence", "group": str(group)}:
                self.presence.heard(group)
            case {"type": "end", "session": str(tag)}:
                for watcher in list(self.watchers):
                    if watcher.session_key and session_tag(watcher.session_key) == tag:
                        watcher.end()
            case {"type": "resync"}:
                self.resync()
            case _:
                logger.error("live.unknown_control")

    def _remember(self, subject: int | str | None) -> None:
        self.epoch += 1
        self._rechecks.append((self.epoch, subject))

    def _recheck(self, watcher: Watcher, groups: set[str]) -> None:
        for group in groups:
            self.hold(watcher, group)
        watcher.rejudge(groups)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            empty = [name for name, watchers in self._channels.items() if not watchers]
            for name in empty:
                del self._channels[name]
            await self._subscription.unsubscribe(empty)
            before = time.monotonic() - REJUDGE_SECONDS
            for watcher in [one for one in self.watchers if one.groups and one.judged_at < before]:
                watcher.rejudge(set(watcher.groups))


_GONE: Final[list[Frame]] = []
