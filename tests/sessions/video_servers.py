"""The edge of the network, faked: a server that speaks BigBlueButton's API as its documentation says, and checks what
it is asked; and one that is just a web server, as Jitsi's front is."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "bbb-secret-canari"
CREATED = """<response>
  <returncode>SUCCESS</returncode><meetingID>{room}</meetingID><attendeePW>x</attendeePW>
  <createTime>1531155809613</createTime><messageKey>{key}</messageKey><message></message>
</response>"""
FAILED = "<response><returncode>FAILED</returncode><messageKey>{key}</messageKey><message>No.</message></response>"


@dataclass
class VideoServer:
    """`says` is what it answers instead: a status, a body; `pause` is how long it thinks."""

    url: str = ""
    rooms: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    says: tuple[int, bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    is_old: bool = False

    def answer(self, target: str) -> tuple[int, bytes]:
        parts = urlsplit(target)
        call = parts.path.rpartition("/")[2]
        self.calls.append(call)
        time.sleep(self.pause)
        if self.says is not None:
            return self.says
        if parts.path != "/bigbluebutton/api/create":
            return 200, b"<html></html>"
        return 200, self._create(parts.query).encode()

    def _create(self, query: str) -> str:
        """The checksum is that of the call's name, of the query as it was sent without it, and of the secret."""
        asked, _mark, checksum = query.rpartition("&checksum=")
        if hashlib.sha256(f"create{asked}{SECRET}".encode()).hexdigest() != checksum:
            self.wrong.append("checksum")
            return FAILED.format(key="checksumError")
        facts = {name: values[0] for name, values in parse_qs(asked, strict_parsing=True).items()}
        room = facts["meetingID"]
        if room in self.rooms and self.is_old:
            return FAILED.format(key="idNotUnique")
        key = "duplicateWarning" if room in self.rooms else ""
        self.rooms.setdefault(room, facts)
        return CREATED.format(room=room, key=key)


@contextmanager
def video_server(**facts: Any) -> Iterator[VideoServer]:
    server = VideoServer(**facts)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = server.answer(self.path)
            self.send_response(status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                with suppress(ConnectionError):  # who asked has heard enough
                    self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_arguments: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join(5)
