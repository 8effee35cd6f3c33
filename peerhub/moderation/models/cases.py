"""A case: one thing to judge, who asked for it, what was said and decided."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from peerhub.moderation.enums import (
    HARMLESS,
    WAITING,
    AppealOutcome,
    CaseKind,
    CaseState,
    Decision,
    HeldReason,
    Reason,
    Sanction,
)
from peerhub.moderation.words import decision_words, sanction_words
from peerhub.people.enums import MembershipStatus, Role
from peerhub.people.models import Circle, Membership, Network, User, circle_q

WORDS_MAX_LENGTH = 2_000


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Those of networks that the person animates, in circles open to the person; never about the person."""
        return self.animated_by(user).filter(circle_q(user)).exclude(author_id=user.pk)

    def animated_by(self, user: User) -> Self:
        """Those of networks that the person animates, whoever may read them."""
        animated = Membership.objects.filter(user_id=user.pk, role=Role.ANIMATOR, status=MembershipStatus.ACTIVE)
        return self.filter(network__in=animated.values("network"))

    def judged_by(self, user: User) -> Self:
        """Those, among visible ones, in which the person takes no part; an appeal goes to another than who decided."""
        own = Report.objects.filter(reporter_id=user.pk).values("case")
        return self.exclude(pk__in=own).exclude(state=CaseState.APPEALED, decided_by_id=user.pk)

    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)

    def told_to(self, author: User) -> Self:
        """Those about what the person wrote, once there is something for the person to know."""
        return self.filter(author_id=author.pk, is_told=True)


class Case(models.Model):
    """One thing to judge. `circle` is the thing's: who cannot see it sees only that a case exists.

    `is_told` says that the author knows: a text that waits, a message from the animators, a decision that changes
    something. A claim is the judge's for a while, and free again by itself.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="cases", db_index=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=10, choices=CaseKind.choices)
    target_key = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="cases")
    written_at = models.DateTimeField()
    held_reasons = ArrayField(models.CharField(max_length=20, choices=HeldReason.choices), default=list, blank=True)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    is_told = models.BooleanField(default=False)
    report_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    claimed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default="")
    sanction = models.CharField(max_length=10, choices=Sanction.choices, default=Sanction.NONE)
    sanction_until = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target_key", "target_id"], condition=Q(state="open"), name="case_one_open_per_target"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decision="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    ~Q(state="open"), ~Q(decision=""), ~Q(reason=""), decided_by__isnull=False, decided_at__isnull=False
                ),
                name="case_decided_says_what_why_and_who",
            ),
            models.CheckConstraint(
                condition=Q(sanction__in=["silence", "suspend"], sanction_until__isnull=False)
                | Q(sanction__in=["none", "warn"], sanction_until__isnull=True),
                name="case_sanction_ends",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="case_claim_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "-id"], name="case_of_network"),
            models.Index(fields=["network", "id"], name="case_waiting", condition=Q(state__in=["open", "appealed"])),
            models.Index(fields=["target_key", "target_id"], name="case_of_target"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def has_consequence(self) -> bool:
        """Whether the decision changed something for the author."""
        return bool(self.decision) and (self.decision not in HARMLESS or self.sanction != Sanction.NONE)

    @property
    def decision_words(self) -> str:
        return decision_words(self.decision)

    @property
    def sanction_words(self) -> str:
        return sanction_words(self.sanction, self.sanction_until)

    def is_claimed_by_another(self, user: User) -> bool:
        """Whether somebody else's claim still holds."""
        return (
            self.claimed_by_id not in {None, user.pk}
            and self.claimed_until is not None
            and self.claimed_until > timezone.now()
        )

    def is_claimed_by(self, user: User) -> bool:
        return self.claimed_by_id == user.pk and self.claimed_until is not None and self.claimed_until > timezone.now()


class Report(models.Model):
    """One person asks for a thing to be looked at; the author never learns who."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    words = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "reporter"], name="report_once")]

    def __str__(self) -> str:
        return f"report {self.pk}"


class CaseMessage(models.Model):
    """What the animators, as one, and the author write to each other about a case. Plain text."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_from_team = models.BooleanField()
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"message {self.pk} of case {self.case_id}"


class Appeal(models.Model):
    """The author asks another person to look again: once for a case."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="appeal")
    words = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=12, choices=AppealOutcome.choices, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(outcome=""), ~Q(reason=""), decided_by__isnull=False, decided_at__isnull=False),
                name="appeal_decided_says_why_and_who",
            )
        ]

    def __str__(self) -> str:
        return f"appeal of case {self.case_id}"
