"""How sockets are served: `python -m peerhub.live --host 127.0.0.1 --port 8001`, in the demo, production and bench."""

import argparse

import uvicorn

from peerhub.live.consumer import MAX_MESSAGE_BYTES
from peerhub.live.protocol import LiveProtocol

# Sockets are told to come back elsewhere (1012) at once on SIGTERM; what is left after so long is cut.
STOP_SECONDS = 5


def config(host: str, port: int, app: object = "peerhub.asgi:application") -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        # No compression: a zlib window of 100 kB per socket, for frames that are small.
        ws=LiveProtocol,
        ws_per_message_deflate=False,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=25,
        ws_ping_timeout=20,
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        backlog=4096,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m peerhub.live", description="Serve the sockets of PeerHub.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    options = parser.parse_args()
    uvicorn.Server(config(options.host, options.port)).run()
