"""Reminders: planned with the session, delivered at their hour, once.

A row is armed, moved or set aside in the transaction that changes the session or the registration, so that there is
never a plan that nobody made. `deliver_due` claims what is due under a lease, reads the world again, and in one
transaction writes the notification and `sent_at`: a worker killed at any moment leaves either both or neither. The
mail itself is the notification's `Delivery`, under a key that only this session, person, offset and hour can have.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from peerhub.notifications.services import notify
from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, User
from sessions.enums import SkippedReason
from sessions.local_time import days_before
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.holding import hold_session

DAY_BEFORE = 1440
HOUR_BEFORE = 60
WEEK_BEFORE = 7 * DAY_BEFORE
OFFSETS = (WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE)

KIND = "sessions.reminder"
BATCH_SIZE = 200
LEASE = timedelta(seconds=60)


def due_at(session: PeerSession, offset_minutes: int) -> datetime:
    """When the reminder is due: whole days are days before at the same local hour; the others are minutes."""
    days, rest = divmod(offset_minutes, DAY_BEFORE)
    if days and not rest:
        return days_before(session.starts_at, session.time_zone, days)
    return session.starts_at - timedelta(minutes=offset_minutes)


def plan_reminders(*, session: PeerSession, user_ids: Iterable[int] | None = None, are_new: bool = False) -> None:
    """Arm the reminders of these people (by default, all who are registered) for the session as it stands.

    What is due in the past is not sent late as if it were on time: it is set aside, unless it was sent already. What
    was sent for an hour that has moved ahead is armed again. `are_new` promises that these people have no rows yet.
    Must run in the transaction of the change.
    """
    ids = list(user_ids if user_ids is not None else _registered_ids(session))
    now = timezone.now()
    planned = [
        Reminder(session=session, user_id=user_id, offset_minutes=offset, due_at=due, skipped_reason=reason)
        for offset, due, reason in planned_hours(session, now)
        for user_id in ids
    ]
    Reminder.objects.bulk_create(planned, ignore_conflicts=not are_new, batch_size=2000)
    if are_new:
        return
    for offset, due in _hours(session):
        rows = Reminder.objects.filter(session=session, user_id__in=ids, offset_minutes=offset)
        fresh = {"due_at": due, "lease_until": None, "lease_token": None, "attempts": 0}
        if due > now:
            rows.exclude(sent_at__isnull=False, due_at=due).update(sent_at=None, skipped_reason="", **fresh)
        else:
            rows.filter(sent_at__isnull=True).update(skipped_reason=SkippedReason.TOO_LATE, **fresh)


def planned_hours(session: PeerSession, now: datetime) -> list[tuple[int, datetime, str]]:
    """The reminders of somebody who is new in the session: the offset, when it is due, and why it is set aside (empty:
    it is not)."""
    return [(offset, due, "" if due > now else SkippedReason.TOO_LATE.value) for offset, due in _hours(session)]


def skip_reminders(
    *,
    session: PeerSession,
    reason: SkippedReason,
    user_id: int | None = None,
    offsets: Collection[int] | None = None,
) -> int:
    """Set aside what was not sent yet, of one person or of all, of some offsets or of all; returns how many. A worker
    that holds one loses it."""
    pending = Reminder.objects.pending().filter(session=session)
    if offsets is not None:
        pending = pending.filter(offset_minutes__in=offsets)
    if user_id is not None:
        pending = pending.filter(user_id=user_id)
    return pending.update(skipped_reason=reason, lease_until=None, lease_token=None)


def deliver_due(limit: int = 1000) -> int:
    """Send, or set aside, up to `limit` due reminders; returns how many were claimed."""
    claimed = 0
    while claimed < limit and (batch := _claim(min(BATCH_SIZE, limit - claimed))):
        claimed += len(batch.reminders)
        for (session_id, offset), reminders in batch.groups().items():
            _deliver(session_id, offset, [reminder.pk for reminder in reminders], batch.token)
    return claimed


@dataclass(frozen=True)
class _Batch:
    token: uuid.UUID
    reminders: list[Reminder]

    def __bool__(self) -> bool:
        return bool(self.reminders)

    def groups(self) -> dict[tuple[int, int], list[Reminder]]:
        """By session and offset: they are judged and told together."""
        groups: defaultdict[tuple[int, int], list[Reminder]] = defaultdict(list)
        for reminder in self.reminders:
            groups[reminder.session_id, reminder.offset_minutes].append(reminder)
        return groups


def _hours(session: PeerSession) -> list[tuple[int, datetime]]:
    return [(offset, due_at(session, offset)) for offset in sorted(session.reminder_minutes, reverse=True)]


def _registered_ids(session: PeerSession) -> list[int]:
    return list(Registration.objects.registered().filter(session=session).values_list("user_id", flat=True))


def _claim(size: int) -> _Batch:
    token = uuid.uuid4()
    with transaction.atomic():
        now = timezone.now()
        due = Reminder.objects.due(now).order_by("due_at", "pk")
        reminders = list(due.select_for_update(skip_locked=True, of=("self",))[:size])
        Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders]).update(
            lease_until=now + LEASE, lease_token=token, attempts=F("attempts") + 1
        )
    return _Batch(token, reminders)


@transaction.atomic
def _deliver(session_id: int, offset: int, reminder_ids: list[int], token: uuid.UUID) -> None:
    """Judge again and tell those of one session. The session's row is held: it cannot move meanwhile."""
    session = hold_session(session_id)
    ours = list(
        Reminder.objects.pending()
        .filter(pk__in=reminder_ids, lease_token=token)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    now = timezone.now()
    to_tell: list[Reminder] = []
    refused: defaultdict[SkippedReason, list[int]] = defaultdict(list)
    reasons = _reasons(session, offset, {reminder.user_id for reminder in ours}, now)
    for reminder in ours:
        if reason := reasons.get(reminder.user_id):
            refused[reason].append(reminder.pk)
        else:
            to_tell.append(reminder)
    free = {"lease_until": None, "lease_token": None}
    for reason, ids in refused.items():
        Reminder.objects.filter(pk__in=ids).update(skipped_reason=reason, **free)
    for due, user_ids in _by_hour(to_tell).items():
        notify(
            kind=KIND,
            recipients=user_ids,
            target_id=session.pk,
            dedupe_key=f"sessions.reminder:{session.pk}:{offset}:{int(due.timestamp())}",
            network_id=session.network_id,
            streak=f"session.{session.pk}",
        )
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in to_tell]).update(sent_at=now, **free)


