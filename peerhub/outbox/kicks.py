"""Waking a worker when a transaction that emitted something commits.

A kick is a courtesy: without it the sweep finds the row a few seconds later. So it is never allowed to turn a
committed success into an error, nor to cost a request more than a blink. The layer that knows Celery installs the
real kick at start (`apps.py`); this one only knows transactions.
"""

from collections.abc import Callable

from django.db import transaction


def _nobody_to_wake() -> None:
    """Before the apps are ready, and in processes without them: the sweep is enough."""


_installed: Callable[[], None] = _nobody_to_wake


def install(kick: Callable[[], None]) -> None:
    global _installed
    _installed = kick


def kick() -> None:
    _installed()


def kick_on_commit() -> None:
    """Kick once when the current transaction commits, however many events it emits."""
    # A kick registered in a savepoint that was rolled back has left this list, and one registered in a savepoint
    # that is still open or released lives at least as long as the row that is being written now.
    pending = transaction.get_connection().run_on_commit
    if not any(function is kick for _, function, _ in pending):
        transaction.on_commit(kick, robust=True)
