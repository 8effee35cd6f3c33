"""A tiny SMTP server that accepts everything and remembers what it was handed."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class SmtpSink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[bytes] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def messages(self) -> list[EmailMessage]:
        with self.lock:
            return [message_from_bytes(one, policy=policy.default) for one in self.received]

    def count(self) -> int:
        with self.lock:
            return len(self.received)


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        try:
            self._converse()
        except (ConnectionError, BrokenPipeError):
            return

    def _converse(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"EHLO":
                self._say("250 sink")
            elif verb == b"DATA":
                self._say("354 go on")
                if (content := self._content()) is None:
                    return
                assert isinstance(self.server, SmtpSink)
                # Accepted, from here on: what the client does not hear of any more was received all the same.
                with self.server.lock:
                    self.server.received.append(content)
                self._say("250 accepted")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _content(self) -> bytes | None:
        """Up to the line with a dot alone; None when the client went away in the middle."""
        lines: list[bytes] = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
        return None

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")
        self.wfile.flush()


@contextmanager
def running_sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
