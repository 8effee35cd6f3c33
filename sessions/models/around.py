"""What surrounds a session: its steps, the charter, and who came."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Network
from sessions.enums import CheckInMethod
from sessions.models.peer_sessions import PeerSession
from sessions.models.registrations import GuestSeat


class AgendaStep(models.Model):
    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    title = models.CharField(_("étape"), max_length=160)
    note = models.CharField(_("consigne"), max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], name="step_position", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"


class Charter(models.Model):
    """One version of what people promise before a confidential session; a new text is a new row."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="charters")
    version = models.PositiveIntegerField()
    body = models.TextField(max_length=20_000, help_text="Markdown")
    body_html = models.TextField(editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "version"], name="charter_version")]

    def __str__(self) -> str:
        return f"charter {self.pk}"


class CharterAcceptance(models.Model):
    charter = models.ForeignKey(Charter, on_delete=models.CASCADE, related_name="acceptances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="charter_acceptances")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charter", "user"], name="charter_accepted_once")]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"


class Attendance(models.Model):
    """Whether one person, or guest, was there in one half-day of a session."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="attendances"
    )
    guest = models.ForeignKey(GuestSeat, null=True, blank=True, on_delete=models.CASCADE, related_name="attendances")
    half_day = models.PositiveSmallIntegerField(default=0, help_text="0 the first of the session, 1 the next...")
    is_present = models.BooleanField(default=True)
    method = models.CharField(max_length=6, choices=CheckInMethod.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user", "half_day"], name="attendance_of_user"),
            models.UniqueConstraint(fields=["session", "guest", "half_day"], name="attendance_of_guest"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest__isnull=True) | Q(user__isnull=True, guest__isnull=False),
                name="attendance_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"attendance {self.pk}"
