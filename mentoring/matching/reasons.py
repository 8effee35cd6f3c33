"""Why a peer is proposed: a code, its parameters (numbers and keys, never words), and how much it counted."""

from dataclasses import dataclass, field
from typing import Any

# What a peer says of a competence: {"competence": id}.
EXPERIENCED = "experienced"
PRACTISED = "practised"
NOTIONS = "notions"
# The peer knows a thing near to it: {"competence": id}.
NEAR = "near"
# What the platform knows of it, by kind: {"number": n}.
SESSIONS = "sessions"
ANSWERS = "answers"
REPORTS = "reports"
TRIED = "tried"
MENTORSHIPS = "mentorships"
SAME_CATEGORY = "same_category"
# Territories, see `territories.alike`.
SAME_STRATUM = "same_stratum"
NEAR_POPULATION = "near_population"
SAME_GROUPING = "same_grouping"
BOTH_RURAL = "both_rural"
BOTH_OVERSEAS = "both_overseas"
SAME_DEPARTEMENT = "same_departement"
SAME_REGION = "same_region"
# {"days": n}: how soon the peer usually answers.
ANSWERS_WITHIN = "answers_within"
# {"number": n}: how many more people fit.
ROOM = "room"


@dataclass(frozen=True)
class Reason:
    code: str
    points: float
    facts: dict[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"code": self.code, **self.facts}
