import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from peerhub.embedded.errors import EmbeddedError
from peerhub.embedded.processes import MARK, clear_leftovers, kept_secret, require_port, spawn, stop

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from peerhub.embedded.processes import spawn
child = spawn([sys.executable, "-c", "import time; time.sleep(600)"], instance=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def _gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    process.stdout.close()


def test_stop_asks_first(tmp_path: Path) -> None:
    process = spawn(SLEEPER, instance=tmp_path)
    assert _first_line(process) == "up"
    stop(process)
    assert process.returncode == -signal.SIGTERM
    _close(process)


def test_stop_kills_the_stubborn_with_their_children(tmp_path: Path) -> None:
    process = spawn([sys.executable, "-c", DEAF], instance=tmp_path)
    grandchild = int(_first_line(process))
    stop(process, seconds=0.2)
    assert process.returncode == -signal.SIGKILL
    assert _gone(grandchild)
    _close(process)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's PR_SET_PDEATHSIG")
def test_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE)
    child = int(_first_line(parent))
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    assert _gone(child)
    _close(parent)


def test_leftovers_are_those_of_this_folder_only(tmp_path: Path) -> None:
    environment = dict(os.environ)
    ours, others = (
        subprocess.Popen(SLEEPER, env=environment | {MARK: str(folder)}, stdout=subprocess.PIPE)
        for folder in (tmp_path / "ours", tmp_path / "others")
    )
    assert (_first_line(ours), _first_line(others)) == ("up", "up")
    try:
        assert clear_leftovers(tmp_path / "ours") == 1
        assert ours.wait(5) is not None
        assert others.poll() is None
    finally:
        others.kill()
        others.wait()
        _close(ours)
        _close(others)


def test_a_taken_port_is_a_sentence_with_advice() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            EmbeddedError, match=f"^Port {port} of 127.0.0.1 is already taken.*: stop it, or PORT=8123 make run$"
        ):
            require_port("127.0.0.1", port, advice="PORT=8123 make run")


def test_an_address_of_another_machine_is_a_sentence() -> None:
    with pytest.raises(EmbeddedError, match=r"HOST=not\.a\.host\.invalid is not an address"):
        require_port("not.a.host.invalid", 8000, advice="")


def test_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "secret")
    assert len(first) >= 40
    assert kept_secret(tmp_path / "secret") == first
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
