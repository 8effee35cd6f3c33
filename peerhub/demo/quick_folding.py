"""Folding, quicker, while a million texts are loaded.

`peerhub_fold` compares each letter with a hundred others; most of the time of a big load goes there. Inside the
transaction of the load, and only if it gives the same for every text at hand, another body takes its place: nobody
else ever sees it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

_QUICK = """
CREATE OR REPLACE FUNCTION {name}(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(replace(replace(replace(replace(replace(replace(
    regexp_replace(normalize(value, NFD), '[\\u0300-\\u036f]+', '', 'g'),
    'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ß', 'ss'), '’', ''''))
$$
"""


@contextmanager
def quick_folding(samples: Iterable[str]) -> Iterator[bool]:
    """Fold quicker until the block ends; whether it does: not when one of the samples would be folded otherwise.

    Must run in a transaction, which takes the change back when the block raises.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('peerhub_fold(text)'::regprocedure)")
        (definition,) = cursor.fetchone() or ("",)
        cursor.execute(_QUICK.format(name="pg_temp.quick_fold"))
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM unnest(%s::text[]) AS sample "
            "WHERE pg_temp.quick_fold(sample) <> peerhub_fold(sample)) AND NOT EXISTS ("
            "SELECT FROM people_territory WHERE pg_temp.quick_fold(name) <> peerhub_fold(name))",
            [list(samples)],
        )
        (is_same,) = cursor.fetchone() or (False,)
        if is_same:
            cursor.execute(_QUICK.format(name="peerhub_fold"))
    yield bool(is_same)
    if is_same:
        with connection.cursor() as cursor:
            cursor.execute(definition)
