"""The ASGI application of a `live` process: sockets at /live/, its health at /live/health, nothing else."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from peerhub.live.consumer import LiveConsumer, Message, Send
from peerhub.live.hub import Hub
from peerhub.live.judge import Judge

SOCKET_PATH = "/live/"
HEALTH_PATH = "/live/health"


class LiveApplication:
    """One per process; the hub lives from the server's start to its stop (ASGI lifespan)."""

    def __init__(self) -> None:
        self.hub: Hub | None = None
        self._judge: Judge | None = None

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope["path"], send)
        elif self.hub and self._judge and scope["path"] == SOCKET_PATH:
            await LiveConsumer(self.hub, self._judge)(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4404})

    async def _live(self, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        await receive()
        self.hub, self._judge = Hub(), Judge()
        self.hub.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.hub.stop()
        self._judge.close()
        self.hub = self._judge = None
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, path: str, send: Send) -> None:
        """The health: 200 while events reach us, 503 while Redis is away (open sockets stay, and catch up)."""
        status, body = 404, b"not found\n"
        if path == HEALTH_PATH:
            status, body = (200, b"ok\n") if self.hub and self.hub.is_up else (503, b"redis is away\n")
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
