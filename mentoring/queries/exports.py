"""The people that a search finds, as a list that leaves the platform: what each lets be seen, and no address."""

from dataclasses import dataclass

from mentoring.directory import Search, condition, matching_competences
from mentoring.fit import BY_NAME
from mentoring.models import DirectoryEntry
from mentoring.queries.competences import tree
from mentoring.queries.directory import declared_of_user
from peerhub.people.models import Network, Territory

# A list to write to a few hundred people, not a copy of a network.
EXPORT_MOST = 1000


@dataclass(frozen=True)
class Exported:
    """A person, with where their territory lies."""

    entry: DirectoryEntry
    departement: str
    region: str


def exported_people(network: Network, search: Search) -> list[Exported]:
    """By name, EXPORT_MOST of them at most: four queries."""
    matched = [one.pk for one in matching_competences(search.words, tree())]
    found = DirectoryEntry.objects.filter(condition(search, matched), network=network).order_by(*BY_NAME)
    entries = list(found.with_person().prefetch_related(declared_of_user())[:EXPORT_MOST])
    above = {pk for entry in entries for pk in (entry.departement_id, entry.region_id) if pk}
    names = dict(Territory.objects.filter(pk__in=above).values_list("pk", "name"))
    return [
        Exported(entry, names.get(entry.departement_id or 0, ""), names.get(entry.region_id or 0, ""))
        for entry in entries
    ]
