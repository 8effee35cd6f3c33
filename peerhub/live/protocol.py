"""uvicorn's WebSocket protocol, and one ASGI extension of ours: writing a frame that is already encoded.

Through `send`, each of a thousand readers has the same text encoded, framed and copied for it; that is four fifths of
the cost of a frame (docs/adr: the live design). Any other ASGI server works too, without the extension and slower.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

WRITE = "peerhub.live.write"


class LiveProtocol(WebSocketsSansIOProtocol):
    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][WRITE] = {"write": self.write_wire}

    def write_wire(self, wire: bytes) -> bool:
        """Write a whole frame; False when the reader is behind, and nothing was written."""
        if not self.writable.is_set():
            return False
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(wire)
        return True

    def keepalive_timeout(self) -> None:
        """Closing waits until what is buffered was read, which a reader that stalled never does: cut it instead."""
        super().keepalive_timeout()
        self.transport.abort()
