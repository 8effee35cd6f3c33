"""The rows that the directory is searched by."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import SupportKind
from mentoring.marks import AVAILABLE, LANGUAGES, SUPPORTS, values_in
from mentoring.models.competences import DeclaredCompetence
from peerhub.people.enums import CircleKind, OrganisationKind, Stratum
from peerhub.people.folding import fold_name
from peerhub.people.models import (
    ActorCategory,
    CircleMember,
    Membership,
    Network,
    Organisation,
    Territory,
    User,
)


class DirectoryEntryQuerySet(models.QuerySet["DirectoryEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the networks that the person is in."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = CircleMember.objects.filter(user_id=user.pk, circle__kind=CircleKind.NETWORK)
        return self.filter(network__in=own.values("circle__network_id"))

    def with_person(self) -> Self:
        return self.select_related("user", "category", "territory", "organisation", "membership__affiliation")


class DirectoryChoices(models.Model):
    """What a person lets the directories of their networks show. Without a row, everything is shown.

    What is not shown is not in `DirectoryEntry` at all: so that no search, facet, count, map, export or completion can
    tell it, whoever writes them. A name and a category stay beside what one writes in discussions.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="directory_choices"
    )
    is_listed = models.BooleanField(_("Être dans l’annuaire de mes réseaux"), default=True)
    shows_organisation = models.BooleanField(_("Ma fonction et mon organisation"), default=True)
    shows_territory = models.BooleanField(_("Mon territoire"), default=True)
    shows_competences = models.BooleanField(_("Mes compétences, et ce sur quoi j’aide"), default=True)
    shows_availability = models.BooleanField(_("Ma disponibilité et mes langues"), default=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "directory choices"

    def __str__(self) -> str:
        return f"what the directory shows of {self.user_id}"

    @property
    def hides_something(self) -> bool:
        shown = (self.shows_organisation, self.shows_territory, self.shows_competences, self.shows_availability)
        return not all(shown)


class DirectoryEntry(models.Model):
    """An active membership as the directory searches it: a copy, kept in step by `services.directory`, of what the
    person lets be seen (`DirectoryChoices`). Who does not want to be listed has none."""

    membership = models.OneToOneField(
        Membership, primary_key=True, on_delete=models.CASCADE, related_name="directory_entry"
    )
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name_folded = models.CharField(max_length=170, help_text="family name, then given name, folded")
    category = models.ForeignKey(ActorCategory, on_delete=models.CASCADE, related_name="+", db_index=False)
    territory = models.ForeignKey(Territory, null=True, on_delete=models.SET_NULL, related_name="+")
    territory_path = ArrayField(
        models.BigIntegerField(), default=list, help_text="the territory, its grouping, its département, its région"
    )
    departement_id = models.BigIntegerField(null=True, help_text="or collectivity")
    region_id = models.BigIntegerField(null=True)
    stratum = models.CharField(max_length=12, choices=Stratum.choices, blank=True)
    title = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation_kind = models.CharField(max_length=20, choices=OrganisationKind.choices, blank=True)
    competences = ArrayField(models.BigIntegerField(), default=list, help_text="declared, and their ancestors")
    helps = ArrayField(models.BigIntegerField(), default=list, help_text="offered help with, and their ancestors")
    experienced = ArrayField(models.BigIntegerField(), default=list, help_text="known best, and their ancestors")
    marks = models.SmallIntegerField(default=0, help_text="bits of `mentoring.marks`")
    branches = models.BigIntegerField(default=0, help_text="one bit per root of `competences`, at its position")
    help_branches = models.BigIntegerField(default=0, help_text="the same for `helps`")
    search = SearchVectorField(help_text="name, title, organisation, territories: folded words")

    objects = DirectoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "directory entries"
        indexes = [
            models.Index(fields=["network", "name_folded", "membership"], name="directory_by_name"),
            # All that the facets count, and the order of situations alike, stand in one narrow index: they never read
            # the rows.
            models.Index(
                fields=["network", "category"],
                include=[
                    *("membership", "departement_id", "region_id", "stratum", "organisation_kind"),
                    *("marks", "branches", "help_branches"),
                ],
                name="directory_narrow",
            ),
            models.Index(fields=["network", "departement_id"], name="directory_near"),
            GinIndex(fields=["competences"], name="directory_competences"),
            GinIndex(fields=["helps"], name="directory_helps"),
            GinIndex(fields=["territory_path"], name="directory_territories"),
            GinIndex(fields=["search"], name="directory_search"),
        ]

    def __str__(self) -> str:
        return self.name_folded

    @property
    def names_its_territory(self) -> bool:
        """« Mairie d’Épiniac » says where already."""
        if self.organisation is None or self.territory is None:
            return False
        return fold_name(self.territory.name) in fold_name(self.organisation.name)

    @property
    def declared(self) -> list[DeclaredCompetence]:
        """What the person declared and lets be seen, what they help with first; for entries that a query prefetched it
        for."""
        declared: list[DeclaredCompetence] = self.user.declared  # type: ignore[attr-defined]
        return [one for one in declared if one.competence_id in self.competences]

    @property
    def is_available(self) -> bool:
        return bool(self.marks & AVAILABLE)

    @property
    def speaks(self) -> list[str]:
        return values_in(self.marks, LANGUAGES)

    @property
    def brings(self) -> list[SupportKind]:
        """The kinds of support that the person's organisation offers to the whole network."""
        return [SupportKind(value) for value in values_in(self.marks, SUPPORTS)]

    @property
    def helps_with(self) -> list[DeclaredCompetence]:
        return [one for one in self.declared if one.can_help]

    @property
    def knows(self) -> list[DeclaredCompetence]:
        return [one for one in self.declared if not one.can_help]
