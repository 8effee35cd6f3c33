"""The search vectors of topics and posts."""

from typing import Any

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from peerhub.people.folding import Fold


def vector(field: str, weight: str) -> Any:
    """The search vector of a text: French stems, without accents. Its queries must be folded likewise."""
    return models.GeneratedField(
        expression=SearchVector(Fold(field), config="french", weight=weight),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )
