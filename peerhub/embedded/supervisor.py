"""Several processes under one: prefixed logs, restart with a growing pause, a graceful end in order.

Everything happens in the main thread: the kernel's "die with your parent" is bound to the thread that forked.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from peerhub.embedded.processes import kill_group

_PAUSES = (0.5, 1, 2, 5, 10, 30)
_STEADY_AFTER = 30.0
_COLOURS = (36, 35, 32, 33, 34, 31)
_TICK = 0.2


@dataclass
class Child:
    """`spawn` starts it afresh; `order` says when it ends: those of a lower number first, and together."""

    name: str
    spawn: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    order: int = 0
    stop_signal: int = signal.SIGTERM
    grace: float = 15
    started_at: float = field(default_factory=time.monotonic)
    crashes: int = 0
    restart_at: float | None = None
    buffer: bytes = b""


class Supervisor:
    """Keeps its children alive until it is told to end, then ends them."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._signals = 0
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def watch(self, child: Child) -> None:
        self._children.append(child)
        self._listen(child)

    def listen_for_signals(self) -> None:
        """From here on Ctrl-C and SIGTERM ask for a graceful end, and asking again kills."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    @property
    def is_ending(self) -> bool:
        return self._signals > 0

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Tend the children until `until` is true or a signal has asked for the end."""
        while not (self.is_ending or until()):
            self._relay(_TICK)
            for child in self._children:
                self._tend(child)

    def end(self) -> None:
        """Stop all children, the first in order first; a second signal meanwhile kills them at once."""
        for order in sorted({child.order for child in self._children}):
            together = [child for child in self._children if child.order == order]
            for child in together:
                if child.process.poll() is None:
                    child.process.send_signal(child.stop_signal)
            deadline = time.monotonic() + max(child.grace for child in together)
            while any(child.process.poll() is None for child in together):
                if self._signals > 1 or time.monotonic() > deadline:
                    break
                self._relay(0.05)
            for child in together:
                kill_group(child.process)
        self._relay(0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _tend(self, child: Child) -> None:
        if child.restart_at is not None:
            if time.monotonic() >= child.restart_at:
                child.restart_at = None
                child.process = child.spawn()
                child.started_at = time.monotonic()
                self._listen(child)
            return
        code = child.process.poll()
        if code is None:
            return
        kill_group(child.process)  # its own children would keep the port
        if time.monotonic() - child.started_at > _STEADY_AFTER:
            child.crashes = 0
        pause = _PAUSES[min(child.crashes, len(_PAUSES) - 1)]
        child.crashes += 1
        child.restart_at = time.monotonic() + pause
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._print(child, f"{how}; starting it again in {pause:g} s")

    def _listen(self, child: Child) -> None:
        pipe = child.process.stdout
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, child)

    def _relay(self, seconds: float) -> None:
        """Wait at most `seconds` for the children's output and print it, a prefix before each line."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            child: Child = key.data
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
                continue
            *lines, child.buffer = (child.buffer + data).split(b"\n")
            for line in lines:
                self._print(child, line.decode(errors="replace"))

    def _print(self, child: Child, line: str) -> None:
        width = max(len(each.name) for each in self._children)
        prefix = f"{child.name:<{width}} |"
        if self._colour:
            colour = _COLOURS[self._children.index(child) % len(_COLOURS)]
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        with suppress(OSError):  # the terminal is gone: the children need not go with it
            print(prefix, line, flush=True)
