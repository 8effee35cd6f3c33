"""Reads that are compiled once: for the hot pages, where building the SQL costs more than running it.

The queryset stays the one description of the read (and of who may see what: `visible_to`). It is compiled the first
time with marks in place of its parameters; afterwards the text goes to the database with the real ones. Measured on
the topic page: a third of its time (docs/adr/0011).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg import errors, sql
from psycopg._preparing import PrepareManager

from peerhub.people.models import User

# Marks fit in every integer column, and stand for no row: they are never sent.
_FIRST_MARK = 2_000_000_000
_FIRST_MOMENT = datetime(3000, 1, 1, tzinfo=UTC)


class Marks:
    """Hands the builder of a queryset its parameters, by name."""

    def __init__(self) -> None:
        self.names: dict[Any, str] = {}

    def integer(self, name: str) -> int:
        mark = _FIRST_MARK + len(self.names)
        self.names[mark] = name
        return mark

    def moment(self, name: str) -> datetime:
        mark = _FIRST_MOMENT + timedelta(days=len(self.names))
        self.names[mark] = name
        return mark

    def text(self, name: str) -> str:
        mark = f"\ue000{name}"
        self.names[mark] = name
        return mark

    def token(self, name: str) -> UUID:
        mark = UUID(int=len(self.names) + 1)
        self.names[mark] = name
        return mark

    def person(self, name: str = "user") -> User:
        """Someone active, whose id is the parameter."""
        return User(pk=self.integer(name), is_active=True)


class _Statement:
    """The text of a read, and the name of what goes in the place of each parameter.

    What is always the same (a state, a kind) is written into the text: the plan that PostgreSQL keeps may then use the
    partial indexes which are made for it.
    """

    def __init__(self, text: str, params: Sequence[Any], marks: Marks) -> None:
        named = ["" if isinstance(param, list) else marks.names.get(param, "") for param in params]
        if lost := set(marks.names.values()) - set(named):
            raise ValueError(f"these marks are not parameters of the read, and would stay in it: {sorted(lost)}")
        self._names = [name for name in named if name]
        written = iter("%s" if name else _literal(param) for name, param in zip(named, params, strict=True))
        self._sql = re.sub("%[%s]", lambda found: "%%" if found[0] == "%%" else next(written), text)

    def run(self, values: Mapping[str, Any], *, is_planned_once: bool = True) -> list[tuple[Any, ...]]:
        params = [values[name] for name in self._names]
        if is_planned_once:
            return rows_planned_once(self._sql, params)
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def rows_planned_once(text: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that is always the same text: PostgreSQL plans it once on each connection."""
    # Asked for once: `connection` is a proxy. (The stubs know neither this method nor this cursor.)
    database: Any = connections[DEFAULT_DB_ALIAS]
    # As Django's own cursors do: after PostgreSQL has restarted, the first read of a worker connects anew.
    database.close_if_health_check_failed()
    database.ensure_connection()
    if not isinstance(database.connection._prepared, _KeptPlans):
        database.connection._prepared = _KeptPlans()
    with database._prepare_cursor(_PlannedOnce(database.connection)) as cursor:  # type: ignore[call-arg]
        cursor.execute(text, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _literal(constant: Any) -> str:
    return sql.Literal(constant).as_string(connection.connection).replace("%", "%%")


class _KeptPlans(PrepareManager):
    """Plans outlive a rollback, as they do in PostgreSQL. psycopg forgets them all then, for the case that one was made
    for a table of that very transaction; so each act that was refused (the session is full) had the next pages of its
    worker planned anew: half of what such an act cost. What alters tables still ends them."""

    def clear(self) -> bool:
        return False

    def forget(self) -> None:
        """End them all, with the next statement that the server takes."""
        super().clear()

    def _should_discard(self, prep: Any, results: Sequence[Any]) -> bool:  # type: ignore[override]
        altered = any((one.command_status or b"").startswith((b"DROP", b"ALTER", b"DISCARD")) for one in results)
        return altered and super().clear()


class _PlannedOnce(ServerBindingCursor):
    """PostgreSQL plans these reads once on each connection, then keeps the plan (`plan_cache_mode` in peerhub/env.py):
    with ten joins, planning takes ten times as long as running. Answers come in binary: psycopg reads a moment written
    as text in Python (20 of them on a page: 0.5 ms)."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        try:
            return super().execute(query, params, prepare=True, binary=True, **options)  # type: ignore[misc]
        except errors.FeatureNotSupported:
            # "cached plan must not change result type": somebody else altered a table. One page fails, not all of them.
            self.connection._prepared.forget()  # type: ignore[attr-defined]
            raise


class Prepared:
    """One read: `build` makes the queryset of tuples (values_list) from marks; `rows` runs it.

    `around`: SQL of ours in which the read stands as {}, for what no queryset says (to rank what was cut).
    `is_planned_once=False`: compiled once, and planned for the values of each call, as a read wants whose best plan
    depends on them (a rare word, or one that is everywhere).
    """

    def __init__(
        self, build: Callable[[Marks], QuerySet[Any, Any]], *, around: str = "{}", is_planned_once: bool = True
    ) -> None:
        self._build = build
        self._around = around
        self._is_planned_once = is_planned_once
        self._statement: _Statement | None = None

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these parameters, each of which must have been marked."""
        if self._statement is None:
            marks = Marks()
            text, params = self._build(marks).query.sql_with_params()
            self._statement = _Statement(self._around.format(text), params, marks)
        return self._statement.run(values, is_planned_once=self._is_planned_once)


class PreparedInstances:
    """One read of instances: with what the queryset selects of related ones, and its annotations, as Django makes them.

    Dearer than tuples, and for any queryset without prefetches.
    """

    def __init__(self, build: Callable[[Marks], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._made: tuple[_Statement, Callable[[Sequence[Any]], Any]] | None = None

    def all(self, **values: Any) -> list[Any]:
        """The instances for these parameters, each of which must have been marked."""
        if self._made is None:
            marks = Marks()
            compiler = self._build(marks).query.get_compiler(connection.alias)
            text, params = compiler.as_sql()
            self._made = _Statement(text, params, marks), _maker(compiler)
        statement, make = self._made
        return [make(row) for row in statement.run(values)]

    def first(self, **values: Any) -> Any:
        """The first of them, or None."""
        return next(iter(self.all(**values)), None)


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """As `ModelIterable` of Django does for each row."""
    klass, select, annotations = compiler.klass_info, compiler.select, compiler.annotation_col_map
    model, start, end = klass["model"], klass["select_fields"][0], klass["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    related = get_related_populators(klass, select, connection.alias)  # type: ignore[call-arg]
    if compiler.get_converters([column[0] for column in select]):
        raise ValueError("a column that Django converts is not for a prepared read")

    def make(row: Sequence[Any]) -> Any:
        instance = model.from_db(connection.alias, names, row[start:end])
        for populator in related:
            populator.populate(row, instance)
        for name, position in annotations.items():
            setattr(instance, name, row[position])
        return instance

    return make


class ForPerson:
    """A read that depends on who reads: one form for a person, one for a visitor."""

    def __init__(
        self, build: Callable[[Marks, User | AnonymousUser], QuerySet[Any, Any]], *, around: str = "{}"
    ) -> None:
        self._person = Prepared(lambda marks: build(marks, marks.person()), around=around)
        self._visitor = Prepared(lambda marks: build(marks, AnonymousUser()), around=around)

    def rows(self, user: User | AnonymousUser, **values: Any) -> list[tuple[Any, ...]]:
        if user.is_authenticated and user.is_active:
            return self._person.rows(user=user.pk, **values)
        return self._visitor.rows(**values)


class InstancesForPerson:
    """A read of instances that depends on who reads."""

    def __init__(self, build: Callable[[Marks, User | AnonymousUser], QuerySet[Any, Any]]) -> None:
        self._person = PreparedInstances(lambda marks: build(marks, marks.person()))
        self._visitor = PreparedInstances(lambda marks: build(marks, AnonymousUser()))

    def all(self, user: User | AnonymousUser, **values: Any) -> list[Any]:
        if user.is_authenticated and user.is_active:
            return self._person.all(user=user.pk, **values)
        return self._visitor.all(**values)

    def first(self, user: User | AnonymousUser, **values: Any) -> Any:
        """The first of them, or None."""
        return next(iter(self.all(user, **values)), None)


class Shape:
    """Instances made from the columns of one row: the root, and what hangs on it (None where the join found none).

    `parts` maps the path of each ("" for the root, "circle__category") to its model and the fields that are read;
    the first of these is the primary key. Other fields are deferred, as Django does.
    """

    def __init__(self, parts: Sequence[tuple[str, type[Model], tuple[str, ...]]]) -> None:
        models = {path: model for path, model, _fields in parts}
        self._parts = [_part(path, model, fields, models) for path, model, fields in parts]
        self.columns = tuple(
            f"{part.path}__{name}" if part.path else name for part in self._parts for name in part.columns
        )

    def build(self, row: Sequence[Any]) -> Any:
        made: dict[str, Any] = {}
        position = 0
        for part in self._parts:
            values = row[position : position + len(part.columns)]
            position += len(part.columns)
            # Without a primary key, the join found none.
            instance = part.model.from_db(connection.alias, part.columns, values) if values[0] is not None else None
            made[part.path] = instance
            owner = made.get(part.parent) if part.path else None
            if owner is None:
                continue
            if part.is_field:
                owner._state.fields_cache[part.name] = instance
            else:
                setattr(owner, part.name, instance)
        return made[""]


class _Part(NamedTuple):
    path: str
    parent: str
    name: str
    model: type[Model]
    columns: list[str]
    # A foreign key of its parent; a filtered relation (`FilteredRelation`) is an attribute and no field.
    is_field: bool


def _part(path: str, model: type[Model], fields: Sequence[str], models: Mapping[str, type[Model]]) -> _Part:
    parent, _separator, name = path.rpartition("__")
    is_field = name in {field.name for field in models[parent]._meta.concrete_fields}
    return _Part(path, parent, name, model, _columns(model, fields), is_field)


def _columns(model: type[Model], names: Sequence[str]) -> list[str]:
    """The attributes of these fields ("author" -> "author_id") in the order of the model, which `from_db` expects."""
    found = [field.attname for field in model._meta.concrete_fields if field.name in names]
    if len(found) != len(names):
        raise ValueError(f"{model.__name__} lacks one of the fields {', '.join(names)}")
    return found
