"""The stage of a bench: servers of its own, a seeded world that is kept, and the processes of a deployment.

Everything lives under `var/bench`. A seeded database is kept as a template, and each run works on a copy of it, so that
every run finds the same world whatever the one before wrote.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from peerhub.cli import process_commands
from peerhub.embedded import build, runner
from peerhub.embedded.postgres import PostgresServer
from peerhub.embedded.processes import clear_leftovers, free_port, kept_secret, spawn, stop
from peerhub.embedded.valkey import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "bench.example.org"
ORIGIN = f"https://{HOST}"
# As a production database would be set on a small machine; what is not here is PostgreSQL's own (fsync is on, and
# shared_buffers is 128 MB, as docker-compose.yml leaves it: once filled, they are most of the memory of a database).
POSTGRES = {
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "max_connections": "100",
}
SEED_DAYS = 5  # sessions are dated from the day of the seed
# As many topics in a theme as at the bigger scales, so that a page of the list is as long.
SEED_ARGUMENTS = {"small": ["--forums", "10"]}


def say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


@dataclass
class Process:
    """A running process of the bench; `port` is 0 when it listens on none."""

    name: str
    popen: subprocess.Popen[bytes]
    port: int = 0

    @property
    def family(self) -> list[psutil.Process]:
        """The process and all that it started."""
        first = psutil.Process(self.popen.pid)
        return [first, *first.children(recursive=True)]

    def memory_mb(self) -> float:
        """Proportional share: what several processes have in common counts once."""
        return float(sum(one.memory_full_info().pss for one in self.family)) / 1e6

    def stop(self) -> None:
        stop(self.popen, seconds=15)


@dataclass
class Stage:
    """The servers, while they run."""

    var: Path
    postgres: PostgresServer
    redis: ValkeyServer
    processes: list[Process] = field(default_factory=list)

    def database_url(self, database: str) -> str:
        return self.postgres._url(database)

    def environment(self, database: str, redis_database: int = 0, **more: str) -> dict[str, str]:
        """That of a production process which serves `database`, behind a proxy that ends TLS."""
        environment = {name: value for name, value in os.environ.items() if name not in _OURS}
        return environment | {
            "PEERHUB_ENV": "production",
            "PEERHUB_VAR": str(self.var),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
            "DATABASE_URL": self.database_url(database),
            "REDIS_URL": self.redis.url.rpartition("/")[0] + f"/{redis_database}",
            "PUBLIC_URL": ORIGIN,
            "BEHIND_PROXY": "1",
            "SECRET_KEY": kept_secret(self.var / "django.secret") * 2,
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "HOST": "127.0.0.1",
            "WEB_WORKERS": "2",
            "WRITES_PER_MINUTE": "1000000000",  # the bench writes faster than a person
            **more,
        }

    def start(self, name: str, argv: Sequence[str], environment: Mapping[str, str], port: int = 0) -> Process:
        with (self.var / f"{name}.log").open("wb") as log:
            popen = spawn(argv, instance=self.var, env=environment, cwd=ROOT, output=log)
        process = Process(name, popen, port)
        self.processes.append(process)
        return process

    def start_app(self, name: str, environment: Mapping[str, str]) -> Process:
        """One of the processes of peerhub.cli: web, live, worker or beat."""
        port = free_port()
        environment = {**environment, "PORT": str(port), "LIVE_PORT": str(port)}
        listens = name in {"web", "live"}
        process = self.start(name, process_commands(environment)[name], environment, port if listens else 0)
        if name == "web":
            wait_for(process, "/sante/vivant")
        elif name == "live":
            wait_for(process, "/")
        return process

    def end(self, *processes: Process) -> None:
        for process in processes:
            process.stop()
            self.processes.remove(process)

    def inside(self, environment: Mapping[str, str], what: str, **arguments: Any) -> Any:
        """Call a function of tests.bench.inside in a process with Django; its answer."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.inside", what, json.dumps(arguments)],
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"tests.bench.inside {what} failed: see above.")
        return json.loads(done.stdout.splitlines()[-1])

    def fresh_copy(self, scale: str) -> str:
        """The name of a database that is a copy of the seeded one of this scale."""
        seeded, copy = self.seeded(scale), f"bench_{scale}"
        say(f"Copying the world « {scale} »...")
        with self._connection() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {seeded} STRATEGY FILE_COPY")
        environment = self.environment(copy)
        migrate = [sys.executable, "-m", "peerhub.cli", "migrate"]
        subprocess.run(migrate, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
        with self._connection() as connection:
            connection.execute("CHECKPOINT")
        return copy

    def seeded(self, scale: str) -> str:
        """The name of the database that holds the world of this scale, made at the first time."""
        name = f"seed_{scale}"
        if not self._is_kept(name):
            seed = ["seed_bench", "--scale", scale, *SEED_ARGUMENTS.get(scale, [])]
            self._make_world(name, ["migrate", "--verbosity=0"], ["load_territories"], seed)
        return name

    def with_territories(self, name: str) -> str:
        """The name of a database that holds the territories alone when it is made, and what a bench added since."""
        if self._is_kept(name):
            self._django(name, "migrate", "--verbosity=0")
        else:
            self._make_world(name, ["migrate", "--verbosity=0"], ["load_territories"])
        return name

    def _make_world(self, name: str, *commands: Sequence[str]) -> None:
        self.make_empty(name)
        for arguments in commands:
            say(f"World « {name} »: {' '.join(arguments)}")
            self._django(name, *arguments)
        with psycopg.connect(self.database_url(name), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        made = {"made_of": _fingerprint(), "migrations": migrations(), "at": time.time()}
        self._kept_file.write_text(json.dumps({**self._kept(), name: made}))

    def _django(self, database: str, *arguments: str) -> None:
        """A management command, as `seed_bench` wants it: never in production."""
        environment = self.environment(database, PEERHUB_ENV="demo", PUBLIC_URL="http://127.0.0.1:8000")
        django = [sys.executable, "-m", "peerhub.cli", "django", *arguments]
        subprocess.run(django, cwd=ROOT, env=environment, stdout=sys.stderr, check=True)

    @property
    def _kept_file(self) -> Path:
        return self.var / "seeds.json"

    def _kept(self) -> dict[str, Any]:
        return dict(json.loads(self._kept_file.read_text())) if self._kept_file.exists() else {}

    def _is_kept(self, name: str) -> bool:
        found = self._kept().get(name, {})
        is_recent = time.time() - found.get("at", 0) < SEED_DAYS * 86_400
        return (
            is_recent
            and found.get("made_of") == _fingerprint()
            and can_be_migrated(found.get("migrations", {}), migrations())
            and self.has_database(name)
        )

    def make_empty(self, name: str) -> None:
        with self._connection() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")

    def has_database(self, name: str) -> bool:
        with self._connection() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        return found is not None

    def empty_redis(self) -> None:
        redis.Redis.from_url(self.redis.url).flushall()

    def _connection(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.database_url("postgres"), autocommit=True)


_OURS = {"DATABASE_URL", "REDIS_URL", "PORT", "LIVE_PORT", "HOST", "LIVE_URL", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE"}


def _fingerprint() -> str:
    """Changes with what makes the world: the seeder. (Each copy is migrated to the tables of now.)"""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("peerhub/demo/bulk*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def migrations() -> dict[str, str]:
    """What each migration of ours says, as a digest."""
    paths = sorted([*ROOT.glob("*/migrations/[0-9]*.py"), *ROOT.glob("peerhub/*/migrations/[0-9]*.py")])
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def can_be_migrated(applied: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether a database that these migrations made is brought up to date by running those that are new: none that it
    has was written anew, or taken away, since."""
    return bool(applied) and all(wanted.get(path) == digest for path, digest in applied.items())


def wait_for(process: Process, path: str, seconds: float = 60) -> None:
    """Until the process answers anything over HTTP."""
    deadline = time.monotonic() + seconds
    request = urllib.request.Request(f"http://127.0.0.1:{process.port}{path}", headers={"Host": HOST})
    while time.monotonic() < deadline:
        if process.popen.poll() is not None:
            break
        try:
            urllib.request.urlopen(request, timeout=2).close()  # noqa: S310 (our own process)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.name} does not answer: see its log under var/bench.")


@contextmanager
def raised(var: Path) -> Iterator[Stage]:
    """Servers over `var`/bench; all that was started ends with it."""
    folder = var / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    clear_leftovers(folder)
    if not (folder / "assets").exists():
        (folder / "assets").symlink_to(var / "assets")
    runner.build_all(ROOT, var, with_tests=False)
    build.collect_static(ROOT, folder)
    stage = Stage(folder, PostgresServer(folder, settings=POSTGRES), ValkeyServer(folder))
    try:
        stage.postgres.start()
        stage.redis.start()
        stage.empty_redis()
        yield stage
    finally:
        for process in stage.processes:
            process.stop()
        stage.redis.stop()
        stage.postgres.stop()
