"""A page's end of the wire."""

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection


class Page:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, message: Any) -> None:
        self.connection.send(json.dumps(message))

    def receive(self, timeout: float = 5) -> dict[str, Any]:
        received: dict[str, Any] = json.loads(self.connection.recv(timeout=timeout))
        return received

    def subscribe(self, group: str) -> dict[str, Any]:
        self.send({"type": "subscribe", "group": group})
        return self.receive()

    def hears_nothing(self) -> bool:
        """Of what was sent to it so far: whatever the server had to say comes before the answer to a ping, or soon."""
        with pytest.raises(TimeoutError):
            self.connection.recv(timeout=0.3)
        return True

    def close_code(self, timeout: float = 5) -> int:
        """Whatever still comes is read; then the code with which the server closed."""
        with pytest.raises(ConnectionClosed) as closed:
            self._read_on(timeout)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    def _read_on(self, timeout: float) -> None:
        while True:
            self.connection.recv(timeout=timeout)
