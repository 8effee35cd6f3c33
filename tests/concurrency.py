"""Acts of several people at one time, each in a thread and on a connection of its own. For tests that commit
(`django_db(transaction=True)`)."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from peerhub.people.errors import DomainError

T = TypeVar("T")


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all at once; what each returned, or the refusal that it met. Any other error is raised."""

    def met(act: Callable[[], object]) -> object:
        try:
            return act()
        except (DomainError, ObjectDoesNotExist) as refusal:
            return refusal

    return _begin_together([partial(met, act) for act in acts])


def at_once(count: int, job: Callable[[int], T]) -> list[T]:
    """Run one act so many times at once, each with its number; what each returned. Any error is raised."""
    return _begin_together([partial(job, number) for number in range(count)])


def _begin_together(acts: Sequence[Callable[[], T]]) -> list[T]:
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            barrier.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [task.result(timeout=60) for task in [pool.submit(run, act) for act in acts]]
