"""A second look, by another person, once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.moderation import targets
from peerhub.moderation.enums import HARMLESS, AppealOutcome, CaseState
from peerhub.moderation.events import AppealDecided, Appealed
from peerhub.moderation.models import Appeal, Case
from peerhub.moderation.policies import NO_LONGER_OPEN, can_act, can_appeal
from peerhub.moderation.services.cases import judge_verdict, lock, note
from peerhub.moderation.services.sanctions import lift
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User


@transaction.atomic
def appeal(*, author: User, case: Case, words: str) -> Appeal:
    """Ask another animator than who decided to look again. It waits while there is nobody else: the page says so."""
    locked = lock(case.pk)
    require(can_appeal(author, locked))
    if not words.strip():
        raise DomainError(_("Dites ce qui, selon vous, doit être revu."))
    made = Appeal.objects.create(case=locked, words=words.strip())
    locked.state = CaseState.APPEALED
    locked.claimed_by = locked.claimed_until = None
    locked.save(update_fields=["state", "claimed_by", "claimed_until"])
    note(locked, author, "moderation.appealed")
    emit(Appealed(case_id=locked.pk))
    return made


@transaction.atomic
def decide_appeal(*, moderator: User, case: Case, outcome: AppealOutcome, reason: str) -> Appeal:
    """Uphold the decision, or overturn it: then the content is restored and the sanction ends."""
    locked = lock(case.pk)
    require(judge_verdict(moderator, locked))
    require(can_act(moderator, locked))
    if locked.state != CaseState.APPEALED:
        raise DomainError(NO_LONGER_OPEN)
    if not reason.strip():
        raise DomainError(_("Dites pourquoi : la personne concernée lira ce motif."))
    made = Appeal.objects.select_for_update().get(case=locked)
    made.outcome, made.reason = outcome, reason.strip()
    made.decided_by, made.decided_at = moderator, timezone.now()
    made.save()
    locked.state = CaseState.CLOSED
    locked.claimed_by = locked.claimed_until = None
    locked.save(update_fields=["state", "claimed_by", "claimed_until"])
    if outcome == AppealOutcome.OVERTURNED:
        lift(case=locked)
        _restore(locked, moderator, made.reason)
    note(locked, moderator, "moderation.appeal_decided", reason=made.reason, outcome=outcome)
    emit(AppealDecided(case_id=locked.pk))
    return made


def _restore(case: Case, moderator: User, reason: str) -> None:
    target = targets.find(case.target_key)
    if target and target.restore and case.decision not in HARMLESS:
        target.restore(actor=moderator, pk=case.target_id, reason=reason, case_id=case.pk, decision=case.decision)
