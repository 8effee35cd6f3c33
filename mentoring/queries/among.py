"""« One of these people », for a hundred of them: one parameter, where `__in` would take a hundred through Django and
psycopg in each of a dozen reads."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func, Q, Value


class _Among(Func):
    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    output_field = BooleanField()


def among(field: str, ids: Iterable[int]) -> Q:
    """The rows whose key `field` is one of these ids."""
    return Q(_Among(field, Value(list(ids), output_field=ArrayField(BigIntegerField()))))
