"""Progress that a person reads: one line for each step, with its seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Told:
    """What a step says of itself: that it had nothing to do, or a word to add."""

    skipped: bool = False
    detail: str = ""


@contextmanager
def step(name: str) -> Iterator[Told]:
    """Print `✓ name (seconds)` when the block ends, `✗ name` when it raises."""
    told = Told()
    began = time.monotonic()
    is_terminal = sys.stdout.isatty()
    if is_terminal:
        print(f"  … {name}", end="", flush=True)
    start = "\r\x1b[K" if is_terminal else ""
    try:
        yield told
    except BaseException:
        print(f"{start}  ✗ {name}", flush=True)
        raise
    how = "up to date" if told.skipped else f"{time.monotonic() - began:.1f} s"
    print(f"{start}  ✓ {name} ({', '.join(filter(None, [told.detail, how]))})", flush=True)
