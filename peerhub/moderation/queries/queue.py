"""The queue of a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst

from peerhub.moderation import targets
from peerhub.moderation.enums import CaseState, HeldReason, Reason
from peerhub.moderation.models import Case, Report
from peerhub.moderation.models.cases import CaseQuerySet
from peerhub.people.models import Network, User, circle_q
from peerhub.text.plain import excerpt
from peerhub.ui.pagination import Page, page_of

PAGE_SIZE = 20
AGES = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}


@dataclass(frozen=True)
class QueueFilters:
    """`state`: "open", "mine" or "decided"; `age`: waiting for longer than so many days."""

    state: str = "open"
    target: str = ""
    reason: str = ""
    age: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.target or self.reason or self.age)


@dataclass(frozen=True)
class QueueLine:
    """One case, with what it is about as the animator reads it (None: it is gone)."""

    case: Case
    label: str
    shown: targets.Shown | None
    is_own_report: bool
    is_mine: bool
    is_taken: bool

    @property
    def excerpt(self) -> str:
        return excerpt(strip_tags(self.shown.html), 28) if self.shown else ""

    @property
    def reasons(self) -> list[str]:
        """Why, in words, each once."""
        held = [str(HeldReason(reason).label) for reason in self.case.held_reasons]
        said = [str(Reason(report.reason).label) for report in self.case.reports.all()]
        return [capfirst(words) for words in dict.fromkeys(held + said)]


@dataclass(frozen=True)
class QueuePage:
    page: Page[Case]
    lines: Sequence[QueueLine]
    sealed: int
    counts: dict[str, int]


def queue_page(user: User, network: Network, filters: QueueFilters, number: int) -> QueuePage:
    """A page of the queue: six queries, and those of the kinds of things in it."""
    visible = Case.objects.visible_to(user).filter(network=network)
    rows = _filtered(_in_state(visible, filters.state, user), filters)
    rows = rows.select_related("author", "claimed_by", "decided_by", "circle__category", "circle__delegation")
    rows = rows.prefetch_related(Prefetch("reports", Report.objects.order_by("pk")))
    page = page_of(rows, number, PAGE_SIZE)
    return QueuePage(
        page=page,
        lines=lines_of(user, page.items),
        sealed=sealed_count(user, network),
        counts={
            "open": visible.waiting().count(),
            "mine": _in_state(visible, "mine", user).count(),
        },
    )


def lines_of(user: User, cases: Sequence[Case]) -> list[QueueLine]:
    shown = targets.load_shown(user, {(case.target_key, case.target_id) for case in cases})
    return [
        QueueLine(
            case=case,
            label=label_of(case),
            shown=shown.get((case.target_key, case.target_id)),
            is_own_report=any(report.reporter_id == user.pk for report in case.reports.all()),
            is_mine=case.is_waiting and case.is_claimed_by(user),
            is_taken=case.is_waiting and case.is_claimed_by_another(user),
        )
        for case in cases
    ]


def label_of(case: Case) -> str:
    target = targets.find(case.target_key)
    return str(target.label) if target else case.target_key


def sealed_count(user: User, network: Network) -> int:
    """How many cases wait in circles that are closed to this animator: that they exist, and nothing else."""
    waiting = Case.objects.animated_by(user).waiting().filter(network=network)
    return waiting.exclude(circle_q(user)).exclude(author_id=user.pk).count()


def _in_state(cases: CaseQuerySet, state: str, user: User) -> CaseQuerySet:
    if state == "decided":
        return cases.filter(state__in=[CaseState.DECIDED, CaseState.CLOSED]).order_by("-decided_at", "-pk")
    waiting = cases.waiting().order_by("pk")
    if state == "mine":
        return waiting.filter(claimed_by=user, claimed_until__gt=timezone.now())
    return waiting


def _filtered(cases: CaseQuerySet, filters: QueueFilters) -> CaseQuerySet:
    if filters.target:
        cases = cases.filter(target_key=filters.target)
    if filters.reason:
        reported = Report.objects.filter(reason=filters.reason).values("case")
        cases = cases.filter(Q(pk__in=reported) | Q(held_reasons__contains=[filters.reason]))
    if filters.age in AGES:
        cases = cases.filter(opened_at__lte=timezone.now() - AGES[filters.age])
    return cases
