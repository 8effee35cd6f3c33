"""The opening of the envelopes at an agora: all at once, once, under the eyes of everyone."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.live.publish import publish_on_commit
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from sessions.enums import ConclusionState
from sessions.events import EnvelopesOpened
from sessions.fragments import envelopes_in_each_language
from sessions.models import Conclusion, PeerSession, RevealVoice
from sessions.policies.conclusions import can_ask_to_open, can_open_envelopes
from sessions.queries.conclusions import (
    asking_categories,
    category_at,
    envelopes_q,
    opened_at,
    wanted_categories,
)
from sessions.services.holding import hold_visible


@transaction.atomic
def open_envelopes(*, actor: User, agora: PeerSession) -> int:
    """By an animator, at once. Returns how many were opened: 0 when they were open already (two clicks are one).
    Raises `Refused`, or `DomainError` when there is no envelope."""
    current = hold_visible(agora.pk, actor)
    require(can_open_envelopes(membership_for(actor, current.network), current))
    return _open(current, timezone.now())


@transaction.atomic
def ask_to_open(*, user: User, agora: PeerSession) -> int:
    """Ask in the name of one's category; with the last category that asks, the envelopes open. Returns how many were
    opened."""
    current = hold_visible(agora.pk, user)
    wanted = wanted_categories(current)
    require(can_ask_to_open(category_at(user, current), wanted, current))
    now = timezone.now()
    if not _sealed(current).exists():
        return _open(current, now)
    RevealVoice.objects.update_or_create(agora=current, user=user, defaults={"at": now})
    if wanted <= asking_categories(current):
        return _open(current, now)
    return 0


def _open(agora: PeerSession, now: datetime) -> int:
    keys = list(_sealed(agora).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    opened = Conclusion.objects.filter(pk__in=keys, state=ConclusionState.SEALED).update(
        state=ConclusionState.REVEALED, revealed_at=now, agora=agora
    )
    if not opened:
        if Conclusion.objects.filter(agora=agora, state=ConclusionState.REVEALED).exists():
            return 0
        raise DomainError(_("Aucune enveloppe n’est scellée pour cette agora."))
    emit(EnvelopesOpened(agora_id=agora.pk, conclusion_id=keys[0]))
    envelopes = opened_at(agora)
    publish_on_commit(
        f"session.{agora.pk}",
        "conclusions.revealed",
        html=envelopes_in_each_language(agora, envelopes),
        data={"opened": len(envelopes)},
    )
    return opened


def _sealed(agora: PeerSession) -> QuerySet[Conclusion]:
    return Conclusion.objects.filter(envelopes_q(agora), state=ConclusionState.SEALED)
