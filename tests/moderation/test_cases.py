"""Reporting, claiming, deciding, appealing: who may, what happens, and what the database refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from peerhub.moderation.enums import AppealOutcome, CaseState, Decision, Reason, Sanction
from peerhub.moderation.models import Case, Report, TrailEntry
from peerhub.moderation.policies import can_see_case
from peerhub.moderation.queries import animators_who_judge, has_judge
from peerhub.moderation.services.appeals import appeal, decide_appeal
from peerhub.moderation.services.cases import claim, decide, judge_verdict, move_target, release, withdraw_cases
from peerhub.moderation.services.conversation import write_to_author, write_to_team
from peerhub.moderation.services.reports import report
from peerhub.moderation.targets import Standing
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership
from peerhub.people.services.circles import public_circle
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator, make_member, make_network, make_user
from tests.moderation.builders import Stage
from tests.moderation.notes import ACTS, KEY, make_note

pytestmark = pytest.mark.django_db


def test_reports_join_one_open_case(stage: Stage) -> None:
    note = stage.note()
    first, again = stage.reported(note), stage.reported(note)
    other = stage.reported(note, by=stage.other.user)
    assert first == again == other
    other.refresh_from_db()
    assert (other.report_count, Report.objects.count(), other.state) == (2, 2, CaseState.OPEN)


def test_report_after_a_decision_opens_the_next_case(stage: Stage) -> None:
    note = stage.note()
    first = stage.decided(stage.reported(note), Decision.NOTHING)
    second = stage.reported(note)
    assert (first.state, second.state, first != second) == (CaseState.DECIDED, CaseState.OPEN, True)


def test_nobody_reports_what_is_not_open_to_them_nor_their_own(stage: Stage) -> None:
    secret = stage.note(circle=stage.confidential(stage.author.user))
    note = stage.note()
    hidden = stage.note()
    hidden.standing = Standing.HIDDEN
    for user, one in ((stage.reader.user, secret), (stage.author.user, note), (stage.reader.user, hidden)):
        with pytest.raises(Refused):
            report(reporter=user, target_key=KEY, target_id=one.pk, reason=Reason.OTHER)
    assert Case.objects.count() == 0


def test_whoever_sees_a_public_thing_reports_it(stage: Stage) -> None:
    note = make_note(public_circle(), stage.author.user, network=stage.network)
    case = stage.reported(note, by=make_user())
    assert (case.network, set(animators_who_judge(case))) == (stage.network, {stage.animator, stage.other})


def test_claim_keeps_others_away_until_it_lapses(stage: Stage) -> None:
    case = stage.reported()
    claim(moderator=stage.animator.user, case=case)
    with pytest.raises(Refused, match="s’en occupe jusqu’à"):
        claim(moderator=stage.other.user, case=case)
    with pytest.raises(Refused, match="s’en occupe jusqu’à"):
        decide(moderator=stage.other.user, case=case, decision=Decision.HIDE, reason="Non")
    Case.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    claim(moderator=stage.other.user, case=case)
    case.refresh_from_db()
    assert case.claimed_by == stage.other.user
    release(moderator=stage.animator.user, case=case)
    case.refresh_from_db()
    assert case.claimed_by == stage.other.user
    release(moderator=stage.other.user, case=case)
    case.refresh_from_db()
    assert [case.claimed_by, case.claimed_until] == [None, None]


@pytest.mark.parametrize(
    ("decision", "verb", "standing"),
    [
        (Decision.NOTHING, [], Standing.LIVE),
        (Decision.HIDE, ["hide"], Standing.HIDDEN),
        (Decision.EDIT, [], Standing.LIVE),
        (Decision.REMOVE, ["remove"], Standing.REMOVED),
    ],
)
def test_each_decision_does_its_verb_and_stands_in_the_trail(
    decision: Decision, verb: list[str], standing: Standing, stage: Stage
) -> None:
    note = stage.note()
    case = stage.decided(stage.reported(note), decision)
    assert [name for name, _pk, _facts in ACTS] == verb
    assert (note.standing, case.decision, case.is_told) == (standing, decision, decision != Decision.NOTHING)
    entry = TrailEntry.objects.get(verb="moderation.decided")
    assert (entry.actor, entry.about, entry.target_id, entry.reason, entry.facts["decision"], entry.is_told) == (
        stage.animator.user,
        stage.author.user,
        note.pk,
        "Ce n’est pas l’endroit.",
        decision,
        case.is_told,
    )


@pytest.mark.parametrize(("decision", "standing"), [("publish", Standing.LIVE), ("refuse", Standing.REMOVED)])
def test_held_text_is_published_or_refused(decision: str, standing: Standing, stage: Stage) -> None:
    note = stage.note()
    note.standing = Standing.HELD
    case = stage.held(note)
    assert case.is_told
    stage.decided(case, Decision(decision))
    assert note.standing == standing


def test_decision_that_the_thing_does_not_know_is_refused(stage: Stage) -> None:
    case, held = stage.reported(), stage.held()
    for one, decision in ((case, Decision.MOVE), (case, Decision.PUBLISH), (held, Decision.HIDE)):
        with pytest.raises(DomainError, match="ne s’applique pas"):
            stage.decided(one, decision)


def test_what_the_product_refuses_undoes_the_whole_decision(stage: Stage) -> None:
    note = stage.note()
    note.is_stubborn = True
    case = stage.reported(note)
    with pytest.raises(DomainError, match="ne se laisse pas faire"):
        stage.decided(case, Decision.HIDE, Sanction.SILENCE, days=2)
    case.refresh_from_db()
    stage.author.refresh_from_db()
    assert (case.state, stage.author.silenced_until) == (CaseState.OPEN, None)
    assert not TrailEntry.objects.filter(verb="moderation.decided").exists()


def test_decision_needs_a_reason_and_is_taken_once(stage: Stage) -> None:
    case = stage.reported()
    with pytest.raises(DomainError, match="Dites pourquoi"):
        decide(moderator=stage.animator.user, case=case, decision=Decision.HIDE, reason="  ")
    stage.decided(case)
    with pytest.raises(Refused, match="déjà tranché"):
        decide(moderator=stage.other.user, case=case, decision=Decision.REMOVE, reason="Aussi")
    assert [name for name, _pk, _facts in ACTS] == ["hide"]


def test_nobody_judges_a_case_of_their_own(stage: Stage) -> None:
    note = make_note(stage.circle, stage.animator.user)
    own = stage.reported(note, by=stage.other.user)
    for user in (stage.animator.user, stage.other.user, stage.reader.user):
        with pytest.raises(Refused):
            decide(moderator=user, case=own, decision=Decision.NOTHING, reason="Je juge")
        with pytest.raises(Refused):
            write_to_author(moderator=user, case=own, body="Bonjour")
        with pytest.raises(Refused):
            claim(moderator=user, case=own)
    assert not has_judge(own)
    third = make_animator(stage.network)
    assert decide(moderator=third.user, case=own, decision=Decision.NOTHING, reason="Vu").state == CaseState.DECIDED


def test_verdicts_and_sets_say_the_same(stage: Stage) -> None:
    """`can_see_case` and `visible_to`, `can_judge` and `judged_by`, and `animators_who_judge`: one rule."""
    inside = stage.confidential(stage.author.user, stage.reader.user, stage.other.user)
    elsewhere = make_animator(make_network())
    cases = [
        stage.reported(),
        stage.reported(by=stage.other.user),
        stage.reported(make_note(stage.circle, stage.animator.user)),
        stage.reported(stage.note(circle=inside)),
        stage.held(),
        stage.decided(),
        _appealed(stage),
    ]
    left = make_animator(stage.network)
    end_membership(membership=left, status=MembershipStatus.SUSPENDED)
    members = (stage.animator, stage.other, stage.author, stage.reader, elsewhere, left)
    seen = 0
    for case in Case.objects.filter(pk__in=[one.pk for one in cases]).select_related("circle"):
        for member in members:
            user = member.user
            own = Membership.objects.active().filter(user=user, network=case.network_id).first()
            can_see = bool(can_see_case(user, own, case))
            can_judge = bool(judge_verdict(user, case))
            visible = Case.objects.visible_to(user).filter(pk=case.pk)
            assert visible.exists() == can_see, (case.pk, member)
            assert visible.judged_by(user).exists() == can_judge, (case.pk, member)
            assert animators_who_judge(case).filter(user=user).exists() == can_judge, (case.pk, member)
            seen += can_judge
    assert seen == 10


def _appealed(stage: Stage) -> Case:
    case = stage.decided()
    appeal(author=stage.author.user, case=case, words="Relisez.")
    case.refresh_from_db()
    return case


def test_appeal_goes_to_another_person_and_overturning_restores(stage: Stage) -> None:
    note = stage.note()
    case = stage.decided(stage.reported(note), Decision.REMOVE, Sanction.SILENCE, days=3)
    appeal(author=stage.author.user, case=case, words="Je citais le règlement.")
    for user in (stage.animator.user, stage.author.user, stage.reader.user):
        with pytest.raises(Refused):
            decide_appeal(moderator=user, case=case, outcome=AppealOutcome.UPHELD, reason="Non")
    decide_appeal(moderator=stage.other.user, case=case, outcome=AppealOutcome.OVERTURNED, reason="En effet.")
    stage.author.refresh_from_db()
    case.refresh_from_db()
    assert (note.standing, stage.author.silenced_until, case.state) == (Standing.LIVE, None, CaseState.CLOSED)
    assert (ACTS[-1][0], ACTS[-1][2]["decision"]) == ("restore", Decision.REMOVE)
    with pytest.raises(Refused, match="déjà demandé"):
        appeal(author=stage.author.user, case=case, words="Encore")


def test_upheld_appeal_changes_nothing(stage: Stage) -> None:
    note = stage.note()
    case = stage.decided(stage.reported(note), Decision.HIDE)
    appeal(author=stage.author.user, case=case, words="Je citais.")
    decide_appeal(moderator=stage.other.user, case=case, outcome=AppealOutcome.UPHELD, reason="Non.")
    assert note.standing == Standing.HIDDEN
    with pytest.raises(Refused, match="déjà tranché"):
        decide_appeal(moderator=stage.other.user, case=case, outcome=AppealOutcome.OVERTURNED, reason="Si.")


def test_appeal_waits_while_there_is_nobody_else(stage: Stage) -> None:
    case = stage.decided()
    end_membership(membership=stage.other, status=MembershipStatus.LEFT)
    appeal(author=stage.author.user, case=case, words="Relisez.")
    case.refresh_from_db()
    assert (case.state, has_judge(case)) == (CaseState.APPEALED, False)
    third = make_animator(stage.network)
    assert list(animators_who_judge(case)) == [third]


def test_only_a_decision_that_changed_something_is_appealed_and_by_its_author(stage: Stage) -> None:
    nothing, hidden, waiting = stage.decided(decision=Decision.NOTHING), stage.decided(), stage.reported()
    warned = stage.decided(decision=Decision.NOTHING, sanction=Sanction.WARN)
    for user, case in (
        (stage.author.user, nothing),
        (stage.author.user, waiting),
        (stage.reader.user, hidden),
    ):
        with pytest.raises(Refused):
            appeal(author=user, case=case, words="Relisez.")
    assert appeal(author=stage.author.user, case=warned, words="Pourquoi ?").outcome == ""
    with pytest.raises(DomainError, match="Dites ce qui"):
        appeal(author=stage.author.user, case=hidden, words=" ")


def test_author_talks_once_told_and_reporter_never(stage: Stage) -> None:
    case = stage.reported()
    with pytest.raises(Refused):
        write_to_team(author=stage.author.user, case=case, body="Pourquoi ?")
    write_to_author(moderator=stage.animator.user, case=case, body="Que vouliez-vous dire ?")
    write_to_team(author=stage.author.user, case=case, body="Une citation.")
    with pytest.raises(Refused):
        write_to_team(author=stage.reader.user, case=case, body="Et moi ?")
    with pytest.raises(DomainError, match="vide"):
        write_to_author(moderator=stage.animator.user, case=case, body="  ")
    assert list(case.messages.values_list("is_from_team", "sender")) == [
        (True, stage.animator.user_id),
        (False, stage.author.user_id),
    ]


def test_moved_thing_moves_its_cases_out_of_sight(stage: Stage) -> None:
    note = stage.note()
    case = stage.reported(note)
    move_target(target_key=KEY, target_ids=[note.pk], circle_id=stage.confidential(stage.author.user).pk)
    case.refresh_from_db()
    assert (Case.objects.visible_to(stage.animator.user).count(), has_judge(case)) == (0, False)


def test_withdrawn_text_takes_its_waiting_case_along(stage: Stage) -> None:
    note, other = stage.note(), stage.note()
    stage.held(note)
    reported = stage.reported(other)
    withdraw_cases(target_key=KEY, target_ids=[note.pk, other.pk])
    assert list(Case.objects.all()) == [reported]


def test_unknown_kind_of_thing_opens_no_case(stage: Stage) -> None:
    with pytest.raises(Refused):
        report(reporter=stage.reader.user, target_key="tests.unknown", target_id=1, reason=Reason.OTHER)


def test_database_refuses_a_second_open_case_and_half_a_decision(stage: Stage) -> None:
    case = stage.reported()
    twin = Case.objects.get(pk=case.pk)
    twin.pk = None
    with pytest.raises(IntegrityError, match="case_one_open_per_target"), transaction.atomic():
        twin.save()
    broken: dict[str, dict[str, Any]] = {
        "case_decided_says_what_why_and_who": {"state": "decided"},
        "case_sanction_ends": {"sanction": "silence"},
        "case_claim_ends": {"claimed_by": stage.animator.user},
    }
    for field, values in broken.items():
        with pytest.raises(IntegrityError, match=field), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**values)


def test_members_of_another_network_do_not_judge(stage: Stage) -> None:
    stranger = make_animator(make_network())
    make_member(stage.network, stranger.user)
    with pytest.raises(Refused):
        decide(moderator=stranger.user, case=stage.reported(), decision=Decision.HIDE, reason="De loin")
