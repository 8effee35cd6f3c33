"""Acts of several people at one time, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from peerhub.people.errors import DomainError


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all at once; what each returned, or the refusal that it met. Any other error is raised. For tests that
    commit (`django_db(transaction=True)`)."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=30)
            return act()
        except (DomainError, ObjectDoesNotExist) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [task.result(timeout=60) for task in [pool.submit(run, act) for act in acts]]
