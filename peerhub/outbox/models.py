from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OutboxEventQuerySet(models.QuerySet["OutboxEvent"]):
    def waiting(self) -> "OutboxEventQuerySet":
        """Neither handled nor set aside."""
        return self.filter(done_at__isnull=True, parked_at__isnull=True)

    def due(self) -> "OutboxEventQuerySet":
        """Waiting, at or past its time, and under nobody's lease. The clock is the database's, for all workers."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        return self.waiting().filter(free, available_at__lte=Now())

    def parked(self) -> "OutboxEventQuerySet":
        return self.filter(parked_at__isnull=False)

    def done_before(self, age: timedelta) -> "OutboxEventQuerySet":
        return self.filter(done_at__lt=Now() - age)


class OutboxEvent(models.Model):
    """One event on its way to its handlers. It holds ids only, so it may outlive what it speaks of."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    # The exception's class, never its message: a message may quote what was said in confidence.
    last_error = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = OutboxEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbox_done_or_parked", condition=Q(done_at__isnull=True) | Q(parked_at__isnull=True)
            ),
            models.CheckConstraint(
                name="outbox_lease_whole",
                condition=Q(lease_until__isnull=True, lease_token__isnull=True)
                | Q(lease_until__isnull=False, lease_token__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "available_at",
                "id",
                name="outbox_waiting",
                condition=Q(done_at__isnull=True, parked_at__isnull=True),
            ),
            models.Index("parked_at", name="outbox_parked", condition=Q(parked_at__isnull=False)),
            models.Index("done_at", name="outbox_done", condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
