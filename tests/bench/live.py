"""The figures of live pages: `python -m tests.bench.live` prints them as JSON, next to a stock Channels consumer
(`channels_redis.pubsub`) measured in the same run.

`await run(urls, ...)` measures any running `live` processes; the sockets are raw asyncio protocols that only look for
the ends of frames, so that the machine's other core measures the server and not the client.
"""

import argparse
import asyncio
import base64
import json
import os
import resource
import signal
import socket
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from peerhub.live.frames import channel, event_frame

Publish = Callable[[int], Awaitable[None]]

FRAGMENT = (
    '<article class="post" id="post-{n}" data-seq="{n}"><p>' + "Bonjour à toutes et tous. " * 60 + "</p></article>"
)


class Reader(asyncio.Protocol):
    """One socket: handshake, one subscription, then the arrival time of each frame."""

    def __init__(self, target: "Target", group: str) -> None:
        self.target = target
        self.group = group
        self.is_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.arrivals: list[float] = []
        self.expected = 0
        self.is_done: asyncio.Future[None] | None = None
        self.code: int | None = None
        self._buffer = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        cookie = f"Cookie: {self.target.cookie}\r\n" if self.target.cookie else ""
        transport.write(
            f"GET {self.target.path} HTTP/1.1\r\nHost: {self.target.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {self.target.origin}\r\n{cookie}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        data = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, separator, data = data.partition(b"\r\n\r\n")
            if not separator:
                self._buffer = head
                return
            if b" 101 " not in head[:20]:
                self.is_ready.set_exception(ConnectionError(head[:40].decode("latin-1")))
                return
            self._is_open = True
            self.transport.write(masked(json.dumps({"type": "subscribe", "group": self.group}).encode()))
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if start + length > end:
                break
            self._frame(data[at] & 15, data[start : start + length], now)
            at = start + length
        self._buffer = data[at:]

    def _frame(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == 1 and not self.is_ready.done():
            if b'"subscribed"' in payload[:40]:
                self.is_ready.set_result(None)
            else:
                self.is_ready.set_exception(ConnectionError(payload[:120].decode()))
        elif opcode == 1:
            self.arrivals.append(now)
            if self.is_done and len(self.arrivals) >= self.expected and not self.is_done.done():
                self.is_done.set_result(None)
        elif opcode == 9:
            self.transport.write(masked(payload, opcode=10))
        elif opcode == 8:
            self.code = int.from_bytes(payload[:2], "big")

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_ready.done():
            self.is_ready.set_exception(ConnectionError("closed before it was subscribed"))

    def expect(self, count: int) -> asyncio.Future[None]:
        self.arrivals.clear()
        self.expected = count
        self.is_done = asyncio.get_running_loop().create_future()
        return self.is_done


def masked(payload: bytes, opcode: int = 1) -> bytes:
    """A client's frame, of less than 126 bytes; the mask may be zero."""
    return bytes([128 | opcode, 128 | len(payload)]) + b"\0\0\0\0" + payload


@dataclass
class Target:
    url: str
    origin: str
    cookie: str = ""
    netloc: str = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self.netloc = parts.netloc
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80


async def connect(target: Target, group: str, count: int, at_once: int = 50) -> list[Reader]:
    """`count` sockets, each subscribed to `group`."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(at_once)

    async def one() -> Reader:
        async with gate:
            _, reader = await loop.create_connection(lambda: Reader(target, group), target.host, target.port)
            await asyncio.wait_for(reader.is_ready, 30)
            return reader

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def everyone(readers: list[Reader], count: int, publish: Publish, timeout: float = 60) -> tuple[float, float]:
    """Publish `count` events; (when the first was published, when the last frame arrived)."""
    done = [reader.expect(count) for reader in readers]
    began = time.perf_counter()
    for n in range(count):
        await publish(n)
    await asyncio.wait_for(asyncio.gather(*done), timeout)
    return began, max(reader.arrivals[-1] for reader in readers)


async def run(
    urls: Sequence[str],
    *,
    group: str,
    publish: Publish,
    origin: str = "http://127.0.0.1",
    cookie: str = "",
    sockets: int = 1000,
    events: int = 40,
    burst: int = 100,
    with_stall: bool = True,
    pids: Sequence[int] = (),
    pause: float = 0.05,
) -> dict[str, Any]:
    """Measure running processes, with the sockets spread evenly over them.

    `publish(n)` makes one event happen in `group` (a POST, or a publication): latency counts from just before it is
    called. `pids`: the processes whose memory is read. `cookie`: "name=value" of a session that may watch the group.
    Returns milliseconds, frames per second, kB per socket, and the slowdown of the others by one stalled socket.
    """
    raise_limit(sockets + 200)
    targets = [Target(url, origin, cookie) for url in urls]
    warm = [reader for target in targets for reader in await connect(target, group, 20)]
    await everyone(warm, 5, publish)
    before = sum(map(rss_kb, pids))
    began = time.perf_counter()
    shares = [connect(target, group, sockets // len(targets)) for target in targets]
    readers = [reader for share in await asyncio.gather(*shares) for reader in share]
    connected = time.perf_counter() - began
    await asyncio.sleep(1)
    after = sum(map(rss_kb, pids))
    for reader in warm:
        reader.transport.abort()

    latencies: list[float] = []
    for n in range(events):
        began, _ = await everyone(readers, 1, lambda _, n=n: publish(n))  # type: ignore[misc]
        latencies += [(reader.arrivals[0] - began) * 1000 for reader in readers]
        await asyncio.sleep(pause)
    cuts = statistics.quantiles(latencies, n=100)

    rates = []
    worked = sum(map(cpu_seconds, pids))
    for _ in range(3):
        began, ended = await everyone(readers, burst, publish)
        rates.append(sockets * burst / (ended - began))
    worked = sum(map(cpu_seconds, pids)) - worked

    slowdown = await stalled_slowdown(targets[0], group, readers, burst, publish) if with_stall else None
    for reader in readers:
        reader.transport.abort()
    return {
        "sockets": sockets,
        "connect_per_second": round(sockets / connected),
        "latency_p50_ms": round(statistics.median(latencies), 1),
        "latency_p95_ms": round(cuts[94], 1),
        "latency_p99_ms": round(cuts[98], 1),
        "burst_frames_per_second": round(statistics.median(rates)),
        # What others do on the machine hardly weighs on this one.
        "cpu_us_per_frame": round(worked / (3 * burst * sockets) * 1e6, 1) if pids else None,
        "kb_per_idle_socket": round((after - before) / sockets, 1) if pids else None,
        "stalled_slowdown": slowdown,
    }


async def stalled_slowdown(target: Target, group: str, readers: list[Reader], burst: int, publish: Publish) -> float:
    """How much longer a burst takes beside a stalled socket. Turn about, so that whatever else the machine does weighs
    on both."""
    alone, beside = [], []
    for _ in range(5):
        began, ended = await everyone(readers, burst, publish)
        alone.append(ended - began)
        stalled = await stall(target, group)
        began, ended = await everyone(readers, burst, publish)
        beside.append(ended - began)
        stalled.abort()
    return round(statistics.median(beside) / statistics.median(alone), 3)


async def stall(target: Target, group: str) -> asyncio.Transport:
    """A socket that subscribes, and never reads again."""
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(stalled, (target.host, target.port))
    _, reader = await loop.create_connection(lambda: Reader(target, group), sock=stalled)
    await reader.is_ready
    reader.transport.pause_reading()
    return reader.transport


def rss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def raise_limit(files: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(files, soft), hard), hard))


# --- On its own: both servers, with a group that anyone may watch -----


async def compare(redis_url: str, port: int, sockets: int, kinds: list[str]) -> dict[str, Any]:
    settings.configure(REDIS_URL=redis_url)
    client = redis.asyncio.Redis.from_url(redis_url)
    layer = RedisPubSubChannelLayer(hosts=[redis_url])

    async def publish_hub(n: int) -> None:
        frame = event_frame("bench.1", "post.created", n, FRAGMENT.format(n=n), None)
        await client.publish(channel("bench.1", "fr"), frame)

    async def publish_stock(n: int) -> None:
        frame = event_frame("bench.1", "post.created", n, FRAGMENT.format(n=n), None)
        await layer.group_send("bench.1", {"type": "event", "frame": frame})

    figures: dict[str, Any] = {}
    for kind in kinds:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.live_server", kind, "--port", str(port), "--redis", redis_url
        )
        try:
            await listening(port)
            figures[kind] = await run(
                [f"ws://127.0.0.1:{port}/live/?lang=fr"],
                group="bench.1",
                publish=publish_hub if kind == "hub" else publish_stock,
                sockets=sockets,
                pids=[server.pid],
                # The stock consumer takes a quarter of a second for each event.
                events=40 if kind == "hub" else 15,
                burst=100 if kind == "hub" else 20,
                with_stall=kind == "hub",
            )
        finally:
            server.send_signal(signal.SIGTERM)
            await server.wait()
        port += 1
    if "stock" in figures and "hub" in figures:
        ratio = figures["hub"]["burst_frames_per_second"] / figures["stock"]["burst_frames_per_second"]
        figures["burst_ratio"] = round(ratio, 1)
    await client.aclose()
    return figures


async def listening(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await asyncio.sleep(0.5)
            return
    raise TimeoutError(f"nothing listens on {port}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--redis", default=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
    parser.add_argument("--port", type=int, default=8390)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--kinds", default="stock,hub")
    options = parser.parse_args()
    figures = asyncio.run(compare(options.redis, options.port, options.sockets, options.kinds.split(",")))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
