"""A live process in a thread of the test: the real server, Redis and database, and a group that the test rules."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.db import connections
from django.test import Client
from websockets.sync.client import connect
from websockets.typing import Origin

from peerhub.live import hub
from peerhub.live.application import LiveApplication
from peerhub.live.hub import Hub
from peerhub.live.publish import _publisher
from peerhub.live.registry import live_group
from peerhub.live.server import config
from peerhub.people.models import User
from tests.live.wire import Page

ORIGIN = Origin("http://127.0.0.1:8000")  # PUBLIC_URL


@dataclass
class Rights:
    """Who may watch which room; a room in `public` is open to all."""

    public: set[int] = field(default_factory=set)
    allowed: set[tuple[int | None, int]] = field(default_factory=set)
    last_seq: dict[int, int] = field(default_factory=dict)
    changes: dict[int, str] = field(default_factory=dict)
    # Under which name a person is in a room.
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    judged: list[tuple[int | None, int]] = field(default_factory=list)
    is_broken: bool = False
    # While it is closed, a verdict that was reached is not yet told.
    gate: threading.Event = field(default_factory=threading.Event)


_rights = Rights()


def _last_seq(pk: int) -> int | None:
    return _rights.last_seq.get(pk)


def _last_change(pk: int) -> str | None:
    return _rights.changes.get(pk)


def _name_in(user_id: int, pk: int) -> str | None:
    return _rights.names.get((user_id, pk))


@live_group("testroom", last_seq=_last_seq, last_change=_last_change, presence=_name_in)
def _can_watch(user_id: int | None, pk: int) -> bool:
    _rights.judged.append((user_id, pk))
    if _rights.is_broken:
        raise RuntimeError("the judge fails")
    verdict = pk in _rights.public or (user_id, pk) in _rights.allowed
    _rights.gate.wait(10)
    return verdict


@pytest.fixture
def rights() -> Rights:
    _rights.__init__()  # type: ignore[misc]
    _rights.gate.set()
    return _rights


class LiveServer:
    def __init__(self) -> None:
        self.application = LiveApplication()
        self.server = uvicorn.Server(config("127.0.0.1", 0, self.application))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> None:
        self.thread.start()
        until(lambda: self.server.started and self.hub.is_up)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(15)
        assert not self.thread.is_alive()

    @property
    def hub(self) -> Hub:
        assert self.application.hub
        return self.application.hub

    @property
    def port(self) -> int:
        return int(self.server.servers[0].sockets[0].getsockname()[1])


def until(condition: Any, seconds: float = 10) -> None:
    """Wait for something that happens in another thread."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def fresh_publisher() -> None:
    """The pause after a failure must not reach the next test."""
    _publisher.__init__()  # type: ignore[misc]


@pytest.fixture
def live(transactional_db: None, monkeypatch: pytest.MonkeyPatch, rights: Rights) -> Iterator[LiveServer]:
    # The judging threads must leave the test's database alone when they are done with it.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    monkeypatch.setattr(hub, "SWEEP_SECONDS", 0.2)
    server = LiveServer()
    server.start()
    yield server
    server.stop()


class Pages:
    """Opens pages, and closes them at the end of the test."""

    def __init__(self, live: LiveServer) -> None:
        self._live = live
        self._opened = ExitStack()

    def __call__(self, user: User | None = None, *, language: str = "fr", **options: Any) -> Page:
        headers = {}
        if user is not None:
            client = Client()
            client.force_login(user, backend="peerhub.people.backends.AccountBackend")
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        options = {"origin": ORIGIN, "additional_headers": headers, "compression": None, **options}
        url = f"ws://127.0.0.1:{self._live.port}/live/?lang={language}"
        return Page(self._opened.enter_context(connect(url, **options)))

    def close(self) -> None:
        self._opened.close()


@pytest.fixture
def open_page(live: LiveServer) -> Iterator[Pages]:
    pages = Pages(live)
    yield pages
    pages.close()


@pytest.fixture
def unused_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
