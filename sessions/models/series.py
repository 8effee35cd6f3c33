"""Series: one rule in local time, and the sessions that it made."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from peerhub.people.models import Circle, Network, User, circle_q


class SessionSeriesQuerySet(models.QuerySet["SessionSeries"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))


class SessionSeries(models.Model):
    """Sessions repeated by a rule. Each keeps its own `PeerSession`, its own seats and its own identifier.

    A session whose `occurs_at` is null stands outside of the rule: it stayed when the rule changed. One whose circle is
    another one is seen, and shown in calendars, by itself.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="series")
    circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="series")
    rule = models.CharField(max_length=200, help_text="RRULE of RFC 5545, COUNT or UNTIL included; UNTIL is local")
    starts_at = models.DateTimeField(help_text="first occurrence; repeated at the same local hour of `time_zone`")
    minutes = models.PositiveIntegerField(help_text="how long each lasts")
    time_zone = models.CharField(max_length=64, help_text="IANA name")
    continues = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="continued_by",
        editable=False,
        help_text="the one that it was parted from: its dates come before",
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="RFC 5545: + 1 when the rule changes")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SessionSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="series_lasts")]

    def __str__(self) -> str:
        return f"series {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:series", args=[self.pk])
