"""Sending what is due: claimed under a lease, judged again, sent, and marked on its own row.

A process killed between SMTP's "accepted" and COMMIT leaves one mail in doubt; it is sent again after the lease,
under the same Message-ID. Nothing else can double, and nothing can be lost.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone, translation

from peerhub.notifications import kinds
from peerhub.notifications.channels.email import digest_message, single_message
from peerhub.notifications.enums import Channel, DeliveryState, Frequency, SkipReason
from peerhub.notifications.models import Delivery, Notification
from peerhub.notifications.queries import Line
from peerhub.people.models import User

logger = logging.getLogger(__name__)

BATCH_SIZE = 100
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 6
RETRY_SECONDS = 60  # doubled at each attempt


class Mailer(Protocol):
    def open(self) -> bool | None: ...

    def close(self) -> None: ...

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int | None: ...


def deliver_due(limit: int = 500) -> int:
    """Send what is due, up to `limit` deliveries; returns how many were claimed. One SMTP connection serves a batch."""
    claimed = 0
    mailer = get_connection()
    try:
        while claimed < limit and (batch := _claim(min(BATCH_SIZE, limit - claimed))):
            claimed += len(batch)
            for group in _groups(batch):
                _deliver(group, mailer)
            mailer.close()  # many servers take a hundred messages from one connection, no more
    finally:
        mailer.close()
    return claimed


def _claim(size: int) -> list[Delivery]:
    token = uuid.uuid4()
    with transaction.atomic():
        due = Delivery.objects.due().order_by("due_at", "pk").select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:size])
        Delivery.objects.filter(pk__in=ids).update(
            lease_until=Now() + LEASE, lease_token=token, attempts=F("attempts") + 1
        )
    claimed = Delivery.objects.filter(lease_token=token, pk__in=ids)
    return list(claimed.select_related("notification__recipient", "notification__network", "notification__actor"))


def _groups(batch: list[Delivery]) -> Iterator[list[Delivery]]:
    """Each immediate delivery alone; what waits for a digest, one group for each recipient."""
    digests: defaultdict[int, list[Delivery]] = defaultdict(list)
    for delivery in batch:
        if delivery.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
            digests[delivery.notification.recipient_id].append(delivery)
        else:
            yield [delivery]
    yield from digests.values()


def _deliver(group: list[Delivery], mailer: Mailer) -> None:
    user = group[0].notification.recipient
    try:
        ready = [(delivery, line) for delivery in group if (line := _judge(user, delivery))]
        if not ready:
            return
        first, line = ready[0]
        if first.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
            newest_first = sorted((one for _delivery, one in ready), key=lambda one: -one.notification.pk)
            message = digest_message(user, newest_first, first.pk)
        else:
            message = single_message(user, line, first.pk)
        mailer.open()  # no-op when it is: a connection that `send_messages` has to open serves one message only
        mailer.send_messages([message])
        for delivery, _line in ready:
            _finish(delivery, DeliveryState.SENT)
    except Exception as error:
        for delivery in group:
            _postpone(delivery, error)
        mailer.close()


def _judge(user: User, delivery: Delivery) -> Line | None:
    """Read the world again: the line to send, or None after writing why not."""
    notification = delivery.notification
    kind = kinds.find(notification.kind)
    reason = None
    if not user.is_active:
        reason = SkipReason.INACTIVE
    elif kind is None:
        reason = SkipReason.GONE
    elif notification.read_at and kind.is_skipped_when_read:
        reason = SkipReason.READ
    elif kind.is_skipped_when_read and _has_unread_mail(notification):
        reason = SkipReason.STREAK
    else:
        # What is read is put into words as well: the recipient's, not the worker's.
        with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
            subject = kind.load(user, [notification]).get(notification.pk)
        if subject is not None:
            return Line(kind, notification, subject)
        reason = SkipReason.GONE
    _finish(delivery, DeliveryState.SKIPPED, reason)
    return None


def _has_unread_mail(notification: Notification) -> bool:
    """Whether an earlier mail about the same thing is still unread: one mail for each unread streak."""
    if not notification.streak:
        return False
    return (
        Delivery.objects.filter(
            notification__recipient=notification.recipient_id,
            notification__streak=notification.streak,
            notification__kind=notification.kind,
            notification__read_at__isnull=True,
            channel=Channel.EMAIL,
            state=DeliveryState.SENT,
        )
        .exclude(notification=notification.pk)
        .exists()
    )


def _finish(delivery: Delivery, state: DeliveryState, reason: str = "") -> None:
    """Mark the row, if its lease is still ours."""
    sent_at = timezone.now() if state == DeliveryState.SENT else None
    # Written out: it stands in the way of each mail, and building it costs more than running it.
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, (state.value, reason, sent_at, delivery.pk, delivery.lease_token))


_FINISH = f"""
UPDATE {Delivery._meta.db_table}
SET state = %s, skipped_reason = %s, sent_at = %s, lease_until = NULL, lease_token = NULL
WHERE id = %s AND lease_token = %s AND state = '{DeliveryState.PENDING.value}'
"""  # noqa: S608 - constants of ours


def _postpone(delivery: Delivery, error: Exception) -> None:
    """Try again later, longer each time; in the end give up, loudly. The message of the error is never kept."""
    has_failed = delivery.attempts >= MAX_ATTEMPTS
    Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token, state=DeliveryState.PENDING).update(
        state=DeliveryState.FAILED if has_failed else DeliveryState.PENDING,
        due_at=Now() + timedelta(seconds=RETRY_SECONDS * 2 ** (delivery.attempts - 1)),
        last_error=type(error).__name__,
        lease_until=None,
        lease_token=None,
    )
    log = logger.error if has_failed else logger.warning
    log("delivery.failed", extra={"delivery_id": delivery.pk, "error": type(error).__name__})
