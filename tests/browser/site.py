"""The platform in this process, as `make run` serves it: pages under WSGI in threads, sockets in an event loop."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache

import uvicorn
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from peerhub.live.application import LiveApplication
from peerhub.live.server import config
from peerhub.notifications.tasks import deliver
from peerhub.outbox.testing import dispatch_all
from sessions.tasks import send_due_reminders


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait for something that happens in another thread."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        pass


class Web:
    """The pages, on a free port."""

    def __init__(self) -> None:
        self._server = ThreadedWSGIServer(("127.0.0.1", 0), _QuietHandler)
        self._server.daemon_threads = False  # its end waits for the requests that are under way
        self._server.set_app(_handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(15)


class Live:
    """The sockets, which may be cut and come back at the same address."""

    def __init__(self) -> None:
        self.port = free_port()
        self._application: LiveApplication | None = None

    def start(self) -> None:
        self._application = LiveApplication()
        self._server = uvicorn.Server(config("127.0.0.1", self.port, self._application))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started and self._application and self._application.hub)

    def stop(self) -> None:
        if self._application is None:
            return
        self._server.should_exit = True
        self._thread.join(15)
        assert not self._thread.is_alive()
        self._application = None

    def watchers_of(self, group: str) -> int:
        """How many pages hear this group by now."""
        hub = self._application and self._application.hub
        return sum(group in watcher.groups for watcher in list(hub.watchers)) if hub else 0


@dataclass
class Site:
    web: Web
    live: Live

    @property
    def address(self) -> str:
        return self.web.address

    def wait_for_watchers(self, group: str, number: int) -> None:
        until(lambda: self.live.watchers_of(group) == number)


def work() -> None:
    """What the workers do every few seconds, by the tasks that beat asks of them, until nothing is left to do."""
    while True:
        done = send_due_reminders() + dispatch_all() + deliver()
        if not done:
            return
