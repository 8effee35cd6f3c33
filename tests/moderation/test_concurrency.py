"""Real threads, real transactions: one case, one claim, one decision."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from peerhub.moderation.enums import AppealOutcome, CaseState, Decision, Reason, Sanction
from peerhub.moderation.models import Appeal, Case, Report, TrailEntry
from peerhub.moderation.services.appeals import appeal, decide_appeal
from peerhub.moderation.services.cases import claim, decide
from peerhub.moderation.services.reports import report
from peerhub.moderation.services.sanctions import end_due
from peerhub.people.errors import DomainError
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member
from tests.concurrency import at_once
from tests.moderation.builders import Stage
from tests.moderation.notes import ACTS, KEY

pytestmark = pytest.mark.django_db(transaction=True)


def won(job: Callable[[], Any]) -> bool:
    try:
        job()
    except DomainError:
        return False
    return True


def test_reports_sent_at_once_make_one_case(stage: Stage) -> None:
    note = stage.note()
    reporters = [stage.reader.user, stage.reader.user, make_member(stage.network).user, stage.other.user]
    made = at_once(
        4,
        lambda index: report(
            reporter=reporters[index], target_key=KEY, target_id=note.pk, reason=Reason.OTHER, words="Voyez"
        ),
    )
    case = Case.objects.get()
    assert {one.case_id for one in made} == {case.pk}
    assert (Report.objects.count(), case.report_count) == (3, 3)


def test_one_of_two_animators_takes_a_case(stage: Stage) -> None:
    case = stage.reported()
    animators = [stage.animator.user, stage.other.user]
    results = at_once(2, lambda index: won(lambda: claim(moderator=animators[index], case=case)))
    case.refresh_from_db()
    assert sorted(results) == [False, True]
    assert case.claimed_by == animators[results.index(True)]


def test_one_of_several_decisions_stands_and_is_done_once(stage: Stage) -> None:
    case = stage.reported()
    animators = [stage.animator.user, stage.other.user, make_animator(stage.network).user]

    def job(index: int) -> bool:
        return won(lambda: decide(moderator=animators[index], case=case, decision=Decision.HIDE, reason=f"Par {index}"))

    results = at_once(3, job)
    case.refresh_from_db()
    assert (sorted(results), case.state) == ([False, False, True], CaseState.DECIDED)
    assert (case.decided_by, case.reason) == (animators[results.index(True)], f"Par {results.index(True)}")
    assert ([name for name, _pk, _facts in ACTS], TrailEntry.objects.filter(verb="moderation.decided").count()) == (
        ["hide"],
        1,
    )


def test_report_during_a_decision_is_not_lost(stage: Stage) -> None:
    """It joins the case that is being decided, or opens the next one."""
    note = stage.note()
    case = stage.reported(note)
    reporter = make_member(stage.network).user
    jobs: list[Callable[[], Any]] = [
        lambda: decide(moderator=stage.animator.user, case=case, decision=Decision.NOTHING, reason="Rien"),
        lambda: report(reporter=reporter, target_key=KEY, target_id=note.pk, reason=Reason.OTHER),
    ]
    at_once(2, lambda index: jobs[index]())
    mine = Report.objects.select_related("case").get(reporter=reporter)
    assert mine.case == case or mine.case.state == CaseState.OPEN
    assert Case.objects.filter(state=CaseState.OPEN).count() == Case.objects.count() - 1


def test_one_appeal_and_one_answer_to_it(stage: Stage) -> None:
    case = stage.decided()
    asked = at_once(3, lambda _: won(lambda: appeal(author=stage.author.user, case=case, words="Relisez.")))
    judges = [stage.other.user, make_animator(stage.network).user]

    def job(index: int) -> bool:
        outcome = AppealOutcome.OVERTURNED
        return won(lambda: decide_appeal(moderator=judges[index], case=case, outcome=outcome, reason="Vu"))

    answered = at_once(2, job)
    assert (sorted(asked), sorted(answered), Appeal.objects.count()) == ([False, False, True], [False, True], 1)
    assert [name for name, _pk, _facts in ACTS] == ["hide", "restore"]


def test_two_sweeps_at_once_end_a_suspension_once(stage: Stage) -> None:
    stage.decided(sanction=Sanction.SUSPEND, days=1)
    Membership.objects.filter(pk=stage.author.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert sorted(at_once(3, lambda _: end_due())) == [0, 0, 1]
    assert TrailEntry.objects.filter(verb="moderation.suspension_ended").count() == 1
