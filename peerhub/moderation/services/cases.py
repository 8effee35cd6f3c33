"""Opening, claiming and deciding cases. A case moves under the lock of its row; what it does to the content and to the
person happens in the same transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.moderation import targets
from peerhub.moderation.enums import (
    OPEN_DECISIONS,
    WAITING,
    CaseKind,
    CaseState,
    Decision,
    HeldReason,
    Sanction,
)
from peerhub.moderation.events import CaseDecided, CaseOpened
from peerhub.moderation.models import Case, Report
from peerhub.moderation.policies import NO_LONGER_OPEN, can_act, can_judge
from peerhub.moderation.services.sanctions import impose
from peerhub.moderation.services.trail import record
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Verdict

CLAIM = timedelta(minutes=30)


@transaction.atomic
def open_case(
    *,
    kind: CaseKind,
    target_key: str,
    target_id: int,
    network_id: int,
    circle_id: int,
    author_id: int | None,
    written_at: datetime,
    reasons: Sequence[HeldReason | str] = (),
) -> Case:
    """The open case of a thing, made when there is none: a product opens one for a text that waits for approval (kind
    HELD, with why), `reports.report` for what somebody reports. In the caller's transaction."""
    if targets.find(target_key) is None:
        raise ValueError(f"{target_key} is no registered moderation target.")
    is_held = kind == CaseKind.HELD
    case, is_new = Case.objects.get_or_create(
        target_key=target_key,
        target_id=target_id,
        state=CaseState.OPEN,
        defaults={
            "kind": kind,
            "network_id": network_id,
            "circle_id": circle_id,
            "author_id": author_id,
            "written_at": written_at,
            "held_reasons": [HeldReason(reason) for reason in reasons],
            "is_told": is_held,
        },
    )
    if is_new:
        if is_held:
            note(case, None, "moderation.held", reasons=list(case.held_reasons))
        emit(CaseOpened(case_id=case.pk))
    return case


def move_target(*, target_key: str, target_ids: Sequence[int], circle_id: int) -> None:
    """The things moved to another circle: who may read their cases follows. In the caller's transaction."""
    Case.objects.filter(target_key=target_key, target_id__in=list(target_ids)).update(circle_id=circle_id)


def withdraw_cases(*, target_key: str, target_ids: Sequence[int]) -> None:
    """The author took back texts that were waiting for approval: their cases are gone with them."""
    Case.objects.filter(
        kind=CaseKind.HELD, state=CaseState.OPEN, target_key=target_key, target_id__in=list(target_ids)
    ).delete()


def claim(*, moderator: User, case: Case) -> None:
    """Take a case for half an hour, by compare-and-set; again prolongs. Raises `Refused`, or `DomainError` when
    somebody else was quicker."""
    require(judge_verdict(moderator, case))
    free = Q(claimed_by__isnull=True) | Q(claimed_by=moderator) | Q(claimed_until__lte=Now())
    taken = Case.objects.filter(free, pk=case.pk, state__in=WAITING).update(
        claimed_by=moderator, claimed_until=timezone.now() + CLAIM
    )
    if not taken:
        require(can_act(moderator, Case.objects.select_related("claimed_by").get(pk=case.pk)))
        raise DomainError(NO_LONGER_OPEN)


def release(*, moderator: User, case: Case) -> None:
    """Give back one's own claim."""
    Case.objects.filter(pk=case.pk, claimed_by=moderator).update(claimed_by=None, claimed_until=None)


@transaction.atomic
def decide(
    *,
    moderator: User,
    case: Case,
    decision: Decision,
    reason: str,
    sanction: Sanction = Sanction.NONE,
    until: datetime | None = None,
) -> Case:
    """Say what becomes of the content, and what it means for its author, and why; all of it happens now, or nothing.

    Raises `Refused` for who may not judge, and `DomainError` for a case that was decided meanwhile, a decision that
    this kind of thing does not know, or a sanction that makes no sense.
    """
    locked = lock(case.pk)
    require(judge_verdict(moderator, locked))
    require(can_act(moderator, locked))
    if locked.state != CaseState.OPEN:
        raise DomainError(NO_LONGER_OPEN)
    if not reason.strip():
        raise DomainError(_("Dites pourquoi : la personne concernée lira ce motif."))
    if decision not in decisions_for(locked):
        raise DomainError(_("Cette décision ne s’applique pas à ce contenu."))
    locked.decision, locked.reason = decision, reason.strip()
    locked.sanction, locked.sanction_until = sanction, until
    locked.state, locked.decided_by, locked.decided_at = CaseState.DECIDED, moderator, timezone.now()
    locked.claimed_by = locked.claimed_until = None
    # A person of whom nothing was asked and whose text stands as it was need not know that somebody complained.
    locked.is_told = locked.is_told or locked.has_consequence
    impose(case=locked, sanction=sanction, until=until)
    locked.save()
    _perform(locked, moderator)
    note(
        locked,
        moderator,
        "moderation.decided",
        reason=locked.reason,
        decision=decision,
        sanction=sanction,
        until=until.isoformat() if until else None,
    )
    emit(CaseDecided(case_id=locked.pk))
    return locked


def decisions_for(case: Case) -> tuple[Decision, ...]:
    """What can be decided about the content of this case: what its product offers, and to leave it."""
    target = targets.find(case.target_key)
    offered = {Decision.NOTHING, *(target.verbs if target else ()), *(target.verb_urls if target else ())}
    return tuple(decision for decision in OPEN_DECISIONS[CaseKind(case.kind)] if decision in offered)


def lock(pk: int) -> Case:
    """The case as it is now; who else would move it waits for us."""
    cases = Case.objects.select_for_update(of=("self",), no_key=True).select_related("circle", "claimed_by", "author")
    return cases.get(pk=pk)


def judge_verdict(moderator: User, case: Case) -> Verdict:
    """`can_judge`, with what it needs read now."""
    membership = Membership.objects.active().filter(user_id=moderator.pk, network_id=case.network_id).first()
    is_reporter = Report.objects.filter(case_id=case.pk, reporter_id=moderator.pk).exists()
    target = targets.find(case.target_key)
    is_entrusted = target is not None and target.entrusted(moderator, case.target_id)
    return can_judge(moderator, membership, case, is_reporter=is_reporter, is_entrusted=is_entrusted)


def note(case: Case, actor: User | None, verb: str, *, reason: str = "", **facts: Any) -> None:
    """Write an act about a case in the trail; the author reads it once told of the case."""
    record(
        network_id=case.network_id,
        actor=actor,
        verb=verb,
        target_key=case.target_key,
        target_id=case.target_id,
        circle_id=case.circle_id,
        about_id=case.author_id,
        reason=reason,
        is_told=case.is_told,
        case_id=case.pk,
        **facts,
    )


def count_report(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(report_count=F("report_count") + 1)


def _perform(case: Case, moderator: User) -> None:
    """What the product does about it; what has a page of its own was done there."""
    target = targets.find(case.target_key)
    verb = target.verbs.get(Decision(case.decision)) if target else None
    if verb:
        verb(actor=moderator, pk=case.target_id, reason=case.reason, case_id=case.pk)
