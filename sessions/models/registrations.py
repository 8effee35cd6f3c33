"""Seats: who is invited, holds one, waits for one, was offered one, or declined; and the rules they are given by."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerhub.people.models import ActorCategory, Affiliation, Delegation
from sessions.enums import RegistrationState, SeatEventKind


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def registered(self) -> Self:
        return self.filter(state=RegistrationState.REGISTERED)

    def open_offers(self) -> Self:
        return self.filter(state=RegistrationState.OFFERED)

    def with_hat(self) -> Self:
        return self.select_related(
            "user", "affiliation__category", "affiliation__territory", "affiliation__organisation"
        )


class Registration(models.Model):
    """One person's seat in one session; the row stays when the person withdraws. Written by
    `services.registration` alone."""

    session = models.ForeignKey("PeerSession", on_delete=models.CASCADE, related_name="registrations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registrations")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.RESTRICT, related_name="registrations")
    state = models.CharField(max_length=10, choices=RegistrationState.choices, default=RegistrationState.REGISTERED)
    registered_at = models.DateTimeField(default=timezone.now, help_text="of the last claim")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    delegation = models.ForeignKey(
        Delegation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="as of the claim"
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    chased_at = models.DateTimeField(null=True, blank=True, help_text="when the silent were last asked")
    waiting_since = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    offer_reminded_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=280, blank=True, help_text="the word of whom declines")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="who answered for the person: a delegate, a lead, an animator who was phoned",
    )
    version = models.PositiveIntegerField(default=1, help_text="+ 1 each time that the person changes their mind")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="registration_unique"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False, state=RegistrationState.WITHDRAWN)
                | Q(withdrawn_at__isnull=True) & ~Q(state=RegistrationState.WITHDRAWN),
                name="registration_withdrawn_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state=RegistrationState.OFFERED, offered_at__isnull=False, offer_ends_at__isnull=False)
                | ~Q(state=RegistrationState.OFFERED) & Q(offer_ends_at__isnull=True),
                name="registration_offer_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "session"],
                name="registration_of_user",
                condition=Q(state=RegistrationState.REGISTERED),
            ),
            models.Index(
                fields=["offer_ends_at"], name="registration_offer", condition=Q(state=RegistrationState.OFFERED)
            ),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"

    @property
    def is_registered(self) -> bool:
        return self.state == RegistrationState.REGISTERED


class GuestSeat(models.Model):
    """A seat for somebody without an account, by name; it counts as any other."""

    session = models.ForeignKey("PeerSession", on_delete=models.CASCADE, related_name="guest_seats")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    category = models.ForeignKey(ActorCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"guest seat {self.pk}"


class SeatRule(models.Model):
    """A floor (seats kept) and a ceiling (seats at most) for a part of those who come.

    The part: a category, a delegation, each delegation (`is_each_delegation`), or one category within these.
    """

    session = models.ForeignKey("PeerSession", on_delete=models.CASCADE, related_name="seat_rules")
    category = models.ForeignKey(ActorCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    is_each_delegation = models.BooleanField(default=False)
    floor = models.PositiveIntegerField(default=0)
    ceiling = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "category", "delegation", "is_each_delegation"],
                name="seat_rule_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(ceiling__gte=models.F("floor")), name="seat_rule_floor_fits"
            ),
            models.CheckConstraint(
                condition=Q(delegation__isnull=True) | Q(is_each_delegation=False), name="seat_rule_one_delegation"
            ),
        ]

    def __str__(self) -> str:
        return f"seat rule {self.pk}"


class SeatEvent(models.Model):
    """One entry of the log that the seats are computed from: read in order, it gives the same seats again.

    `facts` hold what was decided upon and why, in ids and numbers alone. Append-only (a trigger refuses the rest).
    """

    session = models.ForeignKey(
        "PeerSession", on_delete=models.DO_NOTHING, db_constraint=False, related_name="seat_events"
    )
    number = models.PositiveIntegerField(help_text="1, 2, 3... within the session")
    kind = models.CharField(max_length=16, choices=SeatEventKind.choices)
    holder = models.CharField(max_length=24, blank=True, help_text="u12: a person, g3: a guest; empty: the session")
    facts = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="seat_event_number")]

    def __str__(self) -> str:
        return f"seat event {self.session_id}.{self.number}"
