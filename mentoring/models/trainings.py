"""Peer training: a path of sessions and resources that a member offers to others."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import PlaceState, StepKind, TrainingState
from mentoring.models.competences import Competence
from peerhub.people.models import Circle, Network, User, circle_q


class TrainingQuerySet(models.QuerySet["Training"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those offered to the person's circles, and one's own drafts."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(circle_q(user) & ~Q(state=TrainingState.DRAFT) | Q(trainer_id=user.pk))


class Training(models.Model):
    """What a member teaches others, in steps. `members_circle` are those who hold a place: its steps are theirs."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="trainings")
    circle = models.ForeignKey(
        Circle, on_delete=models.RESTRICT, related_name="trainings", help_text="to whom it is offered"
    )
    members_circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="+", help_text="who follows it")
    trainer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trainings")
    competence = models.ForeignKey(
        Competence, null=True, blank=True, on_delete=models.SET_NULL, related_name="trainings"
    )
    requires: models.ManyToManyField[Competence, models.Model] = models.ManyToManyField(
        Competence, blank=True, related_name="+", verbose_name=_("prérequis")
    )
    title = models.CharField(_("titre"), max_length=160)
    description = models.TextField(_("présentation"), max_length=20_000, blank=True, help_text="Markdown")
    description_html = models.TextField(blank=True, editable=False)
    render_version = models.PositiveSmallIntegerField(default=0, editable=False)
    prerequisites = models.CharField(_("ce qu’il faut savoir avant"), max_length=500, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"), default=8)
    taken_count = models.PositiveSmallIntegerField(default=0, editable=False)
    certified_from = models.PositiveSmallIntegerField(
        default=80, help_text="percent of its steps that a certificate takes"
    )
    state = models.CharField(max_length=10, choices=TrainingState.choices, default=TrainingState.DRAFT)
    token = models.UUIDField(null=True, unique=True, editable=False, help_text="of the form that wrote it first")
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1, taken_count__lte=F("capacity")), name="training_not_over_full"
            ),
            models.CheckConstraint(condition=Q(certified_from__range=(1, 100)), name="training_certified_percent"),
            models.CheckConstraint(
                condition=Q(state=TrainingState.DRAFT) | Q(opened_at__isnull=False), name="training_opened_when"
            ),
        ]
        indexes = [models.Index(fields=["network", "state"], name="training_of_network")]

    def __str__(self) -> str:
        return f"training {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mentoring:training", args=[self.pk])

    @property
    def free_count(self) -> int:
        return self.capacity - self.taken_count

    @property
    def is_full(self) -> bool:
        return self.taken_count >= self.capacity


class TrainingStep(models.Model):
    """A session, a discussion to read, or a page elsewhere; in their order."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    title = models.CharField(_("titre"), max_length=160)
    minutes = models.PositiveSmallIntegerField(default=0, help_text="that it takes")
    session = models.ForeignKey(
        "peer_sessions.PeerSession", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    topic = models.ForeignKey("forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "position"], name="training_step_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(kind=StepKind.LINK) | ~Q(url=""), name="training_step_leads_somewhere"),
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"


class TrainingPlace(models.Model):
    """A place held or waited for, in the order of `claimed_at`."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="place_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="training_places")
    state = models.CharField(max_length=10, choices=PlaceState.choices, default=PlaceState.HELD)
    claimed_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    certificate = models.UUIDField(null=True, unique=True, help_text="its number, once it was earned")
    certified_at = models.DateTimeField(null=True, blank=True)
    certified = models.JSONField(
        null=True, blank=True, editable=False, help_text="what the certificate says (`mentoring.certified`)"
    )
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="its number then says that it was taken back")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["training", "user"], name="training_place_once"),
            models.CheckConstraint(
                condition=Q(certificate__isnull=True, certified_at__isnull=True, certified__isnull=True)
                | Q(certificate__isnull=False, certified_at__isnull=False, certified__isnull=False),
                name="training_certificate_dated",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(certificate__isnull=False), name="training_revoked_certificate"
            ),
            models.CheckConstraint(
                condition=Q(state=PlaceState.LEFT, left_at__isnull=False)
                | ~Q(state=PlaceState.LEFT) & Q(left_at__isnull=True),
                name="training_place_left_when",
            ),
        ]

    def __str__(self) -> str:
        return f"place {self.pk}"


class TrainingAttendance(models.Model):
    """That a person followed a step: said by the trainer for a session, by oneself for a resource."""

    step = models.ForeignKey(TrainingStep, on_delete=models.CASCADE, related_name="attendance")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "user"], name="training_attendance_once")]

    def __str__(self) -> str:
        return f"attendance {self.pk}"
