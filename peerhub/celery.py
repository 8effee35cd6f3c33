"""Background work: `celery -A peerhub.celery worker`; its clock is peerhub/beat.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_before_create_process, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")

app = Celery("peerhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Of a processor that both want, a page takes three parts and a mail one: somebody waits for the page.
WORKER_NICENESS = 5


@worker_init.connect
def step_aside(**_about: Any) -> None:
    os.nice(WORKER_NICENESS)


@worker_before_create_process.connect
def load_ahead(**_about: Any) -> None:
    """In the parent of the processes that do the work, before it forks one."""
    # Django is loaded by then, and not when this module is.
    from peerhub.ahead import load  # noqa: PLC0415

    load()
