"""How available each person is, and who must not be brought together."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import Language
from peerhub.people.models import Network, Organisation

PEOPLE_AT_A_TIME = 2
HOURS_A_MONTH = 4


def default_languages() -> list[str]:
    return [Language.FRENCH.value]


class MentoringProfile(models.Model):
    """What a person can give. Without a row, the defaults hold: `queries.profiles.profile_of` gives one either way."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mentoring_profile"
    )
    people_at_a_time = models.PositiveSmallIntegerField(_("personnes à la fois"), default=PEOPLE_AT_A_TIME)
    hours_a_month = models.PositiveSmallIntegerField(_("heures par mois"), default=HOURS_A_MONTH)
    languages = ArrayField(models.CharField(max_length=2, choices=Language.choices), default=default_languages)
    not_now_until = models.DateField(null=True, blank=True, help_text="asks nobody anything of the person until then")
    is_suggested = models.BooleanField(
        _("me proposer aux personnes qui cherchent"), default=True, help_text="off: still found in the directory"
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(people_at_a_time__lte=20), name="profile_people_at_a_time"),
            models.CheckConstraint(condition=Q(hours_a_month__lte=80), name="profile_hours_a_month"),
            models.CheckConstraint(condition=Q(languages__len__gte=1), name="profile_speaks"),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"

    def is_not_now(self, on: date) -> bool:
        return self.not_now_until is not None and on <= self.not_now_until


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Absence(models.Model):
    """Days away, both ends included. Others see that the person is away and until when, never why."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    created_at = models.DateTimeField(default=timezone.now)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after"),
            models.UniqueConstraint(fields=["user", "starts_on"], name="absence_once"),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class KeptApart(models.Model):
    """Two people who are never suggested to each other. Known to who wrote it alone: neither page nor mail says so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_apart")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="one of them, or an animator",
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="null: everywhere"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "kept apart"
        constraints = [
            models.UniqueConstraint(fields=["user", "other"], name="kept_apart_once"),
            models.CheckConstraint(condition=~Q(user=F("other")), name="kept_apart_are_two"),
        ]

    def __str__(self) -> str:
        return f"kept apart {self.pk}"


class HierarchicalLink(models.Model):
    """One of the two has authority over the other, in the eyes of one of them or of an animator. People of one
    organisation, and an elected official with who answers for them, are linked without a row.

    Known to who declared it alone: were it shown to the other, one could tell from its absence that one is kept apart.
    """

    senior = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="junior_links")
    junior = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="senior_links")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["senior", "junior", "declared_by"],
                condition=Q(ended_at__isnull=True),
                name="hierarchical_link_once_each",
            ),
            models.CheckConstraint(condition=~Q(senior=F("junior")), name="hierarchical_link_of_two"),
        ]

    def __str__(self) -> str:
        return f"hierarchical link {self.pk}"
