"""What a group agrees to reveal, sealed until the agora; and what it allows to be opened further."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Circle, CircleMember, User, circle_q
from sessions.enums import ConclusionState, OpeningTarget, Voice
from sessions.models.peer_sessions import PeerSession


class ConclusionQuerySet(models.QuerySet["Conclusion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What the person's own groups write in confidence; and what was revealed at an agora whose circle the person
        is in. What was not revealed does not follow a session that opens."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        circles = CircleMember.objects.filter(user_id=user.pk).values("circle_id")
        revealed = Q(state=ConclusionState.REVEALED, agora__circle__in=circles)
        kept = Q(session__circle__is_confidential=True) | Q(state=ConclusionState.REVEALED)
        return self.filter(circle_q(user, field="session__circle") & kept | revealed)


class Conclusion(models.Model):
    """The conclusions of one confidential session. Seen by its circle alone until they are revealed at `agora`."""

    session = models.OneToOneField(PeerSession, on_delete=models.CASCADE, related_name="conclusion")
    agora = models.ForeignKey(
        PeerSession, null=True, blank=True, on_delete=models.SET_NULL, related_name="envelopes", help_text="where"
    )
    body = models.TextField(_("conclusions"), blank=True, max_length=20_000, help_text="Markdown")
    body_html = models.TextField(blank=True, editable=False)
    render_version = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, help_text="+ 1 at each change of the text")
    state = models.CharField(max_length=10, choices=ConclusionState.choices, default=ConclusionState.DRAFT)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    approved_by_date = models.DateTimeField(null=True, blank=True, help_text="when silence becomes consent")
    sealed_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ConclusionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "proposed"], sealed_at__isnull=True)
                | Q(state="sealed", sealed_at__isnull=False, revealed_at__isnull=True)
                | Q(state="revealed", sealed_at__isnull=False, revealed_at__isnull=False),
                name="conclusion_dates_follow_state",
            )
        ]

    def __str__(self) -> str:
        return f"conclusion {self.pk}"

    @property
    def stays_in(self) -> bool:
        """Whether it may leave the circle of its group by the agora alone."""
        return bool(self.body) and self.state != ConclusionState.REVEALED

    @property
    def is_closed(self) -> bool:
        """Sealed: not a comma moves any more."""
        return self.state in {ConclusionState.SEALED, ConclusionState.REVEALED}


class ConclusionVoice(models.Model):
    """What one member of the group said of one version."""

    conclusion = models.ForeignKey(Conclusion, on_delete=models.CASCADE, related_name="voices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    voice = models.CharField(max_length=8, choices=Voice.choices)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conclusion", "user", "version"], name="voice_unique")]

    def __str__(self) -> str:
        return f"voice {self.pk}"


class Seal(models.Model):
    """One link of the chain of seals. Append-only: a trigger refuses every change and removal.

    `content_hash` is the SHA-256 (hex) of the conclusion's canonical form; `chain_hash` that of the link, the one
    before included; nothing of the text can be read or guessed from it (the form holds a salt, kept in the envelope).
    """

    number = models.PositiveBigIntegerField(unique=True)
    conclusion = models.OneToOneField(Conclusion, on_delete=models.PROTECT, related_name="seal")
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    chain_hash = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.number}"


class RevealVoice(models.Model):
    """A category's delegate who asks that the envelopes of an agora be opened."""

    agora = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="reveal_voices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agora", "user"], name="reveal_voice_unique")]

    def __str__(self) -> str:
        return f"reveal voice {self.pk}"


class LoweringRequest(models.Model):
    """A request to the authors of a session's discussion that it be opened to a wider circle."""

    session = models.ForeignKey(PeerSession, on_delete=models.CASCADE, related_name="lowering_requests")
    asked_in = models.ForeignKey(
        Circle, on_delete=models.RESTRICT, related_name="+", help_text="whose people may read the request, ever after"
    )
    target = models.CharField(max_length=12, choices=OpeningTarget.choices)
    circle = models.ForeignKey(
        Circle,
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="+",
        help_text="the wider one, found or made when it is granted",
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_granted = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(closed_at__isnull=True), name="lowering_request_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"lowering request {self.pk}"


class LoweringVoice(models.Model):
    """What one author said to the request; null: nothing yet."""

    request = models.ForeignKey(LoweringRequest, on_delete=models.CASCADE, related_name="voices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agrees = models.BooleanField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="lowering_voice_unique")]

    def __str__(self) -> str:
        return f"lowering voice {self.pk}"
