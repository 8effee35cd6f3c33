"""What a live process answers besides sockets, and how it is started."""

import http.client
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.live.conftest import ORIGIN, LiveServer, Rights, until
from tests.live.wire import Page


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def test_health_is_good_while_redis_is_there(live: LiveServer) -> None:
    assert get(live.port, "/live/health") == (200, b"ok\n")


def test_sockets_are_served_while_redis_is_away(settings: Any, rights: Rights) -> None:
    """They learn by a resync that they were not told everything."""
    url = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    rights.public.add(1)
    away = LiveServer()
    away.thread.start()
    until(lambda: away.server.started)
    assert get(away.port, "/live/health") == (503, b"redis is away\n")
    with connect(f"ws://127.0.0.1:{away.port}/live/", origin=ORIGIN, compression=None) as socket_:
        page = Page(socket_)
        assert page.subscribe("testroom.1") == {"type": "subscribed", "group": "testroom.1", "seq": None}
        settings.REDIS_URL = url
        assert page.hears_nothing()
    away.stop()


@pytest.mark.parametrize("path", ["/", "/live/", "/live/healthy", "/admin/"])
def test_pages_are_not_served(live: LiveServer, path: str) -> None:
    assert get(live.port, path)[0] == 404


def test_other_sockets_are_refused(live: LiveServer) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        connect(f"ws://127.0.0.1:{live.port}/other/", origin=ORIGIN)
    assert refusal.value.response.status_code == 403


def test_the_command_serves_and_stops_on_sigterm(unused_port: int) -> None:
    command = [sys.executable, "-m", "peerhub.live", "--port", str(unused_port)]
    process = subprocess.Popen(command, env=os.environ | {"PEERHUB_ENV": "test"})

    def is_healthy() -> bool:
        try:
            return get(unused_port, "/live/health")[0] == 200
        except OSError:
            return False

    try:
        until(is_healthy, 20)
        with connect(f"ws://127.0.0.1:{unused_port}/live/", origin=ORIGIN):
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        assert time.monotonic() - began < 5
    finally:
        process.kill()
        process.wait()
