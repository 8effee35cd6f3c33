"""What a session left, as its own page shows it to one person."""

from dataclasses import dataclass
from datetime import datetime

from peerhub.people.models import Membership, User
from sessions.models import PeerSession
from sessions.policies.decisions import can_read_decisions
from sessions.policies.reports import ReportState
from sessions.queries.conclusions import Person
from sessions.queries.decisions import DecisionCount, count_decisions
from sessions.queries.evaluations import EvaluationPage, evaluation_page
from sessions.queries.reports import state_of


@dataclass(frozen=True)
class Aftermath:
    """`evaluation` is None for who has nothing to say or read there."""

    decisions: DecisionCount
    report: ReportState
    evaluation: EvaluationPage | None


def aftermath_of(
    user: Person, session: PeerSession, membership: Membership | None, now: datetime | None = None
) -> Aftermath | None:
    """Nothing before the session begins, and nothing for who may not read what it decided. At most eight queries."""
    if not isinstance(user, User) or session.is_cancelled or not session.has_begun(now):
        return None
    if not can_read_decisions(membership, session):
        return None
    page = evaluation_page(user, membership, session, now) if session.is_over(now) else None
    return Aftermath(
        decisions=count_decisions(session),
        report=state_of(session, now),
        evaluation=page if page and page.is_insider else None,
    )
