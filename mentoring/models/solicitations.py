"""Solicitations: one question to one named peer, and what came of it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import DeclineReason, SolicitationState
from mentoring.models.needs import Need
from peerhub.people.models import Circle, Network, User, circle_q

OPEN_STATES = (SolicitationState.QUEUED, SolicitationState.SENT)


class SolicitationQuerySet(models.QuerySet["Solicitation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the person's circles; one that waits its turn has none, and is its asker's alone."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(circle_q(user) | Q(asker_id=user.pk, circle__isnull=True))

    def sent(self) -> Self:
        return self.filter(state=SolicitationState.SENT)

    def running(self) -> Self:
        """Accepted, and not over."""
        return self.filter(state=SolicitationState.ACCEPTED, closed_at__isnull=True)


class Solicitation(models.Model):
    """Asking one peer, after those of a smaller `position`. Sent, it has a confidential circle of the two, in which its
    conversation (`topic`) opens once it is accepted.

    Its clock: reminded at 4 days (`remind_at`), lapsed at 7 (`due_at`). Accepted, either of the two says when their
    exchange is over (`closed_at`); nothing closes it by itself, since an exchange takes no place of whoever helps.
    """

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="solicitations")
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="solicitations_made")
    peer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="solicitations_received")
    circle = models.ForeignKey(Circle, null=True, blank=True, on_delete=models.RESTRICT, related_name="solicitations")
    topic = models.ForeignKey("forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    session = models.ForeignKey(
        "peer_sessions.PeerSession",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="the call",
    )
    poll = models.ForeignKey(
        "peer_sessions.DatePoll", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="of two"
    )
    position = models.PositiveSmallIntegerField(default=1, help_text="1 is asked first")
    question = models.TextField(_("votre question"), max_length=2000, help_text="plain text")
    wants_call = models.BooleanField(_("proposer un appel de 30 minutes"), default=True)
    state = models.CharField(max_length=10, choices=SolicitationState.choices, default=SolicitationState.QUEUED)
    decline_reason = models.CharField(max_length=12, choices=DeclineReason.choices, blank=True)
    decline_note = models.CharField(max_length=500, blank=True)
    passed_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="passed_to",
        help_text="whose peer declined, and named this one instead",
    )
    token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when its peer first opened it")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="accepted, declined, lapsed or withdrawn")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="when one of the two said that it is over")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SolicitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "peer"], name="solicitation_once_a_peer"),
            models.UniqueConstraint(
                fields=["need"], condition=Q(state=SolicitationState.SENT), name="solicitation_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(asker=F("peer")), name="solicitation_of_two"),
            models.CheckConstraint(condition=Q(position__gte=1), name="solicitation_position_from_1"),
            models.CheckConstraint(
                condition=Q(state=SolicitationState.QUEUED, sent_at__isnull=True, ended_at__isnull=True)
                | Q(
                    state=SolicitationState.SENT,
                    sent_at__isnull=False,
                    circle__isnull=False,
                    remind_at__isnull=False,
                    due_at__gt=F("sent_at"),
                    ended_at__isnull=True,
                )
                | Q(state=SolicitationState.WITHDRAWN, ended_at__isnull=False)
                | Q(
                    state__in=[SolicitationState.ACCEPTED, SolicitationState.DECLINED, SolicitationState.LAPSED],
                    sent_at__isnull=False,
                    circle__isnull=False,
                    ended_at__isnull=False,
                ),
                name="solicitation_dated_by_state",
            ),
            models.CheckConstraint(
                condition=Q(state=SolicitationState.DECLINED) & ~Q(decline_reason="")
                | ~Q(state=SolicitationState.DECLINED) & Q(decline_reason=""),
                name="solicitation_declined_why",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, state=SolicitationState.ACCEPTED),
                name="solicitation_closed_once_accepted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at"],
                condition=Q(state=SolicitationState.SENT, reminded_at__isnull=True),
                name="solicitation_to_remind",
            ),
            models.Index(fields=["due_at"], condition=Q(state=SolicitationState.SENT), name="solicitation_due"),
            models.Index(fields=["peer", "state"], name="solicitation_of_peer"),
        ]

    def __str__(self) -> str:
        return f"solicitation {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mentoring:solicitation", args=[self.pk])

    @property
    def is_pending(self) -> bool:
        return self.state == SolicitationState.SENT

    @property
    def is_running(self) -> bool:
        """Accepted, and not over."""
        return self.state == SolicitationState.ACCEPTED and self.closed_at is None
