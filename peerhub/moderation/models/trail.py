"""The trail: who did what, to what, about whom and why. A trigger of the database refuses to change or delete a row."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerhub.people.models import Circle, Membership, Network, User, circle_q


def mark_of(model: type[models.Model]) -> models.ForeignKey[models.Model | None, models.Model | None]:
    """A reference that outlives what it points to: nothing cascades into the trail, nothing is held back by it."""
    return models.ForeignKey(
        model, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )


class TrailQuerySet(models.QuerySet["TrailEntry"]):
    def readable_by(self, animator: Membership, user: User) -> Self:
        """What an animator reads of the network: acts in circles open to the person, none about the person that the
        person was not told of."""
        open_to_them = Q(circle__isnull=True) | circle_q(user)
        return self.filter(open_to_them, network=animator.network_id).exclude(about=user.pk, is_told=False)

    def concerning(self, user: User) -> Self:
        """What the person did, and what was done about the person."""
        return self.filter(Q(actor=user.pk) | Q(about=user.pk, is_told=True))


class TrailEntry(models.Model):
    """One act, written once. Without an actor, the platform did it. `is_told`: whom it is about may read it."""

    network = mark_of(Network)
    circle = mark_of(Circle)
    actor = mark_of(User)
    about = mark_of(User)
    verb = models.CharField(max_length=60)
    target_key = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    is_told = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TrailQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "trail entries"
        indexes = [
            models.Index(fields=["network", "-id"], name="trail_of_network"),
            models.Index(fields=["about", "-id"], name="trail_about", condition=Q(about__isnull=False)),
            models.Index(fields=["actor", "-id"], name="trail_of_actor", condition=Q(actor__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"
