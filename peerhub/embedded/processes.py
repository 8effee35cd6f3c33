"""Child processes that never outlive the program that started them.

Three nets, one behind the other: the supervisor stops its children; the kernel stops them when the supervisor
is killed (`PR_SET_PDEATHSIG`, Linux); and the next start finds, by a mark in their environment, what is left.
"""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

from peerhub.embedded.errors import EmbeddedError

#: Set in the environment of every child, to the folder of run-time files of the tree it belongs to.
MARK = "PEERHUB_INSTANCE"
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec a child should do as little as it can.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(parent: int, signal_number: int) -> Callable[[], None] | None:
    libc = _libc
    if libc is None:
        return None

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # the parent died before the kernel knew our wish
            os._exit(1)

    return before_exec


def spawn(
    argv: Sequence[str | Path],
    *,
    instance: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: int | None = None,
    group: int | None = None,
    output: IO[bytes] | int = subprocess.PIPE,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` as the leader of its own process group; call from the main thread only.

    It gets `death_signal` when this program dies, however that happens. A process group of its own keeps the
    terminal's Ctrl-C from it (the supervisor decides the order of the end) and lets `stop` reach grandchildren.
    """
    environment = dict(os.environ if env is None else env)
    environment[MARK] = str(instance)
    return subprocess.Popen(
        [str(arg) for arg in argv],
        env=environment,
        cwd=cwd,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        process_group=0,
        preexec_fn=_die_with_parent(os.getpid(), death_signal),
    )


def stop(process: subprocess.Popen[bytes], *, signal_number: int = signal.SIGTERM, seconds: float = 10) -> None:
    """Ask the process to end, wait at most `seconds`, then kill its whole group. Nothing survives this call."""
    if process.poll() is None:
        process.send_signal(signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group that `process` leads, grandchildren included."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def clear_leftovers(instance: Path, *, seconds: float = 10) -> int:
    """Stop what an earlier, killed supervisor of `instance` left behind; returns how many processes that was."""
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    left = []
    for process in psutil.process_iter():
        try:
            if process.pid not in own and process.environ().get(MARK) == str(instance):
                left.append(process)
        except (psutil.Error, OSError):
            continue  # somebody else's, or gone
    stop_all(left, seconds=seconds)
    return len(left)


def stop_all(processes: Sequence[psutil.Process], *, seconds: float = 10) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now; somebody may take it before you do."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_port(host: str, port: int, *, advice: str) -> None:
    """Raise a sentence that ends with `advice` unless `host:port` can be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError) as error:
        raise EmbeddedError(f"HOST={host} is not an address of this machine.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise EmbeddedError(f"Port {port} is reserved to the administrator: {advice}") from error
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} of {host} is already taken by another program: stop it, or {advice}"
            ) from error


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, seconds: float, pause: float = 0.03
) -> bool:
    """Poll `ready` until it is true; false when the process ended or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        if ready():
            return True
        time.sleep(pause)
    return False


def kept_secret(path: Path) -> str:
    """A random secret kept in `path`, readable by its owner alone; made at the first call."""
    try:
        secret = path.read_text().strip()
    except FileNotFoundError:
        secret = ""
    if not secret:
        secret = secrets.token_urlsafe(32)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret)
    return secret
