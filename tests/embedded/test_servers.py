"""The real servers, over folders with spaces in their names."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from peerhub.embedded import errors
from peerhub.embedded.errors import EmbeddedError
from peerhub.embedded.postgres import FORGETFUL, PostgresServer
from peerhub.embedded.valkey import ValkeyServer


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "un dossier, d'essai"
    folder.mkdir()
    yield folder
    PostgresServer(folder).discard()


def _postgres(folder: Path) -> PostgresServer:
    server = PostgresServer(folder, settings=FORGETFUL)
    server.start()
    return server


def test_postgres_keeps_its_data_from_one_start_to_the_next(folder: Path) -> None:
    server = _postgres(folder)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'Élodie' AS name")
    server.stop()

    server = _postgres(folder)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT name, upper(name) FROM kept").fetchone() == ("Élodie", "ÉLODIE")
    server.stop()


def test_postgres_wants_its_password_and_listens_on_the_loopback_only(folder: Path) -> None:
    server = _postgres(folder)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgres://peerhub:wrong@127.0.0.1:{server.port}/peerhub")
    server.stop()


def test_postgres_recovers_after_it_was_killed(folder: Path) -> None:
    server = _postgres(folder)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    again = _postgres(folder)
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    again.stop()


def test_postgres_takes_over_from_a_server_that_still_runs(folder: Path) -> None:
    left = _postgres(folder)
    again = _postgres(folder)
    assert left.process is not None
    assert left.process.wait(5) == 0
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    again.stop()


def test_a_database_of_another_version_is_a_sentence(folder: Path) -> None:
    _postgres(folder).stop()
    (folder / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match=r"was made by PostgreSQL 12 and this is \d+: move it away"):
        PostgresServer(folder).start()


def test_a_folder_that_is_no_database_is_a_sentence(folder: Path) -> None:
    _postgres(folder).stop()
    (folder / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(EmbeddedError, match="is not a PostgreSQL database: move it away"):
        PostgresServer(folder).start()


def test_a_damaged_database_is_a_sentence_that_names_the_log(folder: Path) -> None:
    _postgres(folder).stop()
    (folder / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match=r"PostgreSQL did not start: .*pg_control.*postgres\.log"):
        PostgresServer(folder).start()


def test_a_lost_password_is_a_sentence(folder: Path) -> None:
    _postgres(folder).stop()
    (folder / "postgres.secret").unlink()
    with pytest.raises(EmbeddedError, match="is not the one of the database beside it"):
        PostgresServer(folder).start()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_database_is_a_sentence(folder: Path) -> None:
    _postgres(folder).stop()
    (folder / "postgres").chmod(0)
    try:
        with pytest.raises(EmbeddedError, match="cannot be read"):
            PostgresServer(folder).start()
    finally:
        (folder / "postgres").chmod(0o700)


def test_redis_keeps_what_was_written(folder: Path) -> None:
    server = ValkeyServer(folder)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.lpush("queue", "task")
    assert server.process is not None
    time.sleep(1.2)  # written to the disk each second
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    again = ValkeyServer(folder)
    again.start()
    with redis.Redis.from_url(again.url) as client:
        assert client.lrange("queue", 0, -1) == [b"task"]
    again.stop()


def test_redis_wants_its_password(folder: Path) -> None:
    server = ValkeyServer(folder, durable=False)
    server.start()
    with pytest.raises(redis.AuthenticationError), redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as client:
        client.ping()
    server.stop()


def test_damaged_redis_data_are_a_sentence(folder: Path) -> None:
    server = ValkeyServer(folder)
    server.start()
    server.stop()
    (folder / "redis" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(EmbeddedError, match=r"^Redis did not start: .*redis\.log\)\.$"):
        ValkeyServer(folder).start()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device"), "is full: free some space"),
        (PermissionError(13, "Permission denied", "/x"), "/x cannot be read and written by user"),
    ],
)
def test_what_the_system_refuses_is_a_sentence(error: OSError, sentence: str) -> None:
    with pytest.raises(EmbeddedError, match=sentence), errors.sentences(Path("/x")):
        raise error


@pytest.mark.skipif(os.geteuid() != 0, reason="what root does where the database's account cannot go")
def test_under_root_a_closed_folder_keeps_its_modes_and_the_data_live_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = _postgres(closed / "var")
    elsewhere = (closed / "var" / "postgres").readlink()
    assert (elsewhere / "PG_VERSION").exists()
    assert elsewhere.stat().st_uid != 0
    assert closed.stat().st_mode & 0o777 == 0o700

    server.discard()
    assert not elsewhere.parent.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="what root does where the database's account cannot go")
def test_a_copied_tree_does_not_share_the_database_of_the_first(tmp_path: Path) -> None:
    first, copy = tmp_path / "first" / "var", tmp_path / "copy" / "var"
    for folder in (first.parent, copy.parent):
        folder.mkdir(mode=0o700)
    one = _postgres(first)
    copy.mkdir()
    (copy / "postgres").symlink_to((first / "postgres").readlink())
    other = _postgres(copy)
    assert (copy / "postgres").readlink() != (first / "postgres").readlink()
    one.discard()
    other.discard()
