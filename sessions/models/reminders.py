"""Reminders that are due, and personal calendar feeds."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.enums import SkippedReason
from sessions.models.peer_sessions import PeerSession


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def pending(self) -> Self:
        """Neither sent nor set aside."""
        return self.filter(sent_at__isnull=True, skipped_reason="")

    def due(self, now: datetime) -> Self:
        """Pending, at or past its hour, and under nobody's lease."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.pending().filter(free, due_at__lte=now)


class Reminder(models.Model):
    """One mail that is due at its hour. One row for a session, a person and an offset, whatever moves: it is armed
    again when its hour comes to lie ahead."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    offset_minutes = models.PositiveIntegerField(help_text="whole days: at the same local hour; else minutes")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    skipped_reason = models.CharField(max_length=12, blank=True, choices=SkippedReason.choices)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user", "offset_minutes"], name="reminder_unique"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(skipped_reason=""), name="reminder_sent_or_skipped"
            ),
            models.CheckConstraint(
                condition=Q(lease_until__isnull=True, lease_token__isnull=True)
                | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="reminder_lease_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="reminder_pending",
                condition=Q(sent_at__isnull=True, skipped_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"


class CalendarFeed(models.Model):
    """A person's secret address for calendar programs.

    The address is derived from `nonce` and the server's secret key, so that its owner can read it again and a stolen
    database cannot; `token_hash` (SHA-256) is what a request is found by. A new nonce is a new address.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    nonce = models.UUIDField(default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"feed {self.pk}"
