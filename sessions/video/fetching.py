"""Asking a provider's server, with bounds: it may be down, slow, or somebody else."""

import http.client
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from sessions.video.provider import ProviderDown

TIMEOUT = 5.0
LARGEST = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def fetch(url: str, *, method: str = "GET", timeout: float = TIMEOUT) -> Answer:
    """What the server answers within `timeout` seconds and 64 KiB; no redirection is followed. Raises `ProviderDown`,
    which names the kind of error alone: the address may hold a key."""
    deadline = time.monotonic() + timeout
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request(method, f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}")
        with connection.getresponse() as response:
            return Answer(response.status, _body(response, deadline))
    except (OSError, ssl.SSLError, http.client.HTTPException, ValueError) as error:
        raise ProviderDown(type(error).__name__) from None
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """A drop now and then would hold a reader for ever: the clock is read at each."""
    body = b""
    while chunk := response.read1(8192):
        body += chunk
        if len(body) > LARGEST:
            raise ProviderDown("too large")
        if time.monotonic() > deadline:
            raise ProviderDown("too slow")
    return body
