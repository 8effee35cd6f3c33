"""The pages in a process of their own, to be killed in the middle of a request and started again at their address."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.db import connection

from tests.browser.site import free_port, until

_SERVE = """
import sys
import django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
server = ThreadedWSGIServer(("127.0.0.1", int(sys.argv[1])), WSGIRequestHandler)
server.daemon_threads = True
server.set_app(WSGIHandler())
server.serve_forever()
"""


class RestartableWeb:
    """Over the database and the Redis of this test."""

    def __init__(self, live_address: str) -> None:
        self.port = free_port()
        self._live_address = live_address
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        database: dict[str, Any] = connection.settings_dict
        where = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "peerhub.settings",
            "DATABASE_URL": f"postgres://{database['USER']}@{where}",
            "DATABASE_PASSWORD": database["PASSWORD"] or "",
            "REDIS_URL": settings.REDIS_URL,
            "PUBLIC_URL": self.address,
            "LIVE_URL": f"http://{self._live_address}",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(self.port)],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._is_alive, seconds=30)

    def kill(self) -> None:
        """As a machine that loses its power."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def _is_alive(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/sante/vivant", timeout=5) as response:  # noqa: S310
                return bool(response.status == 200)
        except (OSError, urllib.error.URLError):
            return False
