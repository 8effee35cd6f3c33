"""What one may be about to type in the directory: competences, people and organisations that it shows."""

from dataclasses import dataclass

from mentoring.directory import matching_competences, words_condition
from mentoring.models import DirectoryEntry
from mentoring.queries.competences import tree
from mentoring.queries.directory import search_people
from peerhub.people.folding import fold_name
from peerhub.people.models import Network, User

COMPETENCES, PEOPLE, ORGANISATIONS = 5, 5, 3
# Of the people whom the words name, so many are asked for whom they speak.
READ = 60


@dataclass(frozen=True)
class Completion:
    competences: list[str]
    people: list[str]
    organisations: list[str]


def completion_for(user: User, network: Network, words: str) -> Completion:
    """Names that begin so, of what the person would find in the directory of the network."""
    folded = fold_name(words)
    if len(folded) < 2:
        return Completion([], [], [])
    people = search_people(user, network, words, limit=PEOPLE)
    asked = folded.split()
    found = DirectoryEntry.objects.visible_to(user).filter(words_condition(words, ()), network=network)
    names = found.filter(organisation__isnull=False).values_list("organisation__name", flat=True)[:READ]
    return Completion(
        competences=[one.name for one in matching_competences(words, tree()) if one.parent_id][:COMPETENCES],
        people=list(dict.fromkeys(one.user.full_name for one in people if _begins(one.user.full_name, asked))),
        organisations=[name for name in dict.fromkeys(names) if _begins(name, asked)][:ORGANISATIONS],
    )


def _begins(name: str, asked: list[str]) -> bool:
    words = fold_name(name).split()
    return all(any(word.startswith(part) for word in words) for part in asked)
