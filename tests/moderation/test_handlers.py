"""Who is told of what, once; and mails that say that something happened, never what."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from peerhub.moderation import handlers
from peerhub.moderation.enums import AppealOutcome, CaseState, Decision, Sanction
from peerhub.moderation.events import AppealDecided, Appealed, CaseDecided, CaseOpened, MessageSent
from peerhub.moderation.models import Case, DutyTurn
from peerhub.moderation.queries import judgeable_count
from peerhub.moderation.services.appeals import appeal, decide_appeal
from peerhub.moderation.services.conversation import write_to_author, write_to_team
from peerhub.notifications import kinds
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.notifications.queries import notifications_page
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import Membership, User
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator
from tests.moderation.builders import Stage
from tests.moderation.notes import make_note

pytestmark = pytest.mark.django_db

SECRET = "zqsecretzq"


def told(kind: str) -> set[User]:
    return {one.recipient for one in Notification.objects.filter(kind=kind).select_related("recipient")}


def on_duty(member: Membership, *, days: int = 0) -> DutyTurn:
    day = timezone.localdate() + timedelta(days=days)
    return DutyTurn.objects.create(network=member.network, user=member.user, starts_on=day, ends_on=day)


def test_every_kind_has_its_sentences(stage: Stage) -> None:
    """Each kind of this room is shown and mailed below; a new one must be added there."""
    ours = {kind.key for kind in kinds.all_kinds() if kind.key.startswith("moderation.")}
    names = ("case", "appeal", "decision", "report_closed", "message")
    assert ours == {f"moderation.{name}" for name in names}


def test_those_on_duty_are_told_once(stage: Stage) -> None:
    on_duty(stage.other)
    on_duty(stage.animator, days=9)
    case = stage.reported()
    for _twice in range(2):
        handlers.on_case_opened(CaseOpened(case_id=case.pk))
    assert (told("moderation.case"), Notification.objects.count()) == ({stage.other.user}, 1)


def test_without_anybody_on_duty_all_who_may_judge_are_told(stage: Stage) -> None:
    outside = stage.confidential(stage.author.user, stage.reader.user, stage.other.user)
    handlers.on_case_opened(CaseOpened(case_id=stage.reported().pk))
    assert told("moderation.case") == {stage.animator.user, stage.other.user}
    Notification.objects.all().delete()
    on_duty(stage.animator)
    handlers.on_case_opened(CaseOpened(case_id=stage.reported(stage.note(circle=outside)).pk))
    assert told("moderation.case") == {stage.other.user}


def test_concerned_animators_are_not_told(stage: Stage) -> None:
    on_duty(stage.animator)
    own = stage.reported(make_note(stage.circle, stage.animator.user), by=stage.other.user)
    handlers.on_case_opened(CaseOpened(case_id=own.pk))
    assert told("moderation.case") == set()
    third = make_animator(stage.network)
    handlers.on_case_opened(CaseOpened(case_id=own.pk))
    assert told("moderation.case") == {third.user}


@pytest.mark.parametrize(
    ("decision", "sanction", "is_told"),
    [
        (Decision.NOTHING, Sanction.NONE, False),
        (Decision.HIDE, Sanction.NONE, True),
        (Decision.NOTHING, Sanction.WARN, True),
    ],
)
def test_decision_tells_reporters_and_an_author_who_has_something_to_know(
    decision: Decision, sanction: Sanction, is_told: bool, stage: Stage
) -> None:
    case = stage.decided(stage.reported(), decision, sanction)
    for _twice in range(2):
        handlers.on_case_decided(CaseDecided(case_id=case.pk))
    assert told("moderation.decision") == ({stage.author.user} if is_told else set())
    assert told("moderation.report_closed") == {stage.reader.user}
    assert Notification.objects.count() == 1 + is_told


def test_messages_reach_the_other_side(stage: Stage) -> None:
    case = stage.reported()
    first = write_to_author(moderator=stage.animator.user, case=case, body=SECRET)
    answer = write_to_team(author=stage.author.user, case=case, body=SECRET)
    for message in (first, first, answer, answer):
        handlers.on_message_sent(MessageSent(message_id=message.pk))
    rows = Notification.objects.order_by("pk").values_list("recipient", "actor")
    # The animators speak as one: who wrote is not said.
    assert list(rows) == [(stage.author.user_id, None), (stage.animator.user_id, stage.author.user_id)]


def test_answer_reaches_those_on_duty_when_who_wrote_is_gone(stage: Stage) -> None:
    case = stage.reported()
    write_to_author(moderator=stage.animator.user, case=case, body=SECRET)
    end_membership(membership=stage.animator, status=MembershipStatus.LEFT)
    answer = write_to_team(author=stage.author.user, case=case, body=SECRET)
    handlers.on_message_sent(MessageSent(message_id=answer.pk))
    assert told("moderation.message") == {stage.other.user}


def test_appeal_is_told_to_another_than_who_decided(stage: Stage) -> None:
    on_duty(stage.animator)
    case = stage.decided()
    appeal(author=stage.author.user, case=case, words=SECRET)
    for _twice in range(2):
        handlers.on_appealed(Appealed(case_id=case.pk))
    assert (told("moderation.appeal"), Notification.objects.count()) == ({stage.other.user}, 1)
    decide_appeal(moderator=stage.other.user, case=case, outcome=AppealOutcome.UPHELD, reason=SECRET)
    for _twice in range(2):
        handlers.on_appeal_decided(AppealDecided(case_id=case.pk))
    assert (told("moderation.decision"), Notification.objects.count()) == ({stage.author.user}, 2)


def test_handlers_bear_what_is_gone() -> None:
    handlers.on_case_opened(CaseOpened(case_id=0))
    handlers.on_case_decided(CaseDecided(case_id=0))
    handlers.on_message_sent(MessageSent(message_id=0))
    handlers.on_appealed(Appealed(case_id=0))
    handlers.on_appeal_decided(AppealDecided(case_id=0))
    assert Notification.objects.count() == 0


def test_moot_notifications_are_left_out(stage: Stage) -> None:
    case = stage.reported()
    handlers.on_case_opened(CaseOpened(case_id=case.pk))
    for user in (stage.animator.user, stage.other.user):
        assert len(notifications_page(user)[0]) == 1
    stage.decided(case, Decision.NOTHING)
    assert notifications_page(stage.other.user)[0] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_mails_of_every_kind_say_nothing_of_what_was_written(language: str, stage: Stage) -> None:
    User.objects.update(language=language)
    circle = stage.confidential(stage.author.user, stage.reader.user, stage.animator.user, stage.other.user)
    note = stage.note(SECRET, circle=circle)
    case = stage.reported(note, words=SECRET)
    handlers.on_case_opened(CaseOpened(case_id=case.pk))
    message = write_to_author(moderator=stage.animator.user, case=case, body=SECRET)
    handlers.on_message_sent(MessageSent(message_id=message.pk))
    answer = write_to_team(author=stage.author.user, case=case, body=SECRET)
    handlers.on_message_sent(MessageSent(message_id=answer.pk))
    deliver_due()
    stage.decided(case)
    handlers.on_case_decided(CaseDecided(case_id=case.pk))
    appeal(author=stage.author.user, case=case, words=SECRET)
    handlers.on_appealed(Appealed(case_id=case.pk))
    deliver_due()
    decide_appeal(moderator=stage.other.user, case=case, outcome=AppealOutcome.OVERTURNED, reason=SECRET)
    handlers.on_appeal_decided(AppealDecided(case_id=case.pk))
    deliver_due()
    sent = {(one.to[0], one.subject) for one in mail.outbox}
    # 2 of a case, 2 messages, a decision, a closed report, an appeal, and its answer.
    assert (len(sent), Case.objects.get().state) == (8, CaseState.CLOSED)
    names = [stage.animator.user.full_name, stage.reader.user.full_name, stage.author.user.full_name]
    for one in mail.outbox:
        raw = one.subject + one.message().as_string() + str(one.body)
        assert SECRET not in raw
        assert [name for name in names if name in raw.partition("\n")[2].replace("Bonjour", "")] == [], one.subject
    for user in (stage.animator.user, stage.author.user, stage.reader.user):
        lines = notifications_page(user)[0]
        assert all(SECRET not in str(line.subject) for line in lines)


def test_desk_counts_what_the_animator_may_judge(stage: Stage) -> None:
    stage.reported()
    stage.held()
    stage.reported(by=stage.animator.user)
    stage.reported(make_note(stage.circle, stage.animator.user))
    stage.reported(stage.note(circle=stage.confidential(stage.author.user, stage.reader.user)))
    stage.decided(stage.reported())
    counts = [judgeable_count(one.user, stage.network) for one in (stage.animator, stage.other, stage.reader)]
    assert counts == [2, 4, 0]
