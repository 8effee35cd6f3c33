"""What a session leaves: minutes, decisions, and what people thought of it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.peer_sessions import PeerSession


class Minutes(models.Model):
    """What was said, written by several at once: a Yjs document, one shared text per section.

    `state` is the whole document as one update; `body` is what it reads as, in Markdown, for pages without scripts.
    """

    session = models.OneToOneField(PeerSession, on_delete=models.CASCADE, related_name="minutes")
    sections = models.JSONField(default=list, help_text='[{"key": "...", "title": "..."}], in their order')
    state = models.BinaryField(default=bytes)
    number = models.PositiveIntegerField(default=0, help_text="of the last `MinutesUpdate`")
    body = models.TextField(blank=True, max_length=200_000, help_text="Markdown")
    body_html = models.TextField(blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"minutes {self.pk}"


class MinutesUpdate(models.Model):
    """One change by one person, as Yjs encodes it. Those long merged into `Minutes.state` may be removed."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="updates")
    number = models.PositiveIntegerField(help_text="1 the first")
    update = models.BinaryField()
    token = models.UUIDField(help_text="of the sender: a change that is sent again is the same change")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="minutes_update_number"),
            models.UniqueConstraint(fields=["minutes", "token"], name="minutes_update_once"),
        ]

    def __str__(self) -> str:
        return f"update {self.pk}"


class Decision(models.Model):
    """What a session decided: who does it, and until when."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="decisions")
    text = models.CharField(_("décision"), max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_decisions"
    )
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="its owner, before it is due")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at__isnull=True), name="decision_open_due"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Evaluation(models.Model):
    """One anonymous answer: no person, no time; its key is random, so that nothing tells who came first."""

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="evaluations")
    usefulness = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    frankness = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    rhythm = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(usefulness__range=(1, 5), frankness__range=(1, 5), rhythm__range=(1, 5)),
                name="evaluation_of_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"evaluation of session {self.session_id}"


class Evaluated(models.Model):
    """That a person answered, and nothing that leads to the answer."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="evaluated_once")]

    def __str__(self) -> str:
        return f"evaluated {self.pk}"
