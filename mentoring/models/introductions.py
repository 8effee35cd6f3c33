"""Introductions: a monthly meeting of two or three people of different territories."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import IntroductionState
from peerhub.people.models import Circle, Network, User, circle_q


class IntroductionOptIn(models.Model):
    """Who wishes to be introduced in a network; taking it back takes effect from the next round."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="introduction_opt_ins", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="introduction_opt_ins")
    size = models.PositiveSmallIntegerField(default=2, help_text="people of a meeting, oneself included")
    since = models.DateTimeField(default=timezone.now)
    skips_until = models.DateField(null=True, blank=True, help_text="no round before it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "user"], name="introduction_opt_in_once"),
            models.CheckConstraint(condition=Q(size__in=[2, 3]), name="introduction_of_two_or_three"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in network {self.network_id}"


class FreeSlot(models.Model):
    """When a person is usually free, each week, in local hours of their own time zone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="free_slots")
    weekday = models.PositiveSmallIntegerField(help_text="0 Monday … 6 Sunday")
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["user", "weekday", "starts"], name="free_slot_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="free_slot_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="free_slot_ends_after"),
        ]

    def __str__(self) -> str:
        return f"free slot {self.pk}"


class IntroductionRound(models.Model):
    """One month of a network: made once, whoever runs it and however often."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="introduction_rounds", db_index=False)
    month = models.DateField(help_text="its first day")
    seed = models.BigIntegerField(help_text="of the drawing: the same seed makes the same meetings")
    drawn_at = models.DateTimeField(null=True, blank=True)
    left_out = models.PositiveIntegerField(default=0, help_text="for whom nobody was found")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "month"], name="introduction_round_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="introduction_round_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"round {self.pk}"


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user)) if user.is_authenticated else self.none()


class Introduction(models.Model):
    """A meeting of two or three, with a confidential circle and a conversation of their own."""

    round = models.ForeignKey(IntroductionRound, on_delete=models.CASCADE, related_name="introductions")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    circle = models.OneToOneField(Circle, on_delete=models.RESTRICT, related_name="introduction")
    topic = models.ForeignKey("forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    session = models.ForeignKey(
        "peer_sessions.PeerSession", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True, help_text="the first instant at which all are free")
    state = models.CharField(max_length=10, choices=IntroductionState.choices, default=IntroductionState.PROPOSED)
    created_at = models.DateTimeField(default=timezone.now)

    objects = IntroductionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"introduction {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mentoring:introduction", args=[self.pk])


class Introduced(models.Model):
    """A person of an introduction, and what they answered."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="introductions")
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "introduced"
        constraints = [
            models.UniqueConstraint(fields=["introduction", "user"], name="introduced_once"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(declined_at__isnull=True), name="introduced_one_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in introduction {self.introduction_id}"


class IntroducedPair(models.Model):
    """Two people of a network meet by introduction once: the smaller key first."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+", db_index=False)
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="pairs")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "first", "second"], name="introduced_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="introduced_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"pair {self.pk}"
