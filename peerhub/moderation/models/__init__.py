"""Cases and what people say in them, the rules of a network, who is on duty, and the trail."""

from peerhub.moderation.models.cases import Appeal, Case, CaseMessage, Report
from peerhub.moderation.models.rules import CannedAnswer, DutyTurn, NetworkRules
from peerhub.moderation.models.trail import TrailEntry

__all__ = [
    "Appeal",
    "CannedAnswer",
    "Case",
    "CaseMessage",
    "DutyTurn",
    "NetworkRules",
    "Report",
    "TrailEntry",
]