def _by_hour(reminders: list[Reminder]) -> dict[datetime, list[int]]:
    people: defaultdict[datetime, list[int]] = defaultdict(list)
    for reminder in reminders:
        people[reminder.due_at].append(reminder.user_id)
    return people


def _reasons(session: PeerSession, offset: int, user_ids: set[int], now: datetime) -> dict[int, SkippedReason]:
    """Why these people must not be told, for those who must not."""
    if session.is_cancelled:
        return dict.fromkeys(user_ids, SkippedReason.CANCELLED)
    if session.has_begun(now):
        return dict.fromkeys(user_ids, SkippedReason.BEGUN)
    if any(later < offset and now >= due for later, due in _hours(session)):
        # After an outage several are due: one mail says it.
        return dict.fromkeys(user_ids, SkippedReason.MERGED)
    registered = set(
        Registration.objects.registered()
        .filter(session=session, user_id__in=user_ids)
        .values_list("user_id", flat=True)
    )
    active = set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))
    inside = user_ids
    if session.circle.kind != CircleKind.PUBLIC:
        members = CircleMember.objects.filter(circle=session.circle_id, user_id__in=user_ids)
        inside = set(members.values_list("user_id", flat=True))
    reasons: dict[int, SkippedReason] = {}
    for user_id in user_ids:
        if user_id not in active:
            reasons[user_id] = SkippedReason.INACTIVE
        elif user_id not in registered:
            reasons[user_id] = SkippedReason.WITHDRAWN
        elif user_id not in inside:
            reasons[user_id] = SkippedReason.NOT_VISIBLE
    return reasons


def stuck_reminders(older_than: timedelta = timedelta(minutes=5)) -> int:
    """How many are overdue by more than that: for the health page and the operator."""
    return Reminder.objects.pending().filter(Q(due_at__lt=timezone.now() - older_than)).count()
