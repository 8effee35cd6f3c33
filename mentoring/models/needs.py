"""Needs: what someone looks for, who could help, and whose task it is when nobody answers."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import NeedAudience, NeedClosing, NeedKind, NeedState, SuggestionState
from mentoring.models.competences import Competence
from peerhub.people.models import Affiliation, Circle, Network, Territory, User, circle_q


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the person's circles; a draft has no circle, and is its author's alone."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(circle_q(user) | Q(author_id=user.pk, circle__isnull=True))

    def open(self) -> Self:
        return self.filter(state=NeedState.OPEN)


class Need(models.Model):
    """What a person looks for. A draft has no circle yet; opened, it is shown to the circle of its audience.

    With the audience `ASKED`, the circle is a confidential list: the author, and each person as they are asked.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="needs", db_index=False)
    circle = models.ForeignKey(Circle, null=True, blank=True, on_delete=models.RESTRICT, related_name="needs")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="needs")
    author_affiliation = models.ForeignKey(
        Affiliation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(_("nature"), max_length=10, choices=NeedKind.choices, default=NeedKind.ADVICE)
    title = models.CharField(_("en une phrase"), max_length=160, blank=True)
    details = models.TextField(_("précisions"), max_length=4000, blank=True, help_text="plain text")
    competence = models.ForeignKey(
        Competence, null=True, blank=True, on_delete=models.PROTECT, related_name="needs", verbose_name=_("compétence")
    )
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("territoire")
    )
    wanted_by = models.DateField(_("pour le"), null=True, blank=True)
    audience = models.CharField(max_length=10, choices=NeedAudience.choices, default=NeedAudience.ASKED)
    goes_on = models.BooleanField(
        _("passer de soi-même à la personne suivante"), default=True, help_text="when a solicitation lapses"
    )
    state = models.CharField(max_length=10, choices=NeedState.choices, default=NeedState.DRAFT)
    closing = models.CharField(max_length=10, choices=NeedClosing.choices, blank=True)
    wanted_peer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="whom its author meant to ask first, from that person's page",
    )
    token = models.UUIDField(unique=True, editable=False)
    suggested_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="when peers were last sought")
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="when somebody first accepted")
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=NeedState.DRAFT, circle__isnull=True, opened_at__isnull=True)
                | ~Q(state=NeedState.DRAFT) & Q(circle__isnull=False, opened_at__isnull=False),
                name="need_open_to_a_circle",
            ),
            models.CheckConstraint(condition=Q(state=NeedState.DRAFT) | ~Q(title=""), name="need_says_what"),
            models.CheckConstraint(
                condition=Q(state=NeedState.CLOSED, closed_at__isnull=False) & ~Q(closing="")
                | ~Q(state=NeedState.CLOSED) & Q(closed_at__isnull=True, closing=""),
                name="need_closed_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(state=NeedState.ANSWERED) | Q(answered_at__isnull=False), name="need_answered_once"
            ),
        ]
        indexes = [
            models.Index(fields=["network", "opened_at"], condition=Q(state=NeedState.OPEN), name="need_open"),
        ]

    def __str__(self) -> str:
        return f"need {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mentoring:need", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == NeedState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == NeedState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == NeedState.CLOSED


class NeedSuggestion(models.Model):
    """A peer proposed for a need, to its author alone. `reasons` are codes with their parameters: a template makes the
    sentences, in the reader's language. The rows of the last weeks also say who is proposed too often."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="suggestions")
    peer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField(help_text="1 the first")
    score = models.PositiveSmallIntegerField(help_text="of 1000, as matching.score makes it")
    reasons = models.JSONField(default=list, help_text='[{"code": "...", ...}], the strongest first')
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.PROPOSED)
    suggested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "peer"], name="need_suggestion_once"),
            models.CheckConstraint(condition=Q(rank__gte=1, score__lte=1000), name="need_suggestion_ranked"),
        ]
        indexes = [models.Index(fields=["peer", "suggested_at"], name="need_suggestion_of_peer")]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"


class NeedTask(models.Model):
    """An open need that nobody accepted: the task of the animators, who see its age and state, never its words.

    Who writes to its author does so in one confidential circle (`circle`, `topic`), in which an animator who takes over
    goes on: it has no more people than its author and the animators who wrote.
    """

    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="task")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="need_tasks", db_index=False)
    step_days = models.PositiveSmallIntegerField(default=3, help_text="3, 9, then 21: which alert comes next or is on")
    due_at = models.DateTimeField(help_text="when the alert of `step_days` rings")
    rung_at = models.DateTimeField(null=True, blank=True, help_text="the last alert")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    circle = models.ForeignKey(Circle, null=True, blank=True, on_delete=models.RESTRICT, related_name="need_tasks")
    topic = models.ForeignKey("forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the animator who began, or took over, last",
    )
    written_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(step_days__in=[3, 9, 21]), name="need_task_steps"),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | Q(taken_at__isnull=False), name="need_task_taken_when"
            ),
            models.CheckConstraint(
                condition=Q(circle__isnull=True, topic__isnull=True, written_at__isnull=True)
                | Q(circle__isnull=False, written_at__isnull=False),
                name="need_task_written_where",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="need_task_due"),
            models.Index(fields=["network", "rung_at"], condition=Q(done_at__isnull=True), name="need_task_on"),
        ]

    def __str__(self) -> str:
        return f"task of need {self.need_id}"
