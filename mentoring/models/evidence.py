"""What the platform knows of what people did, beside what they say."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from forums.enums import TopicState
from mentoring.enums import EvidenceKind
from mentoring.models.competences import Competence
from mentoring.models.directory import DirectoryChoices
from peerhub.people.models import Circle, User, circle_q

_READABLE = (TopicState.OPEN, TopicState.ARCHIVED)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What may be counted for this viewer: what its owner does not hide, of what they may open."""
        hidden = DirectoryChoices.objects.filter(Q(is_listed=False) | Q(shows_competences=False))
        return self.openable_by(user).filter(hidden_at__isnull=True).exclude(user__in=hidden.values("user"))

    def openable_by(self, user: User | AnonymousUser) -> Self:
        """Whose source the viewer may open as it stands now (the circles of sources are read, never copied)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        written = circle_q(user, "post__topic__circle") & Q(post__is_removed=False, post__topic__state__in=_READABLE)
        answers = Q(kind=EvidenceKind.ANSWER, post__topic__accepted_post=F("post")) & written
        others = Q(kind__in=[EvidenceKind.REPORT, EvidenceKind.TRIED]) & written
        sessions = Q(kind=EvidenceKind.SESSION) & circle_q(user, "session__circle")
        mentorships = Q(kind=EvidenceKind.MENTORSHIP) & circle_q(user)
        return self.filter(answers | others | sessions | mentorships)


class Evidence(models.Model):
    """One thing that a person did which bears on a competence. A copy of keys, kept in step by `services.evidence`; it
    goes with its source, and is worth less as it ages (`matching.evidence`).

    A session, an answer, a report or a trial is seen by whoever may open its source. A mentorship that ended is told to
    nobody: it stays in the circle of its people until both agree to say so, then in that of their network.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="evidence", db_index=False
    )
    competence = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=12, choices=EvidenceKind.choices)
    session = models.ForeignKey(
        "peer_sessions.PeerSession", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    post = models.ForeignKey(
        "forums.Post", null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="a report's opening"
    )
    reaction = models.ForeignKey(
        "forums.Reaction", null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="of a trial"
    )
    mentorship = models.ForeignKey(
        "Mentorship", null=True, blank=True, on_delete=models.CASCADE, related_name="evidence"
    )
    circle = models.ForeignKey(
        Circle, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="of a mentorship alone"
    )
    happened_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True, help_text="by its owner: shown to and counted for nobody")
    created_at = models.DateTimeField(default=timezone.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="session", session__isnull=False, post__isnull=True, reaction__isnull=True,
                            mentorship__isnull=True, circle__isnull=True)
                | Q(kind__in=["answer", "report"], session__isnull=True, post__isnull=False, reaction__isnull=True,
                    mentorship__isnull=True, circle__isnull=True)
                | Q(kind="tried", session__isnull=True, post__isnull=False, reaction__isnull=False,
                    mentorship__isnull=True, circle__isnull=True)
                | Q(kind="mentorship", session__isnull=True, post__isnull=True, reaction__isnull=True,
                    mentorship__isnull=False, circle__isnull=False),
                name="evidence_of_its_kind",
            ),
            models.UniqueConstraint(
                fields=["user", "competence", "session"], condition=Q(kind="session"), name="evidence_session_once"
            ),
            models.UniqueConstraint(
                fields=["user", "competence", "kind", "post"],
                condition=Q(kind__in=["answer", "report"]),
                name="evidence_post_once",
            ),
            models.UniqueConstraint(
                fields=["user", "competence", "reaction"], condition=Q(kind="tried"), name="evidence_trial_once"
            ),
            models.UniqueConstraint(
                fields=["user", "competence", "mentorship"],
                condition=Q(kind="mentorship"),
                name="evidence_mentorship_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["user", "competence"], name="evidence_of_person")]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
