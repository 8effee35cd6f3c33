"""What a plain claim writes, in one statement: the seat, its entry in the log, the reminders, the event, the count.

Hundreds claim a seat of one session in one minute, and each waits for the session's row: five round trips under that
lock were most of the wait. What is written is what `seats_room.keep` writes by the ORM (a test compares the rows).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from peerhub.outbox import registry
from peerhub.outbox.kicks import kick_on_commit
from peerhub.outbox.models import OutboxEvent
from peerhub.people.prepared import rows_planned_once
from sessions.events import Registered
from sessions.models import PeerSession, Registration, Reminder, SeatEvent
from sessions.services.reminders import planned_hours


def _columns(model: type[Model]) -> Sequence["Field[Any, Any]"]:
    return [field for field in model._meta.local_concrete_fields if not field.primary_key]


def _insert(model: type[Model]) -> str:
    columns = [str(field.column) for field in _columns(model)]
    values = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 - of our models


def _values(row: Model) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, True), connection) for field in _columns(type(row))]


_WRITE = f"""
WITH seat AS ({_insert(Registration)} RETURNING id),
logged AS ({_insert(SeatEvent)}),
reminded AS (
  INSERT INTO {Reminder._meta.db_table} (session_id, user_id, offset_minutes, due_at, attempts, skipped_reason)
  SELECT %s, %s, hour.offset_minutes, hour.due_at, 0, hour.skipped_reason
  FROM unnest(%s::int[], %s::timestamptz[], %s::text[]) AS hour (offset_minutes, due_at, skipped_reason)),
told AS (
  INSERT INTO {OutboxEvent._meta.db_table} (name, payload)
  SELECT %s, %s::jsonb || jsonb_build_object('registration_id', id) FROM seat),
counted AS (UPDATE {PeerSession._meta.db_table} SET registered_count = %s WHERE id = %s)
SELECT id FROM seat
"""  # noqa: S608 - constants of ours


def write_seat(row: Registration, entry: SeatEvent, session: PeerSession, *, taken: int, now: datetime) -> None:
    """A new registration that is seated; the session's row is held."""
    hours = planned_hours(session, now)
    told = Registered(registration_id=0, version=row.version)  # its id is known when it is written
    rows = rows_planned_once(
        _WRITE,
        [
            *_values(row),
            *_values(entry),
            session.pk,
            row.user_id,
            [offset for offset, _due, _reason in hours],
            [due for _offset, due, _reason in hours],
            [reason for _offset, _due, reason in hours],
            registry.name_of(Registered),
            json.dumps(registry.payload_of(told)),
            taken,
            session.pk,
        ],
    )
    row.pk, row._state.adding, row._state.db = rows[0][0], False, connection.alias
    session.registered_count = taken
    kick_on_commit()
