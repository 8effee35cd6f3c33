"""The scanner is asked when there is one, and nothing enters while it is silent."""

import io
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from peerhub.files.errors import BadFile, TryLater
from peerhub.files.models import StoredFile
from peerhub.files.services.storing import store_file
from peerhub.people.models import Membership
from tests.builders import make_member, make_network

pytestmark = pytest.mark.django_db


class Clamd(threading.Thread):
    """A scanner that speaks clamd's INSTREAM, knows one virus, and keeps what it was given."""

    def __init__(self, answer: bytes | None = None) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.answer, self.seen = answer, b""

    def run(self) -> None:
        while True:
            try:
                wire, _address = self.listener.accept()
            except OSError:
                return
            with wire, wire.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                self.seen = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    self.seen += stream.read(length)
                verdict = b"stream: Eicar-Test FOUND\0" if b"VIRUS" in self.seen else b"stream: OK\0"
                wire.sendall(verdict if self.answer is None else self.answer)

    def stop(self) -> None:
        if self.listener.fileno() == -1:
            return
        # On Linux, closing alone would leave the thread in accept().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join(5)


@pytest.fixture
def clamd(settings: object) -> Iterator[Clamd]:
    scanner = Clamd()
    scanner.start()
    settings.FILES_SCANNER_URL = f"clamd://127.0.0.1:{scanner.port}"  # type: ignore[attr-defined]
    yield scanner
    scanner.stop()


@pytest.fixture
def member() -> Membership:
    return make_member(make_network())


def store(member: Membership, content: bytes) -> StoredFile:
    return store_file(owner=member.user, network=member.network, name="a.txt", content=io.BytesIO(content))


def test_the_scanner_sees_all_of_a_file(member: Membership, clamd: Clamd) -> None:
    content = b"Bonjour. " * 50_000
    assert store(member, content).size_bytes == len(content)
    assert clamd.seen == content


def test_what_the_scanner_knows_is_refused(member: Membership, clamd: Clamd) -> None:
    with pytest.raises(BadFile, match="programme malveillant connu"):
        store(member, b"a VIRUS")
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK maybe\0"])
def test_a_scanner_that_says_neither_refuses(member: Membership, clamd: Clamd, answer: bytes) -> None:
    clamd.answer = answer
    with pytest.raises(TryLater, match="Réessayez dans quelques minutes"):
        store(member, b"abc")
    assert StoredFile.objects.count() == 0


def test_a_scanner_that_is_away_refuses(member: Membership, clamd: Clamd) -> None:
    clamd.stop()
    with pytest.raises(TryLater, match="Réessayez dans quelques minutes"):
        store(member, b"abc")
    assert StoredFile.objects.count() == 0
