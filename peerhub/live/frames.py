"""Frames, and the Redis channels that carry them. A frame is encoded once, by who publishes it: the hub passes the
text on without reading it."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode


class Frame:
    """What a socket receives: the text, and the bytes that go over the wire, encoded once for all sockets."""

    __slots__ = ("text", "wire")

    def __init__(self, text: str) -> None:
        self.text = text
        self.wire = WebSocketFrame(Opcode.TEXT, text.encode()).serialize(mask=False)


RESYNC = Frame('{"type":"resync"}')


def encode(message: Mapping[str, Any]) -> str:
    """Compact JSON; raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def event_frame(group: str, kind: str, seq: int | None, html: str | None, data: Mapping[str, Any] | None) -> str:
    """What a page receives for one event; absent parts are left out."""
    parts = {"seq": seq, "html": html, "data": data}
    present = {name: value for name, value in parts.items() if value is not None}
    return encode({"type": "event", "group": group, "kind": kind, **present})


def prefix() -> str:
    """Before each channel's name. Redis shares its channels between its databases: two installations that use two
    databases of one Redis must not hear each other."""
    database = urlsplit(settings.REDIS_URL).path.strip("/") or "0"
    return f"peerhub:{database}:live:"


def channel(group: str, language: str) -> str:
    return f"{prefix()}{language}:{group}"


def control_channel() -> str:
    """Where every live process listens: rechecks, ended sessions, resyncs."""
    return f"{prefix()}control"


def languages() -> tuple[str, ...]:
    return tuple(code for code, _ in settings.LANGUAGES)


def session_tag(session_key: str) -> str:
    """What names a session on the control channel: the key itself is a secret that opens the account."""
    return blake2b(session_key.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
