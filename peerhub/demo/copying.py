"""Many rows at once: COPY straight into the tables of models, which PostgreSQL completes (generated columns)."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

Say = Callable[[str], None]
NULL = r"\N"
_BLOCK = 2000
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def escaped(text: str) -> str:
    """A text as COPY reads it."""
    return text.translate(_ESCAPES)


def next_id(model: type[models.Model]) -> int:
    """The first id that no row of the table has."""
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return int(newest or 0) + 1


def copy_lines(
    model: type[models.Model], columns: Sequence[str], lines: Iterable[str], constants: Mapping[str, str] | None = None
) -> int:
    """Write rows whose `columns` come as lines of escaped values between tabs, and whose other columns are alike in
    all (`constants`, escaped; else the constant defaults of the model). Ids go on after those written. Returns how
    many."""
    constants = _defaults(model, columns) | dict(constants or {})
    names = ", ".join(_quoted(name) for name in [*columns, *constants])
    end = "".join(f"\t{value}" for value in constants.values()) + "\n"
    table = _quoted(model._meta.db_table)
    count, rows = 0, iter(lines)
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        while block := list(islice(rows, _BLOCK)):
            copy.write(end.join(block) + end)
            count += len(block)
    if "id" in columns:
        resume_ids(model)
    return count


def _defaults(model: type[models.Model], columns: Sequence[str]) -> dict[str, str]:
    """What Django would write in the columns that nobody named: texts, numbers and truths."""
    values: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        value = field.get_default()
        column = field.column or ""
        if column in columns or field.generated or field.null or not isinstance(value, str | int):
            continue
        values[column] = ("f", "t")[value] if isinstance(value, bool) else escaped(str(value))
    return values


def resume_ids(model: type[models.Model]) -> None:
    """Let the table's own numbering go on after the highest id."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        newest = f"SELECT max(id) FROM {_quoted(table)}"  # noqa: S608 (a table of ours)
        cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), ({newest}))", [table])


def run(sql: str, params: Mapping[str, Any] | None = None) -> int:
    """One statement; returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@contextmanager
def loading(memory: str = "512MB") -> Iterator[None]:
    """One transaction for a big load: memory for the indexes, and, where the role may, no check of each foreign key
    (whoever loads vouches for the ids)."""
    with transaction.atomic():
        run(f"SET LOCAL maintenance_work_mem = '{memory}'")
        run("SET LOCAL work_mem = '128MB'")
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
        if row and row[0]:
            run("SET LOCAL session_replication_role = replica")
        yield


@contextmanager
def without_indexes(*tables: type[models.Model]) -> Iterator[None]:
    """Drop the indexes that hold no constraint, and build them again afterwards: faster than feeding them."""
    dropped: list[str] = []
    for model in tables:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = %s AND i.indexname NOT IN "
                "(SELECT conname FROM pg_constraint) AND i.indexdef NOT LIKE 'CREATE UNIQUE%%'",
                [model._meta.db_table],
            )
            found = cursor.fetchall()
        for name, definition in found:
            run(f"DROP INDEX {_quoted(name)}")
            dropped.append(definition)
    yield
    for definition in dropped:
        run(definition)


@contextmanager
def timed(say: Say, what: str) -> Iterator[list[int]]:
    """Say how many rows the block wrote (it appends the numbers), in which time, and how many a second."""
    began, written = time.monotonic(), list[int]()
    yield written
    seconds, rows = time.monotonic() - began, sum(written)
    say(f"{what}: {rows:,} rows in {seconds:.1f} s ({rows / max(seconds, 0.001):,.0f} rows/s)")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
