"""The conclusions of a group: written by several without losing a word, proposed, approved by the programme's rule,
sealed. The session's row, then that of the conclusions, are held by whoever changes them."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.services.drafts import forget_draft
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.text.markdown import RENDER_VERSION, TextError, clean_source, one_line, render
from sessions.enums import ApprovalRule, ConclusionState, Voice
from sessions.events import ConclusionObjected, ConclusionProposed, ConclusionSealed
from sessions.models import Conclusion, ConclusionVoice, PeerSession
from sessions.policies.conclusions import (
    CHANGED,
    can_give_voice,
    can_propose,
    can_seal,
    can_write,
    is_approved,
    not_approved,
)
from sessions.queries.conclusions import agora_of, rule_of, standing_of, tally_of
from sessions.services.holding import hold_session, hold_visible
from sessions.services.sealing import append_seal

logger = logging.getLogger(__name__)
MAX_LENGTH = 20_000


class ConclusionConflict(DomainError):
    """Somebody wrote meanwhile: `current` is what is kept. Nothing of either text is lost."""

    def __init__(self, current: Conclusion) -> None:
        super().__init__(_("Quelqu’un a modifié ces conclusions pendant que vous écriviez. Votre texte est gardé ici."))
        self.current = current


class BadConclusion(DomainError):
    """A text that cannot be kept as it is (422)."""


def draft_key(session: PeerSession, version: int) -> str:
    """Where a person's own draft is kept: one begun from another version is not put over this one."""
    return f"conclusions-{session.pk}-{version}"


@transaction.atomic
def write_conclusion(*, author: User, session: PeerSession, body: str, version: int) -> Conclusion:
    """Keep a new text over the version that the author knew (0: none). It is a draft again: what was said of the one
    before does not count for it. Raises `ConclusionConflict`, `Refused`, or `BadConclusion`."""
    body, html = _written(body)
    conclusion = _lock(session.pk, author)
    current = conclusion.session
    require(can_write(current, conclusion, standing_of(author, current)))
    if conclusion.body == body and conclusion.version:
        forget_draft(user_id=author.pk, key=draft_key(current, version))
        return conclusion
    if conclusion.version != version:
        raise ConclusionConflict(conclusion)
    conclusion.body, conclusion.body_html, conclusion.render_version = body, html, RENDER_VERSION
    conclusion.version += 1
    conclusion.state = ConclusionState.DRAFT
    conclusion.proposed_by = conclusion.proposed_at = conclusion.approved_by_date = None
    conclusion.agora = agora_of(current)
    conclusion.updated_at = timezone.now()
    conclusion.save()
    forget_draft(user_id=author.pk, key=draft_key(current, version))
    return conclusion


@transaction.atomic
def propose(*, actor: User, session: PeerSession, version: int) -> Conclusion:
    """Submit this version to the group, which has the programme's delay to speak; who proposes agrees. Proposing what
    is proposed already changes nothing."""
    conclusion = _lock(session.pk, actor)
    current = conclusion.session
    if conclusion.state == ConclusionState.PROPOSED and conclusion.version == version:
        return conclusion
    standing = standing_of(actor, current)
    require(can_propose(current, conclusion, standing))
    _require_version(conclusion, version)
    now = timezone.now()
    _rule, days = rule_of(current)
    conclusion.state = ConclusionState.PROPOSED
    conclusion.proposed_by, conclusion.proposed_at = actor, now
    conclusion.approved_by_date = now + timedelta(days=days)
    conclusion.agora = agora_of(current)
    conclusion.save(update_fields=["state", "proposed_by", "proposed_at", "approved_by_date", "agora"])
    if standing.has_voice:
        _say(conclusion, actor, Voice.AGREES, "")
    emit(ConclusionProposed(conclusion_id=conclusion.pk, version=conclusion.version))
    return conclusion


@transaction.atomic
def give_voice(*, user: User, session: PeerSession, version: int, voice: Voice, reason: str = "") -> ConclusionVoice:
    """Agree with a version, or object with a reason; the last word counts."""
    conclusion = _lock(session.pk, user)
    current = conclusion.session
    rule, _days = rule_of(current)
    _require_version(conclusion, version)
    require(can_give_voice(conclusion, standing_of(user, current), rule, tally_of(conclusion)))
    reason = one_line(reason)[:500]
    if voice == Voice.OBJECTS and not reason:
        raise DomainError(_("Dites pourquoi vous vous opposez : le groupe pourra revoir son texte."))
    said, is_news = _say(conclusion, user, voice, reason)
    if voice == Voice.OBJECTS and is_news:
        emit(ConclusionObjected(voice_id=said.pk))
    return said


