import os
import socket
import subprocess
import sys
from pathlib import Path

import django
import pytest

from peerhub.cli import process_commands


def _cli(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "peerhub.cli", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_processes_follow_host_port_and_workers() -> None:
    commands = process_commands({"HOST": "192.0.2.7", "PORT": "8123", "WEB_WORKERS": "5", "WORKER_CONCURRENCY": "7"})
    assert list(commands) == ["web", "live", "worker", "beat"]
    assert {"--host=192.0.2.7", "--port=8123", "--workers=5"} <= set(commands["web"])
    assert {"--host=192.0.2.7", "--port=8124"} <= set(commands["live"])
    assert "--concurrency=7" in commands["worker"]


def test_processes_listen_on_the_loopback_unless_told() -> None:
    commands = process_commands({})
    assert "--host=127.0.0.1" in commands["web"]
    assert "--host=127.0.0.1" in commands["live"]
    assert "--port=8001" in commands["live"]
    assert "--port=9000" in process_commands({"PORT": "8000", "LIVE_PORT": "9000"})["live"]


def test_a_production_command_needs_nothing_of_a_developers_machine() -> None:
    code = "import sys, peerhub.cli; print(sorted({'psutil', 'babel'} & set(sys.modules)))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "abc"}, "PORT=abc is not a port: choose a number from 1 to 65535."),
        ({"PORT": "65535"}, "LIVE_PORT=65536 is not a port: choose a number from 1 to 65535."),
        ({"HOST": "not.a.host.invalid"}, "HOST=not.a.host.invalid is not an address of this machine."),
    ],
)
def test_run_refuses_with_one_sentence(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    refused = _cli("run", PEERHUB_VAR=str(tmp_path / "var"), LIVE_PORT="", **{"PORT": "8000", **environment})
    assert (refused.returncode, refused.stderr) == (1, f"{sentence}\n")


def test_run_refuses_a_busy_port_with_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = _cli("run", PEERHUB_VAR=str(tmp_path / "var"), HOST="127.0.0.1", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {port} of 127.0.0.1 is already taken by another program: "
        "stop it, or choose another one: PORT=8123 make run\n"
    )


def test_servers_lends_a_database_to_a_command(tmp_path: Path) -> None:
    code = (
        "import os, psycopg, redis\n"
        "print(psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 7').fetchone()[0])\n"
        "print(redis.Redis.from_url(os.environ['REDIS_URL']).ping())"
    )
    lent = _cli("servers", "--", sys.executable, "-W", "ignore", "-c", code, PEERHUB_VAR=str(tmp_path / "le var"))
    assert lent.stdout.splitlines()[-2:] == ["7", "True"]
    assert list((tmp_path / "le var" / "tmp").iterdir()) == []


def test_options_of_another_program_pass_through() -> None:
    result = _cli("django", "--version")
    assert (result.returncode, result.stdout.strip()) == (0, django.get_version())
