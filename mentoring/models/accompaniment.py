"""What a mentorship leaves: notes, check-ins, feedback, thanks."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import CheckInAnswer, CheckInStage
from mentoring.models.mentorships import Mentorship
from mentoring.models.solicitations import Solicitation
from peerhub.people.models import Circle, User, circle_q


class NoteQuerySet(models.QuerySet["MentorshipNote"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own, and those shared in the mentorships of one's circles."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(circle_q(user, "mentorship__circle")).filter(Q(is_shared=True) | Q(author_id=user.pk))


class MentorshipNote(models.Model):
    """A private note is its author's alone; a shared one is its mentorship's."""

    mentorship = models.ForeignKey(Mentorship, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False)
    body = models.TextField(_("note"), max_length=20_000, help_text="Markdown")
    body_html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(default=0, editable=False)
    token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["mentorship", "created_at"], name="mentorship_note_latest")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class CheckIn(models.Model):
    """« Comment cela se passe ? », asked of each person at one and at two thirds. It blocks nothing; who asks for help
    is put in touch with an animator, who reads that they ask, and nothing else."""

    mentorship = models.ForeignKey(Mentorship, on_delete=models.CASCADE, related_name="check_ins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10, choices=CheckInStage.choices)
    due_on = models.DateField()
    asked_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=CheckInAnswer.choices, blank=True)
    comment = models.CharField(max_length=1000, blank=True, help_text="shown to nobody but its author")
    answered_at = models.DateTimeField(null=True, blank=True)
    help_taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the animator who looks after whoever asks for help",
    )
    help_done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mentorship", "user", "stage"], name="check_in_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="check_in_answered_when",
            ),
            models.CheckConstraint(
                condition=Q(answer="help") | Q(help_taken_by__isnull=True, help_done_at__isnull=True),
                name="check_in_helped_who_asked",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(asked_at__isnull=True), name="check_in_to_ask")]

    def __str__(self) -> str:
        return f"check-in {self.pk}"


class Feedback(models.Model):
    """What one said privately of the other, at the end: nobody reads it, later suggestions take it into account."""

    mentorship = models.ForeignKey(Mentorship, null=True, blank=True, on_delete=models.CASCADE, related_name="feedback")
    solicitation = models.ForeignKey(
        Solicitation, null=True, blank=True, on_delete=models.CASCADE, related_name="feedback"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    usefulness = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    would_again = models.BooleanField(_("recommencerait"), default=True)
    comment = models.CharField(max_length=1000, blank=True, help_text="shown to nobody but its author")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.UniqueConstraint(fields=["mentorship", "author", "about"], name="feedback_once_a_mentorship"),
            models.UniqueConstraint(fields=["solicitation", "author", "about"], name="feedback_once_a_solicitation"),
            models.CheckConstraint(
                condition=Q(mentorship__isnull=False, solicitation__isnull=True)
                | Q(mentorship__isnull=True, solicitation__isnull=False),
                name="feedback_on_one_thing",
            ),
            models.CheckConstraint(condition=~Q(author=F("about")), name="feedback_about_another"),
            models.CheckConstraint(condition=Q(usefulness__range=(1, 5)), name="feedback_of_1_to_5"),
        ]
        indexes = [models.Index(fields=["about", "created_at"], name="feedback_about")]

    def __str__(self) -> str:
        return f"feedback {self.pk}"


class ThanksQuerySet(models.QuerySet["Thanks"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))


class Thanks(models.Model):
    """A word of thanks, in the circle of the two. Public (its network's circle) once its author offered it and whoever
    is thanked agreed (`published_at`). It outlives the account of its author, as a post does: evidence rests on it."""

    circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="thanks")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="thanks")
    mentorship = models.ForeignKey(Mentorship, null=True, blank=True, on_delete=models.SET_NULL, related_name="thanks")
    solicitation = models.ForeignKey(
        Solicitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="thanks"
    )
    body = models.CharField(_("votre mot"), max_length=500)
    may_be_public = models.BooleanField(_("peut être montré au réseau"), default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ThanksQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "thanks"
        constraints = [
            models.CheckConstraint(condition=~Q(author=F("recipient")), name="thanks_to_another"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(may_be_public=True), name="thanks_public_by_both"
            ),
        ]

    def __str__(self) -> str:
        return f"thanks {self.pk}"
