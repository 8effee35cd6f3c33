"""One socket: a tab of someone's browser.

A Channels consumer without a channel layer: the hub stands in for it. `__call__` is ours because Channels' own costs
a task per message received, and a turn in its thread before each.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, MutableMapping
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.http import parse_cookie

from peerhub.live.frames import Frame, encode, languages
from peerhub.live.hub import Hub
from peerhub.live.judge import Judge, Verdict
from peerhub.live.presence import STATES
from peerhub.live.protocol import WRITE
from peerhub.live.registry import UnknownGroup, parse_group

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]

MAX_GROUPS = 20
MAX_MESSAGE_BYTES = 2048
# A page asks a handful of things when it opens; the allowance of a socket fills up again with time.
REQUESTS_BURST = 40
REQUESTS_PER_SECOND = 4.0
# Frames kept for a reader slower than the others, beyond what the kernel and asyncio already buffer.
BACKLOG_FRAMES = 64
CLOSE_SECONDS = 5.0
# Judgements of one subscription that rechecks may overtake, before the page is asked to come back later.
ADMISSIONS = 5

CLOSE_BAD_DATA = 1007
CLOSE_NOT_TEXT = 1003
CLOSE_TOO_BIG = 1009
CLOSE_FAILED = 1011
CLOSE_LATER = 1013
CLOSE_SESSION_OVER = 4401
CLOSE_TOO_SLOW = 4408
CLOSE_TOO_MANY = 4429


class LiveConsumer(AsyncConsumer):  # type: ignore[misc]  # channels has no types
    channel_layer_alias: ClassVar[str | None] = None

    def __init__(self, hub: Hub, judge: Judge) -> None:
        self.language = settings.LANGUAGE_CODE
        self.session_key: str | None = None
        self.user_id: int | None = None
        self.groups: set[str] = set()
        self.judged_at = 0.0
        # The groups that tell who is there, and the name under which this person is ('': unseen).
        self.names: dict[str, str] | None = None
        self._hub = hub
        self._judge = judge
        self._allowance = float(REQUESTS_BURST)
        self._allowance_at = 0.0
        self._backlog: deque[Frame] | None = None
        self._tasks: set[asyncio.Task[None]] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._is_closing = False
        self._doubtful: set[str] | None = None

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        self._send = send
        self._write = scope.get("extensions", {}).get(WRITE, {"write": never})["write"]
        await receive()
        if not is_origin_allowed(header(scope, b"origin")):
            await send({"type": "websocket.close", "code": 4403})
            return
        wanted = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        self.language = wanted if wanted in languages() else settings.LANGUAGE_CODE
        self.session_key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
        self._allowance_at = time.monotonic()
        await send({"type": "websocket.accept"})
        self._hub.watchers.add(self)
        try:
            while (message := await receive())["type"] == "websocket.receive":
                if not self._is_closing:
                    await self.websocket_receive(message)
        finally:
            self._is_closing = True
            self._hub.forget(self)
            if self._writer:
                self._writer.cancel()

    async def websocket_receive(self, message: Message) -> None:
        text = message.get("text")
        if text is None:
            self._close(CLOSE_NOT_TEXT)
            return
        if len(text) > MAX_MESSAGE_BYTES:
            self._close(CLOSE_TOO_BIG)
            return
        if not self._is_within_rate():
            self._close(CLOSE_TOO_MANY)
            return
        try:
            request = json.loads(text)
        except (ValueError, RecursionError):
            self._close(CLOSE_BAD_DATA)
            return
        match request:
            case {"type": "subscribe", "group": str(group)}:
                await self._subscribe(group)
            case {"type": "unsubscribe", "group": str(group)}:
                if group in self.groups:
                    self._hub.leave(self, group)
            case {"type": "presence", "group": str(group), "state": str(state)} if state in STATES:
                # Of a group that may not be watched, or tells nobody who is there: nothing to say.
                if self.names and group in self.names and group in self.groups:
                    self._hub.presence.enter(self, group, self.names[group], state)
            case _:
                self._close(CLOSE_BAD_DATA)

    async def _subscribe(self, group: str) -> None:
        try:
            parse_group(group)
        except UnknownGroup:
            self._refuse(group, "unknown")
            return
        if group not in self.groups and len(self.groups) >= MAX_GROUPS:
            self._refuse(group, "limit")
            return
        await self._hub.join(self, group)
        verdict = await self._admit(group)
        if verdict is None or group not in self.groups:
            # Closed; or a resync came between, upon which the page asks again.
            return
        if group not in verdict.allowed:
            self._hub.leave(self, group)
            self._refuse(group, "forbidden")
            return
        answer = {"type": "subscribed", "group": group, "seq": verdict.allowed[group]}
        if changed := verdict.changes.get(group):
            answer["changed"] = changed
        self.offer(Frame(encode(answer)))
        self._hub.release(self, group)

    def _refuse(self, group: str, reason: str) -> None:
        """The same answer for what may not be seen and for what does not exist."""
        # JSON may hold half of a pair of surrogates, which no frame can.
        name = group[:60].encode("utf-8", "replace").decode()
        self.offer(Frame(encode({"type": "refused", "group": name, "reason": reason})))

    async def _admit(self, group: str) -> Verdict | None:
        """A verdict that no recheck has overtaken; None when the socket is closed instead."""
        for _ in range(ADMISSIONS):
            since = self._hub.epoch
            verdict = await self._verdict({group})
            if verdict is None or not self._hub.has_rechecked(since, verdict.user_id, {group}):
                return verdict
        self._close(CLOSE_LATER)
        return None

    async def _verdict(self, groups: Collection[str]) -> Verdict | None:
        """None when the socket is closed instead: without a verdict nobody watches anything."""
        try:
            verdict = await self._judge.judge(self.session_key, self.user_id, groups)
        except Exception as error:
            # Whatever keeps us from judging (database away, a judge that fails) must not open the door.
            logger.error("live.judge_failed", extra={"error": type(error).__name__})
            self._close(CLOSE_FAILED)
            return None
        if verdict.is_session_over:
            self._close(CLOSE_SESSION_OVER)
            return None
        self.user_id = verdict.user_id
        self.judged_at = time.monotonic()
        if verdict.names or self.names:
            self._name(groups, verdict)
        return verdict

    def _name(self, groups: Collection[str], verdict: Verdict) -> None:
        others = {group: name for group, name in (self.names or {}).items() if group not in groups}
        self.names = others | verdict.names
        for group in groups:
            self._hub.presence.judged(self, group, verdict.names.get(group))

    def rejudge(self, groups: Collection[str]) -> None:
        """One task at a time: what comes into doubt while it judges is judged once more, and held until then."""
        if self._doubtful is None:
            self._doubtful = set(groups)
            self._spawn(self._rejudge())
        else:
            self._doubtful |= set(groups)

    async def _rejudge(self) -> None:
        while self._doubtful:
            groups, self._doubtful = self._doubtful, set()
            verdict = await self._verdict(groups)
            if verdict is None:
                return
            for group in self.groups & groups:
                if group not in verdict.allowed:
                    self._hub.leave(self, group)
                    self._refuse(group, "forbidden")
                elif group not in self._doubtful:
                    self._hub.release(self, group)
        self._doubtful = None

    def drop(self) -> None:
        self._close(CLOSE_TOO_SLOW)

    def end(self) -> None:
        self._close(CLOSE_SESSION_OVER)

    def offer(self, frame: Frame) -> None:
        """Write at once as long as the reader keeps up; else keep a little; else drop the socket: its page reconnects
        and catches up over HTTP, and nobody waited for it."""
        if self._is_closing:
            return
        if self._backlog is None:
            if self._write(frame.wire):
                return
            self._backlog = deque()
            self._writer = asyncio.create_task(self._write_backlog(self._backlog))
        if len(self._backlog) < BACKLOG_FRAMES:
            self._backlog.append(frame)
        else:
            self._close(CLOSE_TOO_SLOW)

    async def _write_backlog(self, backlog: deque[Frame]) -> None:
        # A client that left raises OSError; the reading side is told.
        with suppress(OSError):
            while backlog:
                await self._send({"type": "websocket.send", "text": backlog[0].text})
                backlog.popleft()
        self._backlog = self._writer = None

    def _close(self, code: int) -> None:
        """From now on nothing is received nor sent; the closing frame is not waited for."""
        if self._is_closing:
            return
        self._is_closing = True
        self._hub.forget(self)
        if self._writer:
            self._writer.cancel()
        self._spawn(self._say_goodbye(code))

    async def _say_goodbye(self, code: int) -> None:
        # Whoever does not even read this is disconnected by the keep-alive of the server.
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._send({"type": "websocket.close", "code": code}), CLOSE_SECONDS)

    def _spawn(self, job: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            self._tasks = set()
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _is_within_rate(self) -> bool:
        now = time.monotonic()
        self._allowance += (now - self._allowance_at) * REQUESTS_PER_SECOND
        self._allowance = min(self._allowance, float(REQUESTS_BURST)) - 1
        self._allowance_at = now
        return self._allowance >= 0


def never(wire: bytes) -> bool:
    """Stands for the extension where the server has none: each frame takes the longer way."""
    return False


def header(scope: MutableMapping[str, Any], name: bytes) -> str:
    """The value of a header, '' when absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def is_origin_allowed(origin: str) -> bool:
    """Browsers let any site open a socket with our cookies, and tell which site it is: only ours may, and a site is a
    scheme, a name and a port."""
    return bool(origin) and origin in {allowed.lower() for allowed in settings.LIVE_ALLOWED_ORIGINS}
