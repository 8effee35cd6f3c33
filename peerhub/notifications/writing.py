"""The two statements of `notify`, written out: each event that people follow passes here, and the same by the ORM took
eight round trips and most of a worker's time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from peerhub.notifications.enums import Channel, DeliveryState, Frequency
from peerhub.people.prepared import rows_planned_once


class Addressee(NamedTuple):
    """Someone active who was not told yet under the key; the wishes are None where nothing was chosen."""

    pk: int
    time_zone: str
    in_app: str | None
    email: str | None


class Wish(NamedTuple):
    """How one person is told; `due_at` is of the mail, and `email` may be never."""

    pk: int
    in_app: bool
    email: str
    due_at: datetime


_ADDRESSEES = f"""
SELECT person.id, person.time_zone, page.frequency, mail.frequency FROM people_user person
LEFT JOIN notifications_preference page
  ON page.user_id = person.id AND page.kind = %(kind)s AND page.channel = '{Channel.IN_APP.value}'
LEFT JOIN notifications_preference mail
  ON mail.user_id = person.id AND mail.kind = %(kind)s AND mail.channel = '{Channel.EMAIL.value}'
WHERE person.id = ANY(%(people)s::bigint[]) AND person.is_active AND NOT EXISTS (
  SELECT FROM notifications_notification told WHERE told.recipient_id = person.id AND told.key = %(key)s)
ORDER BY person.id
"""  # noqa: S608 - constants of ours
# A statement sees the table as it was before: what it has just written is added to the count.
_WRITE = f"""
WITH wish AS (
  SELECT * FROM unnest(%(people)s::bigint[], %(in_app)s::bool[], %(email)s::text[], %(due)s::timestamptz[])
    AS wish (person, in_app, email, due_at)),
fresh AS (
  INSERT INTO notifications_notification
    (recipient_id, kind, key, streak, target_id, actor_id, network_id, in_app, created_at)
  SELECT person, %(kind)s, %(key)s, %(streak)s, %(target)s::bigint, %(actor)s::bigint, %(network)s::bigint, in_app,
    %(now)s::timestamptz FROM wish
  ON CONFLICT (recipient_id, key) DO NOTHING RETURNING id, recipient_id, in_app),
mails AS (
  INSERT INTO notifications_delivery
    (notification_id, channel, frequency, state, due_at, attempts, skipped_reason, last_error)
  SELECT fresh.id, '{Channel.EMAIL.value}', wish.email, '{DeliveryState.PENDING.value}', wish.due_at, 0, '', ''
  FROM fresh JOIN wish ON wish.person = fresh.recipient_id WHERE wish.email <> '{Frequency.NEVER.value}')
SELECT fresh.recipient_id, fresh.in_app::int + (
  SELECT count(*) FROM notifications_notification told
  WHERE told.recipient_id = fresh.recipient_id AND told.in_app AND told.read_at IS NULL)
FROM fresh
"""  # noqa: S608 - constants of ours


def addressees(kind: str, key: str, people: Iterable[int]) -> list[Addressee]:
    """Of these people, who is to be told, in the order in which rows are written: two who tell never wait crosswise."""
    rows = rows_planned_once(_ADDRESSEES, {"kind": kind, "key": key, "people": list(people)})
    return [Addressee._make(row) for row in rows]


def write_notifications(
    wishes: Sequence[Wish],
    *,
    kind: str,
    key: str,
    streak: str,
    target_id: int,
    actor_id: int | None,
    network_id: int | None,
    now: datetime,
) -> dict[int, int]:
    """The rows and their mails; who is new (the others were told meanwhile), with the number that is unread now."""
    rows = rows_planned_once(
        _WRITE,
        {
            "people": [wish.pk for wish in wishes],
            "in_app": [wish.in_app for wish in wishes],
            "email": [wish.email for wish in wishes],
            "due": [wish.due_at for wish in wishes],
            "kind": kind,
            "key": key,
            "streak": streak,
            "target": target_id,
            "actor": actor_id,
            "network": network_id,
            "now": now,
        },
    )
    return dict(rows)
