"""Competences: the curated tree, what leads from a need to an offer, and who declared what."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation

from mentoring.enums import Level, ProposalState
from peerhub.people.models import Network

# How long a merge can be undone.
UNDONE_WITHIN = timedelta(days=30)


class Competence(models.Model):
    """An entry of the curated tree: a branch, or what a person can declare (a leaf).

    One that was merged is retired and points to what it became: its address and its searches lead there.
    """

    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name_fr = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    synonyms_fr = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    synonyms_en = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="order among its siblings")
    path = ArrayField(models.BigIntegerField(), default=list, editable=False, help_text="ids from the root to itself")
    words = models.TextField(editable=False, default="", help_text="names and synonyms, folded, one per line")
    is_retired = models.BooleanField(default=False, help_text="no longer offered; what was declared stays")
    is_local = models.BooleanField(
        default=False, help_text="made, moved, renamed or merged here: a new edition of the file leaves it as it is"
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(position__lte=62), name="competence_roots_fit_a_mask"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_retired=True) & ~Q(merged_into=F("pk")),
                name="competence_merged_is_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if translation.get_language() == "en" else self.name_fr

    @property
    def synonyms(self) -> list[str]:
        return self.synonyms_en if translation.get_language() == "en" else self.synonyms_fr


class CompetenceBridge(models.Model):
    """Who needs the one is helped by who offers the other: needs and offers are not said in the same words.

    A competence always answers itself, and needs no row for it.
    """

    needed = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="answered_by")
    offered = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="answers")
    weight = models.PositiveSmallIntegerField(default=50, help_text="percent of what the needed one itself would bring")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["needed", "offered"], name="competence_bridge_once"),
            models.CheckConstraint(condition=~Q(needed=F("offered")), name="competence_bridge_between_two"),
            models.CheckConstraint(condition=Q(weight__range=(1, 100)), name="competence_bridge_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.needed_id} -> {self.offered_id}"


class CompetenceProposal(models.Model):
    """A competence that a person misses in the tree; whoever curates it says what became of it."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="competence_proposals")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="competence_proposals")
    name = models.CharField(max_length=120)
    synonyms = models.CharField(max_length=300, blank=True, help_text="as they were typed, separated by commas")
    parent = models.ForeignKey(Competence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    became = models.ForeignKey(
        Competence, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="the new or the known"
    )
    answer = models.CharField(max_length=500, blank=True, help_text="a sentence to its author")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING, decided_at__isnull=True, became__isnull=True)
                | Q(
                    state__in=[ProposalState.ADDED, ProposalState.KNOWN], decided_at__isnull=False, became__isnull=False
                )
                | Q(state=ProposalState.REFUSED, decided_at__isnull=False, became__isnull=True),
                name="competence_proposal_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["network", "created_at"],
                condition=Q(state=ProposalState.WAITING),
                name="competence_proposal_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"competence proposal {self.pk}"


class DeclaredCompetence(models.Model):
    """What a person says they can do. Written by `services.declarations` alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="declared_competences")
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="declarations")
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.PRACTISED)
    can_help = models.BooleanField(default=False)
    evidence = models.CharField(max_length=200, blank=True, help_text="one line: where, when, what")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "competence"], name="declared_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.competence_id}"


class CompetenceMergeQuerySet(models.QuerySet["CompetenceMerge"]):
    def undoable(self, now: datetime) -> Self:
        return self.filter(made_at__gt=now - UNDONE_WITHIN)


class CompetenceMerge(models.Model):
    """What it takes to undo that one competence became another. It goes when that is done, or can be done no more."""

    one = models.OneToOneField(Competence, on_delete=models.CASCADE, related_name="merge")
    into = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="absorbed")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    handed = models.JSONField(default=dict, help_text="keys of what was handed over (`services.merging`)")

    objects = CompetenceMergeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"merge of competence {self.one_id}"

    @property
    def until(self) -> datetime:
        return self.made_at + UNDONE_WITHIN


class MergedDeclaration(models.Model):
    """A person had declared both competences of a merge: what each said. Goes with what is left of them."""

    merge = models.ForeignKey(CompetenceMerge, on_delete=models.CASCADE, related_name="declarations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    gone = models.JSONField(help_text="the declaration that went")
    kept = models.JSONField(help_text="what the other one said before")
    became = models.JSONField(help_text="what it said after")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "user"], name="merged_declaration_once")]

    def __str__(self) -> str:
        return f"merged declaration {self.pk}"
