"""Reasons as a template says them: a code beside the names and numbers of its sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mentoring.enums import GroupingKind
from mentoring.matching import reasons as codes
from mentoring.matching.reasons import Reason
from mentoring.models import Competence
from peerhub.people.enums import Stratum

# More would be read by nobody.
MOST = 5
_TERRITORY = {
    codes.SAME_STRATUM,
    codes.NEAR_POPULATION,
    codes.SAME_GROUPING,
    codes.BOTH_RURAL,
    codes.BOTH_OVERSEAS,
    codes.SAME_DEPARTEMENT,
    codes.SAME_REGION,
}
MOST_OF_TERRITORY = 2


@dataclass(frozen=True)
class ReasonLine:
    """`name`: of a competence, a size class or a kind of grouping; `number`: of pieces, places or days."""

    code: str
    name: str = ""
    number: int = 0


def lines_of(reasons: Iterable[Reason], competences: dict[int, Competence]) -> list[ReasonLine]:
    """The strongest first; of a territory no more than `MOST_OF_TERRITORY`."""
    found: list[ReasonLine] = []
    territory = 0
    for reason in reasons:
        if reason.code in _TERRITORY:
            territory += 1
            if territory > MOST_OF_TERRITORY:
                continue
        found.append(ReasonLine(reason.code, _name(reason.facts, competences), _number(reason.facts)))
    return found[:MOST]


def _name(facts: dict[str, Any], competences: dict[int, Competence]) -> str:
    if "competence" in facts and facts["competence"] in competences:
        return competences[facts["competence"]].name
    if "stratum" in facts:
        return str(Stratum(facts["stratum"]).label)
    if "grouping" in facts:
        return str(GroupingKind(facts["grouping"]).label)
    return ""


def _number(facts: dict[str, Any]) -> int:
    return int(next((facts[name] for name in ("number", "days", "population") if facts.get(name)), 0))
