"""Series: sessions that come again by a rule."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from peerhub.people.models import Network


class Series(models.Model):
    """A rule (RFC 5545 RRULE, without its start) in local time; its occurrences are sessions of their own."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="series")
    rrule = models.CharField(max_length=300, help_text="FREQ=WEEKLY;COUNT=6: expanded on local clocks")
    starts_local = models.DateTimeField(help_text="of the first; the local clock, written as if it were UTC")
    duration_minutes = models.PositiveIntegerField()
    time_zone = models.CharField(max_length=64, help_text="IANA name")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"series {self.pk}"
