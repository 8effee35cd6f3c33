"""Notifying people, reading notifications, and how each person wants them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from peerhub.live.publish import publish_data_on_commit
from peerhub.notifications import kinds
from peerhub.notifications.enums import Channel, DeliveryState, Frequency, SkipReason
from peerhub.notifications.models import Delivery, Notification, Preference
from peerhub.notifications.writing import Wish, addressees, write_notifications
from peerhub.people.models import User

DIGEST_TIME = time(7, 30)  # in the recipient's own zone
_NO_MAIL = (Channel.EMAIL, Frequency.NEVER)


@transaction.atomic(savepoint=False)
def notify(
    *,
    kind: str,
    recipients: Iterable[int],
    target_id: int,
    dedupe_key: str,
    actor_id: int | None = None,
    network_id: int | None = None,
    streak: str = "",
) -> int:
    """Tell these people (user ids), once for each `dedupe_key` however often it is called; returns how many are new.

    The actor is never told of the own act. Whether a recipient may still see the target is judged again when the
    notification is shown or sent, by the kind's `load`.
    """
    definition = kinds.get(kind)
    people = set(recipients) - {actor_id}
    told = addressees(kind, dedupe_key, people) if people else []
    if not told:
        return 0
    now, default = timezone.now(), definition.usual_wish
    wishes = []
    for person in told:
        email = Frequency(person.email or default[Channel.EMAIL])
        in_app = (person.in_app or default[Channel.IN_APP]) != Frequency.NEVER
        wishes.append(Wish(person.pk, in_app, email.value, digest_due_at(email, person.time_zone, now)))
    unread = write_notifications(
        wishes,
        kind=kind,
        key=dedupe_key,
        streak=streak,
        target_id=target_id,
        actor_id=actor_id,
        network_id=network_id,
        now=now,
    )
    _publish_unread(unread)
    return len(unread)


def publish_counts(user_ids: Iterable[int]) -> None:
    """Show each of these people, on every open page, how many notifications are unread."""
    ids = set(user_ids)
    unread = Notification.objects.listed().unread().filter(recipient__in=ids).order_by()
    counts = dict(unread.values_list("recipient").annotate(n=Count("pk")))
    _publish_unread({pk: counts.get(pk, 0) for pk in ids})


def _publish_unread(counts: Mapping[int, int]) -> None:
    publish_data_on_commit("notification.count", {f"user.{pk}": {"unread": count} for pk, count in counts.items()})


@transaction.atomic
def mark_read(*, user: User, ids: Iterable[int] | None = None, streak: str | None = None) -> int:
    """Read these notifications, or all about one thing, or all; pending mails about them are not sent any more."""
    unread = Notification.objects.unread().filter(recipient=user)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    if streak is not None:
        unread = unread.filter(streak=streak)
    read = list(unread.values_list("pk", "kind"))
    if not read:
        return 0
    Notification.objects.filter(pk__in=[pk for pk, _kind in read]).update(read_at=timezone.now())
    moot = [pk for pk, key in read if (kind := kinds.find(key)) is None or kind.is_skipped_when_read]
    Delivery.objects.filter(notification__in=moot, state=DeliveryState.PENDING, lease_until__isnull=True).update(
        state=DeliveryState.SKIPPED, skipped_reason=SkipReason.READ
    )
    publish_counts([user.pk])
    return len(read)


@transaction.atomic
def set_preferences(*, user: User, wishes: Mapping[tuple[str, Channel], Frequency]) -> None:
    """Write how the person wants each (kind, channel); mails that wait for a digest and are not wanted any more are
    not sent. Unknown kinds raise KeyError."""
    Preference.objects.bulk_create(
        [
            Preference(user=user, kind=kinds.get(key).key, channel=channel, frequency=frequency)
            for (key, channel), frequency in wishes.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["frequency"],
    )
    silenced = [key for (key, channel), frequency in wishes.items() if (channel, frequency) == _NO_MAIL]
    Delivery.objects.filter(
        notification__recipient=user,
        notification__kind__in=silenced,
        channel=Channel.EMAIL,
        state=DeliveryState.PENDING,
        lease_until__isnull=True,
    ).update(state=DeliveryState.SKIPPED, skipped_reason=SkipReason.NEVER)


def digest_due_at(frequency: Frequency, zone: str, now: datetime) -> datetime:
    """When a mail of this frequency is due: now, or the next (Monday) morning in the recipient's zone."""
    if frequency in {Frequency.NOW, Frequency.NEVER}:
        return now
    local = now.astimezone(ZoneInfo(zone))
    days = 0 if local.time() < DIGEST_TIME else 1
    if frequency == Frequency.WEEKLY:
        days += (7 - (local + timedelta(days=days)).weekday()) % 7
    # A wall-clock time: built from the date, so that a change of hour in between does not shift it.
    return datetime.combine(local.date() + timedelta(days=days), DIGEST_TIME, tzinfo=local.tzinfo)
