"""What a network asks of what is written in it, and who answers for it."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import translation

from peerhub.moderation.enums import NewcomerPolicy
from peerhub.people.models import Network, User

TERM_MAX_LENGTH = 80


def terms() -> ArrayField[list[str], list[str]]:
    """Folded words or phrases, or domains."""
    return ArrayField(models.CharField(max_length=TERM_MAX_LENGTH), default=list, blank=True)


class NetworkRules(models.Model):
    """Screening on the way in; a network without a row has these defaults."""

    network = models.OneToOneField(Network, primary_key=True, on_delete=models.CASCADE, related_name="rules")
    newcomer_policy = models.CharField(max_length=10, choices=NewcomerPolicy.choices, default=NewcomerPolicy.OPEN)
    newcomer_posts = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(50)], help_text="how many first texts"
    )
    newcomer_per_day = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    per_hour = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text="texts of one person; none: no limit but that of the platform",
    )
    held_words = terms()
    refused_words = terms()
    held_domains = terms()
    refused_domains = terms()

    class Meta:
        verbose_name_plural = "network rules"

    def __str__(self) -> str:
        return f"rules of network {self.network_id}"


class CannedAnswer(models.Model):
    """A text that animators of a network often need, in both languages: the author reads the own one."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="canned_answers", db_index=False)
    title = models.CharField(max_length=80)
    text_fr = models.TextField()
    text_en = models.TextField()

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["network", "title"], name="canned_answer_title_unique")]

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> str:
        return self.text_in(translation.get_language() or "fr")

    def text_in(self, language: str) -> str:
        return self.text_en if language == "en" else self.text_fr


class DutyTurnQuerySet(models.QuerySet["DutyTurn"]):
    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class DutyTurn(models.Model):
    """An animator answers for moderation from one day to another, both included."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="duty_turns", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="duty_turns")
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = DutyTurnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="duty_ends_after_start"),
        ]
        indexes = [models.Index(fields=["network", "ends_on"], name="duty_of_network")]

    def __str__(self) -> str:
        return f"duty {self.pk}"
