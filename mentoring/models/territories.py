"""What makes two territories alike, beside what the official list says of each."""

from django.db import models
from django.db.models import Q

from mentoring.enums import GroupingKind
from peerhub.people.models import Territory


class TerritoryTraits(models.Model):
    """Facts of a territory that are compared with those of others: a copy, made by `services.traits` of the official
    list alone.

    Rurality: of the inhabitants of the territory (for a commune: of its grouping), how many in a hundred live in
    communes of less than 2,000. The list holds no density, and this holds nothing that the list does not.
    """

    territory = models.OneToOneField(Territory, primary_key=True, on_delete=models.CASCADE, related_name="traits")
    population = models.PositiveIntegerField(null=True)
    grouping_kind = models.CharField(max_length=10, choices=GroupingKind.choices, blank=True)
    rural_percent = models.PositiveSmallIntegerField(null=True)
    departement_id = models.BigIntegerField(null=True, help_text="or collectivity")
    region_id = models.BigIntegerField(null=True)
    is_overseas = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "territory traits"
        constraints = [
            models.CheckConstraint(
                condition=Q(rural_percent__isnull=True) | Q(rural_percent__lte=100), name="territory_rural_percent"
            )
        ]
        indexes = [models.Index(fields=["population"], name="territory_traits_population")]

    def __str__(self) -> str:
        return f"traits of territory {self.territory_id}"
