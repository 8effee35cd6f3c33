"""One case, as an animator works on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from peerhub.moderation import targets
from peerhub.moderation.enums import CaseState, Decision, HeldReason
from peerhub.moderation.models import Appeal, Case, CaseMessage, Report
from peerhub.moderation.policies import can_act, can_judge
from peerhub.moderation.queries.queue import label_of
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Verdict

HISTORY_SIZE = 10


@dataclass(frozen=True)
class Place:
    """A page of the product where a decision is carried out."""

    decision: Decision
    url: str


@dataclass(frozen=True)
class CasePage:
    case: Case
    membership: Membership
    label: str
    shown: targets.Shown | None
    author_membership: Membership | None
    reports: Sequence[Report]
    messages: Sequence[CaseMessage]
    history: Sequence[Case]
    appeal: Appeal | None
    places: Sequence[Place]
    judge: Verdict
    act: Verdict

    @property
    def held_words(self) -> list[str]:
        """Why the text waits, in words."""
        return [str(HeldReason(reason).label) for reason in self.case.held_reasons]


def case_for(user: User, pk: int) -> Case:
    """A case that the person may open in the queue."""
    cases = Case.objects.visible_to(user).select_related(
        "network", "author", "claimed_by", "decided_by", "circle__category", "circle__delegation"
    )
    return cases.get(pk=pk)


def case_page(user: User, pk: int) -> CasePage:
    """The page of a case: eight queries, and those of its kind of thing."""
    case = case_for(user, pk)
    membership = Membership.objects.active().with_hat().get(user=user, network=case.network_id)
    membership.network = case.network
    target = targets.find(case.target_key)
    reports = list(case.reports.select_related("reporter").order_by("pk"))
    is_reporter = any(report.reporter_id == user.pk for report in reports)
    own = Membership.objects.with_hat().filter(user=case.author, network=case.network_id) if case.author else None
    return CasePage(
        case=case,
        membership=membership,
        label=label_of(case),
        shown=targets.load_shown(user, {(case.target_key, case.target_id)}).get((case.target_key, case.target_id)),
        author_membership=own.first() if own is not None else None,
        reports=reports,
        messages=list(case.messages.select_related("sender")),
        history=history_of(user, case),
        appeal=Appeal.objects.select_related("decided_by").filter(case=case).first(),
        places=[Place(decision, url(case.target_id)) for decision, url in target.verb_urls.items()] if target else [],
        judge=can_judge(user, membership, case, is_reporter=is_reporter),
        act=can_act(user, case),
    )


def history_of(user: User, case: Case) -> list[Case]:
    """Earlier decisions about the same author in the network, in circles open to the reader, the newest first."""
    if case.author_id is None:
        return []
    earlier = Case.objects.visible_to(user).filter(network=case.network_id, author=case.author_id)
    earlier = earlier.exclude(pk=case.pk).exclude(state=CaseState.OPEN)
    return list(earlier.select_related("appeal").order_by("-decided_at")[:HISTORY_SIZE])
