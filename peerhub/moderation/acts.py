"""The acts of moderation in the trail, put into words."""

from datetime import datetime

from peerhub.moderation.enums import AppealOutcome, HeldReason, Reason
from peerhub.moderation.models import TrailEntry
from peerhub.moderation.words import decision_words, sanction_words


def detail_of(entry: TrailEntry) -> str:
    """What the facts of an act of ours say, for after its verb: « retiré, avertissement »; empty for other acts."""
    facts = entry.facts
    said: list[str] = []
    if entry.verb == "moderation.decided":
        until = datetime.fromisoformat(facts["until"]) if facts["until"] else None
        said = [decision_words(facts["decision"]), sanction_words(facts["sanction"], until)]
    elif entry.verb == "moderation.appeal_decided":
        said = [str(AppealOutcome(facts["outcome"]).label)]
    elif entry.verb == "moderation.reported":
        said = [str(Reason(facts["why"]).label)]
    elif entry.verb == "moderation.held":
        said = [str(HeldReason(reason).label) for reason in facts["reasons"]]
    return ", ".join(words for words in said if words)
