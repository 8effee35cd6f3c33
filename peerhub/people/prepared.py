"""Reads that are compiled once: for the hot pages, where building the SQL costs more than running it.

The queryset stays the one description of the read (and of who may see what: `visible_to`). It is compiled the first
time with marks in place of its parameters; afterwards the text goes to the database with the real ones. Measured on
the topic page: a third of its time (docs/adr/0011).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model, QuerySet

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

    def token(self, name: str) -> UUID:
        mark = UUID(int=len(self.names) + 1)
        self.names[mark] = name
        return mark

    def person(self, name: str = "user") -> User:
        """Someone active, whose id is the parameter."""
        return User(pk=self.integer(name), is_active=True)


class Prepared:
    """One read: `build` makes the queryset of tuples (values_list) from marks; `rows` runs it."""

    def __init__(self, build: Callable[[Marks], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: tuple[str, tuple[tuple[str, Any], ...]] | None = None

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these parameters, each of which must have been marked."""
        if self._compiled is None:
            self._compiled = self._compile()
        sql, params = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] if name else constant for name, constant in params])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _compile(self) -> tuple[str, tuple[tuple[str, Any], ...]]:
        marks = Marks()
        sql, params = self._build(marks).query.sql_with_params()
        return sql, tuple((marks.names.get(param, ""), param) for param in params)


class ForPerson:
    """A read that depends on who reads: one form for a person, one for a visitor."""

    def __init__(self, build: Callable[[Marks, User | AnonymousUser], QuerySet[Any, Any]]) -> None:
        self._person = Prepared(lambda marks: build(marks, marks.person()))
        self._visitor = Prepared(lambda marks: build(marks, AnonymousUser()))

    def rows(self, user: User | AnonymousUser, **values: Any) -> list[tuple[Any, ...]]:
        if user.is_authenticated and user.is_active:
            return self._person.rows(user=user.pk, **values)
        return self._visitor.rows(**values)


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
