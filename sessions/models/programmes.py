"""Programmes, the delegations that follow them, their dates, and the peer days."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Circle, Delegation, Membership, Network, User, circle_q
from sessions.enums import ApprovalRule, LeaversRule, MilestoneKind


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))


class Programme(models.Model):
    """A cohort of delegations with its calendar. Its circle: the people of its delegations, and its animators."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="programmes")
    circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="programmes")
    title = models.CharField(_("titre"), max_length=160)
    description = models.TextField(_("présentation"), blank=True, max_length=20_000, help_text="Markdown")
    description_html = models.TextField(blank=True, editable=False)
    render_version = models.PositiveSmallIntegerField(default=0, editable=False)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    time_zone = models.CharField(max_length=64, default="Europe/Paris", help_text="IANA name")
    leavers_rule = models.CharField(max_length=4, choices=LeaversRule.choices, default=LeaversRule.KEEP)
    approval_rule = models.CharField(max_length=16, choices=ApprovalRule.choices, default=ApprovalRule.NO_OBJECTION)
    approval_days = models.PositiveSmallIntegerField(default=3)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="programme_ends_after")]

    def __str__(self) -> str:
        return f"programme {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:programme", args=[self.pk])


class Enrolment(models.Model):
    """A delegation in a programme, with the seats that the animator gave it and the person who leads it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="enrolments")
    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="enrolments")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="led_enrolments"
    )
    seats = models.PositiveSmallIntegerField(null=True, blank=True, help_text="people at most; null: no limit")
    enrolled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "delegation"], name="enrolment_unique")]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


# The slug of the category whose members may have somebody answer in their place.
PRINCIPALS = "elected"


class DelegateQuerySet(models.QuerySet["Delegate"]):
    def active(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def in_force(self) -> Self:
        """Active, and of somebody who is still an elected official of the network."""
        officials = Membership.objects.active().filter(
            network=OuterRef("network"), user=OuterRef("principal"), affiliation__category__slug=PRINCIPALS
        )
        return self.active().filter(Exists(officials))


class Delegate(models.Model):
    """Who may answer for an elected official of a network (secretary, chief of staff), until it is revoked."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="delegates")
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegates")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="principals")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "principal", "user"],
                condition=Q(revoked_at__isnull=True),
                name="delegate_active_unique",
            ),
            models.CheckConstraint(condition=~Q(principal=F("user")), name="delegate_is_another"),
        ]

    def __str__(self) -> str:
        return f"delegate {self.pk}"


class PeerDay(models.Model):
    """The parallel or successive sessions of one date of a programme: one per category, then an agora."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="peer_days")
    title = models.CharField(_("titre"), max_length=160)
    on = models.DateField(_("date"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    invited_at = models.DateTimeField(null=True, blank=True, help_text="when its invitations left")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "on"], name="peer_day_one_a_date")]

    def __str__(self) -> str:
        return f"peer day {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:peer-day", args=[self.pk])


class Milestone(models.Model):
    """A date of a programme that is no session: a deadline, or a day still to be planned (maybe of one delegation)."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=10, choices=MilestoneKind.choices, default=MilestoneKind.DEADLINE)
    title = models.CharField(_("titre"), max_length=160)
    note = models.CharField(_("précisions"), max_length=500, blank=True)
    on = models.DateField(_("date"))
    delegation = models.ForeignKey(Delegation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["programme", "on"], name="milestone_of_programme")]

    def __str__(self) -> str:
        return f"milestone {self.pk}"
