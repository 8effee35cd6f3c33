"""What territories are compared by, as `matching` takes it."""

from collections.abc import Sequence
from typing import Any

from mentoring.matching.territories import Place
from mentoring.models import TerritoryTraits
from peerhub.people.models import Territory


def place_of(territory: Territory) -> Place:
    """Needs `traits` loaded with the territory."""
    traits = getattr(territory, "traits", None) or TerritoryTraits(territory=territory)
    is_known = traits.pk is not None and not traits._state.adding
    return Place(
        territory_id=territory.pk,
        kind=territory.kind,
        stratum=territory.stratum,
        population=territory.population,
        grouping_kind=traits.grouping_kind,
        rural_percent=traits.rural_percent,
        departement_id=traits.departement_id,
        region_id=traits.region_id,
        is_overseas=traits.is_overseas if is_known else None,
    )


# The columns of a place, of rows that point to a territory; `place_from` reads them.
PLACE = (
    "territory",
    "territory__kind",
    "territory__stratum",
    "territory__population",
    *(
        f"territory__traits__{name}"
        for name in ("grouping_kind", "rural_percent", "departement_id", "region_id", "is_overseas")
    ),
)


def place_from(row: Sequence[Any]) -> Place | None:
    """The place of a row of `PLACE`; None without a territory."""
    if row[0] is None:
        return None
    pk, kind, stratum, population, grouping, rural, departement, region, is_overseas = row
    return Place(pk, kind, stratum, population, grouping or "", rural, departement, region, is_overseas)
