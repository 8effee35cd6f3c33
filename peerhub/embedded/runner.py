"""`make run`: everything that PeerHub needs, in order, with progress; then its processes under one supervisor."""

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from peerhub.embedded import build
from peerhub.embedded.errors import EmbeddedError, disk_full, last_words, sentences
from peerhub.embedded.postgres import PostgresServer
from peerhub.embedded.processes import clear_leftovers, kept_secret, require_port, spawn
from peerhub.embedded.progress import step
from peerhub.embedded.supervisor import Child, Supervisor
from peerhub.embedded.valkey import ValkeyServer

Commands = Callable[[Mapping[str, str]], Mapping[str, Sequence[str]]]


def run(root: Path, var: Path, *, prepare: Sequence[str], commands: Commands, accounts: str) -> None:
    """Serve the tree at `root` until told to stop, with everything that is kept in `var`.

    `prepare` is the command line that brings the database up to date; `commands(env)` gives that of each process;
    `accounts` tells who can be visited as in the demo.
    """
    with sentences(var):
        var.mkdir(parents=True, exist_ok=True)
        lock = _lock(var)
    with lock:
        environment = _environment(root, var)
        host, port, live_port = environment["HOST"], int(environment["PORT"]), int(environment["LIVE_PORT"])
        if cleared := clear_leftovers(var):
            print(f"  Stopped {cleared} processes that a killed run had left.", flush=True)
        require_port(host, port, advice="choose another one: PORT=8123 make run")
        require_port(host, live_port, advice="choose another one for the sockets: LIVE_PORT=8124 make run")
        with sentences(var):
            build_all(root, var, with_tests=False)
        with sentences(var), _servers(var, environment) as servers, _environment_told(var, environment):
            _prepare(prepare, environment, var)
            supervisor = _start(var, environment, servers, commands(environment))
            _serve(supervisor, environment, accounts)


def clean(var: Path) -> None:
    """Delete the data that may live outside the tree; refuses while PeerHub runs from it."""
    if var.exists():
        with _lock(var):
            clear_leftovers(var)
            PostgresServer(var).discard()


def build_all(root: Path, var: Path, *, with_tests: bool) -> None:
    with step("Front end's packages") as told:
        told.skipped = not build.install_packages(root, with_tests=with_tests)
    with step("Front end") as told:
        told.skipped = not build.build_front_end(root, var / "assets")
    with step("Translations") as told:
        told.skipped = build.compile_translations(root / "locale") == 0
    with step("Static files") as told:
        told.skipped = not build.collect_static(root, var)


def _lock(var: Path) -> IO[str]:
    """Hold the folder for ourselves; the kernel lets it go however we end."""
    file = (var / "run.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        raise EmbeddedError(
            f"PeerHub already runs from this folder ({file.read().strip() or 'starting'}): stop it first."
        ) from error
    file.truncate(0)
    file.write(f"process {os.getpid()}")
    file.flush()
    return file


def _environment(root: Path, var: Path) -> dict[str, str]:
    environment = dict(os.environ)
    environment.setdefault("PEERHUB_ENV", "demo")
    environment["PEERHUB_VAR"] = str(var)
    environment["PYTHONUNBUFFERED"] = "1"
    environment["PYTHONPATH"] = str(root)
    # Celery warns root at each start; on a developer's machine that is their choice.
    environment.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    host = environment.setdefault("HOST", "127.0.0.1")
    port = _port(environment, "PORT", 8000)
    live_port = _port(environment, "LIVE_PORT", port + 1)
    environment |= {"PORT": str(port), "LIVE_PORT": str(live_port)}
    seen_as = _address_of_this_machine() if host in {"0.0.0.0", "::"} else host
    seen_as = f"[{seen_as}]" if ":" in seen_as else seen_as
    environment.setdefault("PUBLIC_URL", f"http://{seen_as}:{port}")
    environment.setdefault("LIVE_URL", f"ws://{seen_as}:{live_port}")
    names = {"127.0.0.1", "localhost", seen_as}
    origins = {f"http://{name}:{port}" for name in names} | {environment["PUBLIC_URL"]}
    environment.setdefault("LIVE_ALLOWED_ORIGINS", ",".join(sorted(origins)))
    environment.setdefault("ALLOWED_HOSTS", ",".join(sorted(names)))
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & environment.keys():
        environment["SECRET_KEY"] = kept_secret(var / "django.secret") * 2
    return environment


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise EmbeddedError(f"{name}={value} is not a port: choose a number from 1 to 65535.")
    return int(value)


