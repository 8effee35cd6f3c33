"""Who is told of what happened in moderation. Each handler may run again: `notify` is once only by its key."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from peerhub.moderation.events import AppealDecided, Appealed, CaseDecided, CaseOpened, MessageSent
from peerhub.moderation.models import Case, CaseMessage, DutyTurn
from peerhub.moderation.queries.audience import animators_who_judge
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles


@handles(CaseOpened)
def on_case_opened(event: CaseOpened) -> None:
    """Those on duty; without any, every animator who may judge."""
    if case := _case(event.case_id):
        _tell(case, "moderation.case", on_duty(case), key=f"moderation.case.{case.pk}")


@handles(CaseDecided)
def on_case_decided(event: CaseDecided) -> None:
    """The author, if there is something to know, and those who reported."""
    case = _case(event.case_id)
    if case is None:
        return
    if case.is_told and case.author_id is not None:
        _tell(case, "moderation.decision", [case.author_id], key=f"moderation.decision.{case.pk}")
    reporters = case.reports.values_list("reporter_id", flat=True)
    _tell(case, "moderation.report_closed", reporters, key=f"moderation.report_closed.{case.pk}")


@handles(MessageSent)
def on_message_sent(event: MessageSent) -> None:
    """The author; or the animators who wrote before or have the case in hand, else those on duty."""
    message = CaseMessage.objects.select_related("case__circle").filter(pk=event.message_id).first()
    if message is None:
        return
    case = message.case
    if message.is_from_team:
        recipients: Iterable[int] = [case.author_id] if case.author_id is not None else []
    else:
        judges = set(animators_who_judge(case).values_list("user_id", flat=True))
        wrote = case.messages.filter(is_from_team=True).values_list("sender_id", flat=True)
        recipients = (judges & {*wrote, case.claimed_by_id}) or on_duty(case)
    _tell(
        case,
        "moderation.message",
        recipients,
        key=f"moderation.message.{message.pk}",
        actor_id=None if message.is_from_team else message.sender_id,
    )


@handles(Appealed)
def on_appealed(event: Appealed) -> None:
    """Those on duty, but never who took the decision."""
    if case := _case(event.case_id):
        _tell(case, "moderation.appeal", on_duty(case), key=f"moderation.appeal.{case.pk}")


@handles(AppealDecided)
def on_appeal_decided(event: AppealDecided) -> None:
    case = _case(event.case_id)
    if case and case.author_id is not None:
        _tell(case, "moderation.decision", [case.author_id], key=f"moderation.appeal_decided.{case.pk}")


def on_duty(case: Case) -> set[int]:
    """The animators on duty today who may judge the case; without any, all those who may."""
    judges = set(animators_who_judge(case).values_list("user_id", flat=True))
    today = timezone.localdate(timezone=ZoneInfo(settings.DEFAULT_TIME_ZONE))
    turns = DutyTurn.objects.on(today).filter(network=case.network_id)
    return judges & set(turns.values_list("user_id", flat=True)) or judges


def _case(pk: int) -> Case | None:
    return Case.objects.select_related("circle").filter(pk=pk).first()


def _tell(case: Case, kind: str, recipients: Iterable[int], *, key: str, actor_id: int | None = None) -> None:
    notify(
        kind=kind,
        recipients=recipients,
        target_id=case.pk,
        dedupe_key=key,
        actor_id=actor_id,
        network_id=case.network_id,
        streak=f"case.{case.pk}",
    )
