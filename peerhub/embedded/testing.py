"""`make test` and `make check`: the checks, and pytest on servers of its own that are thrown away."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from peerhub.embedded import build, runner
from peerhub.embedded.errors import sentences
from peerhub.embedded.postgres import FORGETFUL, PostgresServer
from peerhub.embedded.progress import step
from peerhub.embedded.valkey import ValkeyServer

_PYTHON_SOURCES = ("peerhub", "forums", "sessions", "mentoring", "tests")


def checks(root: Path) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    sources = [name for name in _PYTHON_SOURCES if (root / name).is_dir()]
    return {
        "ruff format": [*python, "ruff", "format", "--check", "--quiet", "."],
        "ruff check": [*python, "ruff", "check", "--quiet", "."],
        "djlint": [*python, "djlint", "templates", "--lint", "--quiet"],
        "import contracts": [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ],
        "mypy": [*python, "mypy", *sources],
    }


def check(root: Path, *, schema: str = "") -> int:
    """Run every check, two at a time, even after one has failed; returns 1 if any has. With the address of an empty
    database, the migrations are checked as well, and make it the schema that tests copy."""
    began = time.monotonic()
    environment = os.environ | {"PEERHUB_ENV": "test", "PYTHONPATH": str(root)}
    environment |= {"DATABASE_URL": schema or "postgres://unused/unused", "REDIS_URL": "redis://unused"}
    wanted = checks(root)
    if schema:
        wanted = {"migrations": [sys.executable, "-m", "peerhub.cli", "migrate"], **wanted}
    failed = []
    waiting = list(reversed(wanted.items()))  # the slowest first
    running: list[tuple[str, subprocess.Popen[str]]] = []
    while waiting or running:
        while waiting and len(running) < 2:
            name, argv = waiting.pop(0)
            running.append((name, _start(argv, root, environment)))
        name, process = running.pop(0)
        output = process.communicate()[0]
        if process.returncode != 0:
            failed.append(name)
            print(f"  ✗ {name}\n{output.rstrip()}", flush=True)
        else:
            print(f"  ✓ {name}", flush=True)
    if failed:
        print(f"Checks that do not pass: {', '.join(failed)} ({time.monotonic() - began:.0f} s).", flush=True)
    return 1 if failed else 0


def _start(argv: Sequence[str], root: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        argv, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test(root: Path, var: Path, arguments: Sequence[str]) -> int:
    """Everything that a change must pass; the last lines are pytest's, the code says pytest and checks together."""
    runner.build_all(root, var, with_tests=True)
    chromium = _install_chromium(root, var)
    with _servers(var) as environment:
        schema = _empty_schema(environment["DATABASE_URL"])
        checked = check(root, schema=schema)
        environment |= {"PEERHUB_CHROMIUM": str(chromium), "PYTHONPATH": str(root), "PEERHUB_TEST_SCHEMA": schema}
        # Each worker keeps to the tests of a module, which share a world, and takes over what the other is late with.
        pytest = [sys.executable, "-m", "pytest", *(arguments or ["-n", "2", "--dist", "worksteal"])]
        tested = subprocess.run(pytest, cwd=root, env=environment, check=False).returncode
    return tested or checked


def _empty_schema(server: str) -> str:
    """Make a database, and a role that owns it and is nothing else, as in production; return its address."""
    name, password, parts = "peerhub_schema", secrets.token_urlsafe(16), urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), password))
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name)))
    return parts._replace(netloc=f"{name}:{password}@{parts.netloc.rpartition('@')[2]}", path=f"/{name}").geturl()


def _install_chromium(root: Path, var: Path) -> Path:
    """Unpack the browser once; returns the JSON file that says how to launch it."""
    launch = var / "chromium" / "launch.json"
    with step("Browser for the tests") as told:
        wanted = build.fingerprint([root / "package-lock.json", root / "tests/browser/chromium.mjs"])
        stamp = var / "chromium" / ".unpacked-from"
        told.skipped = launch.exists() and build.is_fresh(stamp, wanted)
        if not told.skipped:
            shutil.rmtree(launch.parent, ignore_errors=True)
            node = build.find_node()
            argv = [node.node, "tests/browser/chromium.mjs", str(launch.parent)]
            build.run_tool(argv, cwd=root, env=node.environment, what="Unpacking the browser")
            build.note(stamp, wanted)
    return launch


def with_servers(root: Path, var: Path, arguments: Sequence[str]) -> int:
    """Run a command with DATABASE_URL and REDIS_URL of servers made for it; without one, print them and wait."""
    command = [argument for argument in arguments if argument != "--"] if arguments[:1] == ["--"] else list(arguments)
    with _servers(var) as environment:
        if command:
            return subprocess.run(command, cwd=root, env=environment, check=False).returncode
        for name in ("PEERHUB_ENV", "PEERHUB_VAR", "DATABASE_URL", "REDIS_URL"):
            print(f"export {name}='{environment[name]}'", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


@contextmanager
def _servers(var: Path) -> Iterator[dict[str, str]]:
    """Servers on free ports over a folder of their own under `var`, both gone at the end."""
    with sentences(var):
        (var / "tmp").mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="test-", dir=var / "tmp"))
        folder.chmod(0o711)  # PostgreSQL may run as another user
        (folder / "static").mkdir()
        (folder / "assets").symlink_to(var / "assets")
        postgres = PostgresServer(folder, settings=FORGETFUL)
        redis = ValkeyServer(folder, durable=False)
        try:
            with step("PostgreSQL and Redis for the tests"):
                postgres.start()
                redis.start()
            environment = os.environ | {
                "PEERHUB_ENV": "test",
                "PEERHUB_VAR": str(folder),
                "DATABASE_URL": postgres.url,
                "REDIS_URL": redis.url,
            }
            yield environment
        finally:
            redis.stop()
            postgres.discard()
            shutil.rmtree(folder, ignore_errors=True)
