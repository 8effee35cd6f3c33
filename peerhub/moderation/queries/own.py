"""What each person reads about the own texts and reports; open to who is suspended too."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from peerhub.moderation import targets
from peerhub.moderation.acts import detail_of
from peerhub.moderation.models import Appeal, Case, CaseMessage, Report, TrailEntry
from peerhub.moderation.policies import can_appeal, can_write_to_team
from peerhub.moderation.queries.audience import has_judge
from peerhub.moderation.queries.queue import label_of
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Verdict
from peerhub.ui.pagination import Page, page_of

PAGE_SIZE = 20


@dataclass(frozen=True)
class OwnLine:
    case: Case
    label: str
    report: Report | None  # None: the person is the author

    @property
    def is_author(self) -> bool:
        return self.report is None


@dataclass(frozen=True)
class OwnEntry:
    """An act of the trail: what was done, in words, and whether by the reader."""

    entry: TrailEntry
    label: str
    detail: str
    is_mine: bool


@dataclass(frozen=True)
class OwnPage:
    page: Page[Case]
    lines: Sequence[OwnLine]
    entries: Sequence[OwnEntry]
    silences: Sequence[Membership]


@dataclass(frozen=True)
class OwnCase:
    """A case as its author or a reporter reads it. A reporter sees what became of the content, and nothing of the
    conversation nor of the sanction."""

    case: Case
    label: str
    shown: targets.Shown | None
    report: Report | None
    messages: Sequence[CaseMessage]
    appeal: Appeal | None
    is_judged_by_somebody: bool
    may_appeal: Verdict
    may_write: Verdict

    @property
    def is_author(self) -> bool:
        return self.report is None


def own_page(user: User, number: int) -> OwnPage:
    """Cases about what the person wrote or reported, the newest first, and the latest acts that concern the person."""
    mine = Case.objects.filter(
        Q(author=user, is_told=True) | Q(pk__in=Report.objects.filter(reporter=user).values("case"))
    )
    page = page_of(mine.select_related("network").order_by("-pk"), number, PAGE_SIZE)
    reports = {one.case_id: one for one in Report.objects.filter(reporter=user, case__in=page.items)}
    lines = [OwnLine(case, label_of(case), reports.get(case.pk)) for case in page.items]
    entries = [
        OwnEntry(one, str(targets.verb_label(one.verb)), detail_of(one), one.actor_id == user.pk)
        for one in TrailEntry.objects.concerning(user).select_related("network").order_by("-pk")[:PAGE_SIZE]
    ]
    limited = Membership.objects.filter(user=user).exclude(silenced_until=None, suspended_until=None)
    silences = [one for one in limited.select_related("network") if one.is_silenced or one.is_suspended]
    return OwnPage(page, lines, entries, silences)


def own_case(user: User, pk: int) -> OwnCase:
    """Raises `Case.DoesNotExist` for who neither wrote nor reported."""
    cases = Case.objects.select_related("network", "circle__category", "circle__delegation")
    report = Report.objects.filter(case=pk, reporter=user).first()
    case = cases.get(pk=pk) if report else cases.told_to(user).get(pk=pk)
    key = (case.target_key, case.target_id)
    shown = targets.load_shown(user, {key}).get(key)
    if report and shown and shown.standing != targets.Standing.LIVE:
        shown = None  # hidden or removed: from the reporter's eyes as well
    return OwnCase(
        case=case,
        label=label_of(case),
        shown=shown,
        report=report,
        messages=[] if report else list(case.messages.all()),
        appeal=None if report else Appeal.objects.filter(case=case).first(),
        is_judged_by_somebody=not case.is_waiting or has_judge(case),
        may_appeal=can_appeal(user, case),
        may_write=can_write_to_team(user, case),
    )
