"""The acts of moderation in the trail, put into words."""

from peerhub.moderation.enums import AppealOutcome, Decision, HeldReason, Reason, Sanction
from peerhub.moderation.models import TrailEntry


def detail_of(entry: TrailEntry) -> str:
    """What the facts of an act of ours say, for after its verb: « retirer, avertir »; empty for other acts."""
    facts = entry.facts
    said: list[str] = []
    if entry.verb == "moderation.decided":
        said.append(str(Decision(facts["decision"]).label))
        if facts["sanction"] != Sanction.NONE:
            said.append(str(Sanction(facts["sanction"]).label))
    elif entry.verb == "moderation.appeal_decided":
        said.append(str(AppealOutcome(facts["outcome"]).label))
    elif entry.verb == "moderation.reported":
        said.append(str(Reason(facts["why"]).label))
    elif entry.verb == "moderation.held":
        said += [str(HeldReason(reason).label) for reason in facts["reasons"]]
    return ", ".join(said)
