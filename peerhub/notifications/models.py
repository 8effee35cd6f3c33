"""What people are told, how it reaches them, and how they want it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from peerhub.notifications.enums import Channel, DeliveryState, Frequency


class NotificationQuerySet(models.QuerySet["Notification"]):
    def listed(self) -> Self:
        """Those that the person wants to see on the platform."""
        return self.filter(in_app=True)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """Something happened that concerns a person. Ids only: the sentence is written when it is shown.

    `key` makes it once only: a handler that runs twice notifies once. `streak` names what is talked about
    (`topic.12`): reading that reads the notification, and one unread mail about it is enough.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    streak = models.CharField(max_length=60, blank=True, default="")
    target_id = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    network = models.ForeignKey("people.Network", null=True, on_delete=models.CASCADE, related_name="+")
    in_app = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_list"),
            models.Index(
                fields=["recipient", "streak"],
                name="notification_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(fields=["key"], name="notification_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
        """Pending, at or past its time, under nobody's lease; the clock is the database's."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        return self.filter(free, state=DeliveryState.PENDING, due_at__lte=Now())


class Delivery(models.Model):
    """One notification on its way through one channel that leaves the platform."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    frequency = models.CharField(max_length=10, choices=Frequency.choices)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, default=None)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_reason = models.CharField(max_length=20, blank=True, default="")
    last_error = models.CharField(max_length=200, blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="delivery_skipped_has_reason", condition=~Q(state="skipped") | ~Q(skipped_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.notification_id}"


class Preference(models.Model):
    """How a person wants one kind through one channel; without a row, the kind's own default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    frequency = models.CharField(max_length=10, choices=Frequency.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_unique")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {self.frequency}"
