"""What a person speaks as: category, organisation, territory."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone, translation

from peerhub.people.enums import (
    OrganisationKind,
    Stratum,
    TerritoryKind,
)


class ActorCategory(models.Model):
    """What kind of actor a person is: élu·e, agent, association... Data that a deployment edits."""

    slug = models.SlugField(max_length=30, unique=True)
    label_fr = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    plural_fr = models.CharField(max_length=60)
    plural_en = models.CharField(max_length=60)
    color_light = models.CharField(max_length=7, help_text="#rrggbb, 4.5:1 on white and on paper")
    color_dark = models.CharField(max_length=7, help_text="#rrggbb, 4.5:1 on the dark card")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "actor categories"
        constraints = [
            models.CheckConstraint(
                condition=Q(color_light__regex=r"^#[0-9a-fA-F]{6}$", color_dark__regex=r"^#[0-9a-fA-F]{6}$"),
                name="category_colours_are_hex",
                violation_error_message="A colour is written #rrggbb.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.label_en if translation.get_language() == "en" else self.label_fr

    @property
    def plural(self) -> str:
        return self.plural_en if translation.get_language() == "en" else self.plural_fr


class Territory(models.Model):
    """A perimeter of public action, from the official list (or another one, without an official code)."""

    kind = models.CharField(max_length=12, choices=TerritoryKind.choices)
    code = models.CharField(max_length=12, help_text="INSEE code (commune, département, région) or SIREN (EPCI)")
    name = models.CharField(max_length=160)
    name_folded = models.CharField(max_length=160, editable=False)
    population = models.PositiveIntegerField(null=True, blank=True, help_text="inhabitants")
    stratum = models.GeneratedField(
        expression=Case(
            When(population__lt=500, then=Value(Stratum.UNDER_500.value)),
            When(population__lt=2000, then=Value(Stratum.UNDER_2000.value)),
            When(population__lt=10000, then=Value(Stratum.UNDER_10000.value)),
            When(population__lt=20000, then=Value(Stratum.UNDER_20000.value)),
            When(population__lt=50000, then=Value(Stratum.UNDER_50000.value)),
            When(population__lt=100000, then=Value(Stratum.UNDER_100000.value)),
            When(population__gte=100000, then=Value(Stratum.FROM_100000.value)),
            default=Value(""),
        ),
        output_field=models.CharField(max_length=12, choices=Stratum.choices),
        db_persist=True,
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children",
        help_text="commune and EPCI -> département (or collectivity) -> région",
    )  # fmt: skip
    grouping = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="grouped",
        help_text="commune -> EPCI",
    )
    postcodes = ArrayField(models.CharField(max_length=5), default=list, blank=True)

    class Meta:
        verbose_name_plural = "territories"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="territory_kind_code_unique")]
        indexes = [
            models.Index(OpClass("name_folded", name="varchar_pattern_ops"), name="territory_name_prefix"),
            GinIndex(fields=["postcodes"], name="territory_postcodes"),
            GinIndex(SearchVector("name_folded", config="simple"), name="territory_words"),
            models.Index(fields=["code"], name="territory_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """How it stands in the address of a page."""
        return f"{self.kind}-{self.code}"

    @property
    def suggestion(self) -> str:
        """Name and code: what `queries.named_territory` takes back without doubt."""
        return f"{self.name} ({self.code})"


class Edition(models.Model):
    """Which edition of a reference list (territories, competences) this database holds."""

    subject = models.CharField(max_length=30, unique=True)
    digest = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.subject} {self.digest[:12]}"


class Organisation(models.Model):
    """What a person belongs to."""

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices, default=OrganisationKind.OTHER)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="organisations"
    )

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """A person's hat: whom the person speaks for, as what, and since when. A person may wear several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="affiliations")
    category = models.ForeignKey(ActorCategory, on_delete=models.PROTECT, related_name="affiliations")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="affiliations"
    )
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="affiliations"
    )
    title = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="affiliation_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.category}"

    def is_current(self, on: date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on <= self.ends_on)
