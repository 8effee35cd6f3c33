"""Drives HTTP: `python -m tests.bench.driver`, orders as JSON on stdin, figures as JSON on stdout.

A process of its own on raw asyncio protocols, so that it costs the machine little and shares no lock with what it
measures. Connections are kept alive where the server keeps them.
"""

import asyncio
import gc
import json
import random
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from typing import Any

TOKEN = "00000000-0000-4000-8000-000000000000"
_TOKEN = TOKEN.encode()


class Worker(asyncio.Protocol):
    """One connection after another, one request after another, until there is nothing left to do."""

    def __init__(self, drive: "Drive") -> None:
        self.drive = drive
        self.transport: asyncio.Transport | None = None
        self.request: bytes | None = None
        self.buffer = b""
        self.needed = -1
        self.status = 0
        self.closes = False
        self.is_kept = False
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.request = self.drive.next_request()
        if self.request is None:
            assert self.transport
            self.transport.abort()
            return
        self.buffer, self.needed = b"", -1
        # A connection that was just made for this request belongs to its time.
        if self.is_kept:
            self.began = time.perf_counter()
        self.is_kept = True
        assert self.transport
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        if self.needed < 0:
            head, separator, _ = self.buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            self.status = int(head[9:12])
            lower = head.lower()
            self.closes = b"connection: close" in lower
            at = lower.find(b"content-length:")
            if at < 0:
                raise ValueError("an answer without Content-Length")
            length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
            self.needed = len(head) + 4 + length
        if len(self.buffer) >= self.needed:
            self.drive.answered(self.status, time.perf_counter() - self.began, self.needed)
            self.request = None
            assert self.transport
            if self.closes:
                self.transport.abort()
            else:
                self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.request is not None:
            self.drive.failed()
        self.drive.reconnect(self)


class Drive:
    def __init__(self, orders: dict[str, Any]) -> None:
        self.port: int = orders["port"]
        self.requests: list[bytes] = [request.encode() for request in orders["requests"]]
        self.seconds: float | None = orders.get("seconds")
        self.expected: int = orders.get("expected", 200)
        self.concurrency: int = orders["concurrency"]
        self.once: bool = orders.get("once", False)
        self.random = random.Random(orders.get("seed", 1))
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = self.errors = self.position = self.running = 0
        self.ends = 0.0
        if not self.once:
            self.random.shuffle(self.requests)

    def next_request(self) -> bytes | None:
        if self.once and self.position >= len(self.requests):
            return None
        if self.seconds and time.perf_counter() >= self.ends:
            return None
        request = self.requests[self.position % len(self.requests)]
        self.position += 1
        # Each reply is another one.
        return request.replace(_TOKEN, str(uuid.uuid4()).encode()) if request.startswith(b"POST") else request

    def answered(self, status: int, seconds: float, size: int) -> None:
        self.latencies.append(seconds)
        self.statuses[status] += 1
        self.bytes += size
        self.errors += status != self.expected

    def failed(self) -> None:
        self.errors += 1
        self.statuses[0] += 1

    def reconnect(self, worker: Worker) -> None:
        over = (self.once and self.position >= len(self.requests)) or (
            self.seconds and time.perf_counter() >= self.ends
        )
        if over:
            self.running -= 1
            if self.running == 0 and not self.done.done():
                self.done.set_result(None)
        else:
            self.task = asyncio.get_running_loop().create_task(self._connect(worker))

    async def _connect(self, worker: Worker) -> None:
        worker.request, worker.is_kept = None, False
        worker.began = time.perf_counter()
        try:
            await asyncio.get_running_loop().create_connection(lambda: worker, "127.0.0.1", self.port)
        except OSError:
            self.failed()
            await asyncio.sleep(0.05)
            self.reconnect(worker)

    async def run(self) -> dict[str, Any]:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self.ends = began + (self.seconds or 1e9)
        self.running = self.concurrency
        await asyncio.gather(*(self._connect(Worker(self)) for _ in range(self.concurrency)))
        await asyncio.wait_for(self.done, (self.seconds or 300) + 60)
        took = time.perf_counter() - began
        cuts = statistics.quantiles(self.latencies, n=100) if len(self.latencies) > 1 else [0.0] * 99
        return {
            "requests": len(self.latencies),
            "per_second": round(len(self.latencies) / took, 1),
            "p50_ms": round(cuts[49] * 1000, 2),
            "p95_ms": round(cuts[94] * 1000, 2),
            "errors": self.errors,
            "statuses": dict(self.statuses),
            "bytes": round(self.bytes / max(1, len(self.latencies))),
        }


def drive(
    port: int,
    requests: list[str],
    *,
    concurrency: int = 8,
    seconds: float | None = None,
    once: bool = False,
    expected: int = 200,
) -> dict[str, Any]:
    """Run the driver in a process of its own: for so many `seconds`, or each request `once`."""
    orders = {
        "port": port,
        "requests": requests,
        "concurrency": concurrency,
        "seconds": seconds,
        "once": once,
        "expected": expected,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.driver"],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The driver failed: {done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def main() -> None:
    orders = json.load(sys.stdin)
    gc.disable()
    print(json.dumps(asyncio.run(Drive(orders).run())))


if __name__ == "__main__":
    main()