@transaction.atomic
def seal(*, actor: User, session: PeerSession, version: int) -> Conclusion:
    """Close the envelope of what the group has approved; refused otherwise. Sealing twice is sealing once."""
    conclusion = _lock(session.pk, actor)
    if conclusion.is_closed and conclusion.version == version:
        return conclusion
    current = conclusion.session
    rule, _days = rule_of(current)
    require(can_seal(current, conclusion, standing_of(actor, current), rule, tally_of(conclusion)))
    _require_version(conclusion, version)
    _close(conclusion, timezone.now())
    return conclusion


def seal_due(now: datetime | None = None, limit: int = 200) -> int:
    """Close the envelopes whose delay is over and which are approved by the rule: silence was consent. Each in a
    transaction of its own; returns how many. `limit` at most are looked at in one run."""
    now = now or timezone.now()
    objected = ConclusionVoice.objects.filter(
        conclusion=OuterRef("pk"), version=OuterRef("version"), voice=Voice.OBJECTS
    )
    is_held = ~Q(session__programme__approval_rule=ApprovalRule.MAJORITY) & Exists(objected)
    due = Conclusion.objects.filter(~is_held, state=ConclusionState.PROPOSED, approved_by_date__lte=now)
    # The latest first: a group that will not agree any more keeps no other waiting.
    sessions = due.order_by("-approved_by_date", "pk").values_list("session_id", flat=True)
    return sweep("sessions.conclusions.seal", partial(_seal_if_approved, now=now), list(sessions[:limit]))


def _seal_if_approved(session_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            conclusion = _lock(session_id)
            rule, _days = rule_of(conclusion.session)
            if not is_approved(conclusion, rule, tally_of(conclusion), now):
                return False
            _close(conclusion, now)
            return True
    except DomainError:
        logger.warning("conclusions.seal_refused", extra={"session_id": session_id})
        return False


def _close(conclusion: Conclusion, now: datetime) -> None:
    append_seal(conclusion=conclusion, sealed_at=now)
    agora = agora_of(conclusion.session)
    closed = Conclusion.objects.filter(
        pk=conclusion.pk, state=ConclusionState.PROPOSED, version=conclusion.version
    ).update(state=ConclusionState.SEALED, sealed_at=now, agora=agora)
    if not closed:
        raise Refused(not_approved(rule_of(conclusion.session)[0]).reason)
    conclusion.refresh_from_db(fields=["state", "sealed_at", "agora"])
    emit(ConclusionSealed(conclusion_id=conclusion.pk))


def _say(conclusion: Conclusion, user: User, voice: Voice, reason: str) -> tuple[ConclusionVoice, bool]:
    """The person's voice, and whether it says something else than before."""
    known = ConclusionVoice.objects.filter(conclusion=conclusion, user=user, version=conclusion.version).first()
    if known is not None and (known.voice, known.reason) == (voice, reason):
        return known, False
    said, _created = ConclusionVoice.objects.update_or_create(
        conclusion=conclusion,
        user=user,
        version=conclusion.version,
        defaults={"voice": voice, "reason": reason, "at": timezone.now()},
    )
    return said, True


def _written(body: str) -> tuple[str, str]:
    body = clean_source(body).strip()
    if not body:
        raise BadConclusion(_("Écrivez les conclusions avant de les enregistrer."))
    if len(body) > MAX_LENGTH:
        raise BadConclusion(_("Ce texte est trop long : %(limit)s caractères au plus.") % {"limit": MAX_LENGTH})
    try:
        # Neither people nor files: what leaves the circle later must not lead back into it.
        return body, render(body, names={}, groups={}).html
    except TextError as error:
        raise BadConclusion(str(error)) from error


def _require_version(conclusion: Conclusion, version: int) -> None:
    if conclusion.version != version:
        raise DomainError(CHANGED)


def _lock(session_id: int, person: User | None = None) -> Conclusion:
    """The row of the conclusions, made on first use, with its session: both held until the end of the transaction, the
    session's first, so that it neither opens nor closes meanwhile. Raises `Refused` when the person who acts is not in
    its circle."""
    current = hold_visible(session_id, person, "programme") if person else hold_session(session_id, "programme")
    Conclusion.objects.get_or_create(session=current)
    conclusion = Conclusion.objects.select_for_update(of=("self",)).get(session=current)
    conclusion.session = current
    return conclusion
