"""`healthy web`: exit status 0 when that process serves, 1 with a sentence when it does not (health checks)."""

import http.client
import os
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peerhub.portal import heartbeats


class Command(BaseCommand):
    help = "Whether a process of this machine serves: web, live, worker or beat."
    # Asked several times a minute: nothing more than the question.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", choices=["web", "live", "worker", "beat"])

    def handle(self, *args: Any, process: str, **options: Any) -> None:
        port = int(os.environ.get("PORT") or 8000)
        if process == "web":
            self._ask(port, "/sante/pret")
        elif process == "live":
            self._ask(int(os.environ.get("LIVE_PORT") or port + 1), "/live/health")
        else:
            self._listen(process)

    def _ask(self, port: int, path: str) -> None:
        host = os.environ.get("HOST", "")
        host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (asked, not bound)
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": urlsplit(settings.PUBLIC_URL).netloc})
            status = connection.getresponse().status
        except OSError as error:
            raise CommandError(f"Nothing answers on {host}, port {port}.") from error
        finally:
            connection.close()
        if status != 200:
            raise CommandError(f"{path} answers {status}.")

    def _listen(self, process: str) -> None:
        try:
            late = heartbeats.late()
        except redis.RedisError as error:
            raise CommandError("Redis does not answer.") from error
        if process in late:
            raise CommandError(f"No sign of life of {process} for {heartbeats.LATE_SECONDS} seconds.")
