"""The one exception of this room: a sentence for the person at the terminal."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedError(Exception):
    """`str(error)` is one complete sentence, shown as is, without a traceback."""


def disk_full(path: Path) -> EmbeddedError:
    return EmbeddedError(f"The disk that holds {path} is full: free some space, then start again.")


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what the system refuses below into a sentence about `path`."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(path) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            user = f"user {os.geteuid()}"
            raise EmbeddedError(
                f"{where} cannot be read and written by {user}: give it back to that user, or move it away."
            ) from error
        raise


def last_words(log: Path, marks: tuple[str, ...], start: int = 0) -> str:
    """The last line of `log`, from byte `start` on, that holds one of `marks`; else the last line; else nothing."""
    try:
        with log.open("rb") as file:
            file.seek(start)
            lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    marked = [line for line in lines if any(mark in line for mark in marks)]
    return (marked or lines or [""])[-1].strip()