def _address_of_this_machine() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which address would be used
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


@contextmanager
def _servers(var: Path, environment: dict[str, str]) -> Iterator[list[PostgresServer | ValkeyServer]]:
    """PostgreSQL and Redis, each unless its URL is given; their URLs are added to `environment`."""
    started: list[PostgresServer | ValkeyServer] = []
    wanted: list[tuple[str, PostgresServer | ValkeyServer]] = []
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & environment.keys():
        wanted.append(("DATABASE_URL", PostgresServer(var)))
    if not {"REDIS_URL", "REDIS_URL_FILE"} & environment.keys():
        wanted.append(("REDIS_URL", ValkeyServer(var)))
    try:
        for variable, server in wanted:
            with step("PostgreSQL" if variable == "DATABASE_URL" else "Redis"):
                started.append(server)
                server.start()
                environment[variable] = server.url
        yield started
    finally:
        for server in reversed(started):
            server.stop()


@contextmanager
def _environment_told(var: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """While we run, a file says which servers and secrets are in use, for management commands in another terminal."""
    names = ("PEERHUB_ENV", "PEERHUB_VAR", "PUBLIC_URL", "LIVE_URL", "SECRET_KEY", "DATABASE_URL", "REDIS_URL")
    file = var / "run.env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={environment[name]}\n" for name in names if name in environment))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _prepare(argv: Sequence[str], environment: Mapping[str, str], var: Path) -> None:
    done = subprocess.run(
        argv,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        sys.stderr.write(done.stderr)
        return
    full = "No space left on device"
    if full in done.stderr or full in last_words(var / "postgres.log", (full,)):
        raise disk_full(var)
    raise EmbeddedError(done.stderr.strip() or "The database could not be prepared.")


def _start(
    var: Path,
    environment: Mapping[str, str],
    servers: Sequence[PostgresServer | ValkeyServer],
    commands: Mapping[str, Sequence[str]],
) -> Supervisor:
    """Start the processes, and watch over them and the servers, which end last."""
    supervisor = Supervisor()
    supervisor.listen_for_signals()
    for server in servers:
        if server.process is not None:
            supervisor.watch(
                Child(server.name, server.spawn, server.process, order=1, stop_signal=server.stop_signal, grace=30)
            )
    for name, argv in commands.items():

        def start(argv: Sequence[str] = argv) -> subprocess.Popen[bytes]:
            return spawn(argv, instance=var, env=environment)

        supervisor.watch(Child(name, start, start()))
    return supervisor


def _serve(supervisor: Supervisor, environment: Mapping[str, str], accounts: str) -> None:
    try:
        began = time.monotonic()
        supervisor.run(until=lambda: _answers(environment) or time.monotonic() - began > 60)
        if not supervisor.is_ending:
            print(_welcome(environment, accounts), flush=True)
        supervisor.run()
    finally:
        print("\nStopping…", flush=True)
        supervisor.end()
        print("Stopped.", flush=True)


def _answers(environment: Mapping[str, str]) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(environment["HOST"], environment["HOST"])
    try:
        urllib.request.urlopen(f"http://{host}:{environment['PORT']}/sante/vivant", timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _welcome(environment: Mapping[str, str], accounts: str) -> str:
    lines = ["", f"  PeerHub is ready: {environment['PUBLIC_URL']}/", ""]
    if environment["PEERHUB_ENV"] == "demo":
        lines += [f"  {line}" for line in accounts.splitlines()]
        lines += ["", f"  Mails: {environment['PUBLIC_URL']}/courriels/"]
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])
