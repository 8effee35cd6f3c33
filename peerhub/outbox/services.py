"""Writing events, and bringing each to its handlers at least once.

How a crash at any moment is survived: a dispatcher *claims* rows in a short transaction (skip locked, a lease and a
token of its own, attempts + 1). Each handler then runs in a transaction that first takes the row's lock by
compare-and-set on the token. While that transaction lives, no claim can take the row, even past its lease: claims
skip locked rows. When the process is killed, PostgreSQL drops the lock with the connection, everything the handler
wrote is undone, the lease runs out, and another dispatcher begins again.
"""

import json
import logging
import random
import traceback
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from peerhub.outbox import registry
from peerhub.outbox.kicks import kick_on_commit
from peerhub.outbox.models import OutboxEvent

logger = logging.getLogger(__name__)

# Small claims spread the work over the workers, and keep a lease much longer than what waits in the batch.
BATCH_SIZE = 20
BACKOFF_FIRST_SECONDS = 5.0
BACKOFF_FACTOR = 3.0
BACKOFF_MAX_SECONDS = 3600.0

Failure = Callable[[OutboxEvent, Exception], None]


class NotInTransaction(RuntimeError):
    """`emit` was called outside of `transaction.atomic`: the event could survive a fact that did not happen."""


class LeaseLost(Exception):
    """Another dispatcher has claimed the row meanwhile; it is theirs now."""


def emit(*events: Any) -> None:
    """Write events in the current transaction; they are dispatched if, and only if, it commits.

    Raises NotInTransaction outside of a transaction, and TypeError for an event that is not registered.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction("emit() must be called inside transaction.atomic().")
    rows = [(registry.name_of(type(one)), json.dumps(registry.payload_of(one))) for one in events]
    if rows:
        # Written out: it stands in the way of every act, and the other columns have defaults.
        values = ", ".join(["(%s, %s::jsonb)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(f"{_EMIT} {values}", [part for row in rows for part in row])
    kick_on_commit()


_EMIT = f"INSERT INTO {OutboxEvent._meta.db_table} (name, payload) VALUES"


def log_failure(row: OutboxEvent, error: Exception) -> None:
    """Say which code failed, but not the exception's message: it may quote content."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    extra = {"event": row.name, "event_id": row.pk, "error": type(error).__name__, "frames": frames}
    logger.warning("outbox.failed", extra=extra)


def dispatch_due(limit: int = 100, *, on_failure: Failure = log_failure) -> int:
    """Claim and handle up to `limit` due events; return how many were claimed, handled well or not."""
    claimed = 0
    while claimed < limit and (rows := _claim(min(BATCH_SIZE, limit - claimed))):
        claimed += len(rows)
        for row in rows:
            _handle(row, on_failure)
    return claimed


def retry_parked(ids: list[int] | None = None) -> int:
    """Give parked events (all of them, or those with these ids) a fresh set of attempts; return how many."""
    parked = OutboxEvent.objects.parked()
    if ids is not None:
        parked = parked.filter(pk__in=ids)
    with transaction.atomic():
        retried = parked.update(parked_at=None, attempts=0, available_at=Now())
        if retried:
            kick_on_commit()
    return retried


def purge(*, older_than: timedelta, batch_size: int = 1000) -> int:
    """Delete events done longer ago than that, in short transactions; return how many. Parked ones stay."""
    deleted = 0
    while ids := list(OutboxEvent.objects.done_before(older_than).values_list("pk", flat=True)[:batch_size]):
        deleted += OutboxEvent.objects.filter(pk__in=ids).delete()[0]
    return deleted


def backoff_seconds(attempts: int, jitter: float) -> float:
    """The wait after the n-th failed attempt: 5 s, 15 s, 45 s... to an hour, of which `jitter` (0..1) takes up
    to half away, so that what failed together does not come back together."""
    exponent = min(max(attempts, 1) - 1, 20)
    delay = min(BACKOFF_FIRST_SECONDS * BACKOFF_FACTOR**exponent, BACKOFF_MAX_SECONDS)
    return delay * (1 - jitter / 2)


def _claim(size: int) -> list[OutboxEvent]:
    """Lease up to `size` due rows to this dispatcher, parking those that have used up their attempts."""
    with transaction.atomic():
        due = OutboxEvent.objects.due().order_by("available_at", "pk")
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:size])
        # A row that still has a token was being worked at when its dispatcher died. One of them may be what kills
        # dispatchers: taken one by one, it cannot use up the attempts of its neighbours.
        suspects = [row for row in rows if row.lease_token is not None]
        for row in suspects:
            if row.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
                rows.remove(row)
                _park(row, "LeaseExpired")
        rows = [row for row in rows if row.lease_token is not None][:1] or rows
        if not rows:
            return []
        token = uuid.uuid4()
        OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(
            lease_until=Now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS),
            lease_token=token,
            attempts=F("attempts") + 1,
        )
    for row in rows:
        row.lease_token = token
        row.attempts += 1
    return rows


def _handle(row: OutboxEvent, on_failure: Failure) -> None:
    try:
        event = registry.revive(row.name, row.payload)
    except (registry.UnknownEvent, registry.BadPayload) as error:
        _park(row, type(error).__name__)
        return
    handlers = registry.handlers_of(type(event))
    try:
        for handler in handlers[:-1]:
            with transaction.atomic():
                _hold(row)
                handler(event)
        with transaction.atomic():
            # Marked before the last handler runs and in its transaction: one statement is the compare-and-set, the
            # lock that keeps other dispatchers away, and the mark, which a failure or a crash undoes.
            _mark_done(row)
            for handler in handlers[-1:]:
                handler(event)
    except LeaseLost:
        logger.info("outbox.lease_lost", extra={"event": row.name, "event_id": row.pk})
    except Exception as error:
        on_failure(row, error)
        if row.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
            _park(row, type(error).__name__)
        else:
            _postpone(row, type(error).__name__)


def _hold(row: OutboxEvent) -> None:
    """Lock the row for the current transaction, if it is still ours."""
    mine = OutboxEvent.objects.waiting().filter(pk=row.pk, lease_token=row.lease_token)
    if not mine.select_for_update(of=("self",)).values_list("pk", flat=True):
        raise LeaseLost


def _mark_done(row: OutboxEvent) -> None:
    mine = OutboxEvent.objects.waiting().filter(pk=row.pk, lease_token=row.lease_token)
    if not mine.update(done_at=Now(), lease_until=None, lease_token=None):
        raise LeaseLost


def _postpone(row: OutboxEvent, error_name: str) -> None:
    delay = timedelta(seconds=backoff_seconds(row.attempts, random.random()))  # noqa: S311 (no secret)
    OutboxEvent.objects.filter(pk=row.pk, lease_token=row.lease_token).update(
        available_at=Now() + delay, lease_until=None, lease_token=None, last_error=error_name[:200]
    )


def _park(row: OutboxEvent, error_name: str) -> None:
    """Set the row aside for a human, who finds it with `manage.py outbox_parked`."""
    mine = OutboxEvent.objects.waiting().filter(pk=row.pk, lease_token=row.lease_token)
    if mine.update(parked_at=Now(), lease_until=None, lease_token=None, last_error=error_name[:200]):
        logger.error("outbox.parked", extra={"event": row.name, "event_id": row.pk, "error": error_name})
