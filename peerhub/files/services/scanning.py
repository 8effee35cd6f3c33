"""Asking a virus scanner (clamd) about a file, when one is configured."""

import logging
import socket
import struct
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from peerhub.files.errors import BadFile, TryLater

logger = logging.getLogger("peerhub.files")
_CHUNK = 64 * 1024
_SECONDS = 20
_MAX_ANSWER = 4096


def scan(content: IO[bytes]) -> None:
    """Nothing without FILES_SCANNER_URL. Raises `BadFile` for what the scanner knows, and `TryLater` when it does not
    answer: a file that nobody looked at is not taken."""
    if not settings.FILES_SCANNER_URL:
        return
    try:
        answer = _ask(content, settings.FILES_SCANNER_URL)
    except OSError as error:
        logger.error("files.scanner_unreachable", extra={"error": type(error).__name__})
        raise _try_later() from error
    if answer.endswith("FOUND"):
        logger.warning(
            "files.virus_found", extra={"signature": answer.removesuffix("FOUND").rpartition(":")[2].strip()}
        )
        raise BadFile(_("Ce fichier contient un programme malveillant connu : il n’est pas accepté."))
    if answer != "stream: OK":
        logger.error("files.scanner_refused", extra={"answer": answer[:100]})
        raise _try_later()


def _ask(content: IO[bytes], url: str) -> str:
    """clamd's INSTREAM: pieces, each after its length in four bytes; an empty one ends."""
    parts = urlsplit(url)
    content.seek(0)
    with socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=_SECONDS) as wire:
        wire.sendall(b"zINSTREAM\0")
        while chunk := content.read(_CHUNK):
            wire.sendall(struct.pack("!L", len(chunk)) + chunk)
        wire.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _MAX_ANSWER:
            received = wire.recv(1024)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _try_later() -> TryLater:
    return TryLater(_("Le contrôle des fichiers ne répond pas pour le moment. Réessayez dans quelques minutes."))
