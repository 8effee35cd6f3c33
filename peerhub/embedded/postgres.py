"""A PostgreSQL server of our own: made once, started, found ready, stopped."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from peerhub.embedded.errors import EmbeddedError, disk_full, last_words, sentences
from peerhub.embedded.place import find_place, make_room
from peerhub.embedded.processes import free_port, kept_secret, spawn, stop, stop_all, wait_until

_USER = "peerhub"
#: The production database is made with the same words (docker-compose.yml): one order of names everywhere.
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path is limited to about 100 characters, a folder's is not
    "shared_buffers": "128MB",
    "max_connections": "100",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
#: For databases that a test throws away: as fast as memory, nothing survives a power cut.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "400",  # races of a hundred threads, for several test workers
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
}


class PostgresServer:
    """PostgreSQL over `folder`/postgres, on a free port of the loopback, with a password of its own.

    `start` returns when the database answers; it recovers from whatever a killed predecessor left. Every
    refusal is an `EmbeddedError`.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": rolls back, writes a checkpoint, ends

    def __init__(self, folder: Path, *, database: str = "peerhub", settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.database = database
        self.settings = _SETTINGS | (settings or {})
        self.log = folder / "postgres.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._url(self.database)

    def _url(self, database: str) -> str:
        return f"postgres://{_USER}:{quote(self._password)}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        with sentences(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._place = make_room(self.folder / "postgres")
            self._password = kept_secret(self.folder / "postgres.secret")
            self._check_readable()
            if not self._place.data.exists():
                self._init()
            self._stop_leftover()
            for attempt in (1, 2, 3):  # another program may take the free port before PostgreSQL does
                self.port = free_port()
                beginning = self.log.stat().st_size if self.log.exists() else 0
                process = self.spawn()
                try:
                    if wait_until(self._answers, process, seconds=120):
                        break
                except BaseException:
                    self.stop()
                    raise
                stop(process, signal_number=self.stop_signal)
                words = last_words(self.log, ("FATAL", "PANIC", "ERROR"), beginning)
                if "Address already in use" in self.log.read_text(errors="replace")[-2000:] and attempt < 3:
                    continue
                raise self._refusal(words)
            self._create_database()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process on the port chosen before, without waiting."""
        flags = [f"--{name}={value}" for name, value in (self.settings | {"port": str(self.port)}).items()]
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.unlink()
        with self.log.open("ab") as log:
            self.process = spawn(
                [self._program("postgres"), "-D", self._place.data, *flags],
                instance=self.folder,
                env=self._environment(),
                cwd=Path("/"),
                user=self._place.user,
                group=self._place.group,
                output=log,
                death_signal=self.stop_signal,
            )
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal_number=self.stop_signal, seconds=30)

    def discard(self) -> None:
        """Stop, and delete the data for good."""
        self.stop()
        find_place(self.folder / "postgres").discard()

    def _program(self, name: str) -> Path:
        return self._place.program / "bin" / name

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"LC_ALL": "C", "LANG": "C"}

    def _check_readable(self) -> None:
        data = self._place.data
        try:
            if not data.exists():
                return
            made_by = (data / "PG_VERSION").read_text().strip()
        except (PermissionError, NotADirectoryError) as error:
            raise EmbeddedError(
                f"The database in {data} cannot be read: give it back to its owner, or move it away and a new one "
                "is made."
            ) from error
        except FileNotFoundError as error:
            raise EmbeddedError(f"{data} is not a PostgreSQL database: move it away and a new one is made.") from error
        ours = self._version().split(".")[0]
        if made_by != ours:
            raise EmbeddedError(
                f"The database in {data} was made by PostgreSQL {made_by} and this is {ours}: move it away and a new "
                "one is made."
            )
        owner = data.stat().st_uid
        if owner != (os.geteuid() if self._place.user is None else self._place.user):
            raise EmbeddedError(
                f"The database in {data} belongs to another user (number {owner}): start as that user, or move it away."
            )
        if self._place.user is None and not os.access(data, os.R_OK | os.W_OK | os.X_OK):
            raise EmbeddedError(f"The database in {data} cannot be read: run chmod -R u+rwX on it.")

    def _version(self) -> str:
        printed = subprocess.run(
            [self._program("postgres"), "--version"], check=True, capture_output=True, text=True
        ).stdout
        return printed.split()[-1]

    def _init(self) -> None:
        """Make the data directory aside, then put it in place: one that exists is whole."""
        place = self._place
        partial = place.data.with_name(f"{place.data.name}.new")
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(mode=0o700)
        place.hand_over(partial)
        with tempfile.NamedTemporaryFile("w", dir=place.data.parent, prefix=".password-") as password:
            password.write(self._password)
            password.flush()
            place.hand_over(Path(password.name))
            made = subprocess.run(
                [
                    self._program("initdb"),
                    f"--pgdata={partial}",
                    f"--username={_USER}",
                    f"--pwfile={password.name}",
                    "--auth-host=scram-sha-256",
                    "--auth-local=reject",
                    "--no-sync",
                    "--no-instructions",
                    *LOCALE,
                ],
                env=self._environment(),
                cwd="/",
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                **place.owner,  # type: ignore[call-overload]
            )
        if made.returncode != 0:
            shutil.rmtree(partial, ignore_errors=True)
            raise self._refusal((made.stderr.strip().splitlines() or ["initdb failed"])[-1], made.stderr)
        partial.rename(place.data)

    def _stop_leftover(self) -> None:
        """Stop a server that a killed supervisor left on our data; a stale pid file alone harms nobody."""
        try:
            pid = int((self._place.data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            ours = process.name().startswith("postgres") and str(self._place.data) in process.cmdline()
        except (FileNotFoundError, ValueError, IndexError, psutil.Error):
            return
        if ours:
            process.send_signal(self.stop_signal)
            try:
                process.wait(30)
            except psutil.TimeoutExpired:
                stop_all([process], seconds=5)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedError(
                    f"The password in {self.folder / 'postgres.secret'} is not the one of the database beside it: "
                    "put the right one back, or move the database away."
                ) from error
            return False
        return True

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))

    def _refusal(self, words: str, output: str = "") -> EmbeddedError:
        if "No space left on device" in words + output or "Disk quota exceeded" in words + output:
            return disk_full(self._place.data)
        return EmbeddedError(f"PostgreSQL did not start: {words or 'no answer'} (more in {self.log}).")
