"""Who may claim, wait for, give back and give away seats. Pure: callers give what they loaded."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration

GIVEN_BACK = (RegistrationState.REGISTERED, RegistrationState.WAITING, RegistrationState.OFFERED)


def can_answer(session: PeerSession, now: datetime | None = None) -> Verdict:
    """Whether anything about the seats of a session may still change."""
    if session.is_cancelled:
        return Denied(_("Cette séance est annulée."))
    if session.is_draft:
        return Denied(_("Cette séance n’est pas encore annoncée."))
    if session.is_over(now):
        return Denied(_("Cette séance a eu lieu."))
    if session.has_begun(now):
        return Denied(_("Cette séance a commencé : on ne s’y inscrit plus."))
    return Allowed()


def can_claim(
    membership: Membership | None, session: PeerSession, *, is_known: bool = False, now: datetime | None = None
) -> Verdict:
    """Whether the person may ask for a seat, free or not, in a session that the person sees. `is_known`: the person was
    invited, or asked before."""
    if not (verdict := can_answer(session, now)):
        return verdict
    if membership is None or not membership.is_active or membership.network_id != session.network_id:
        return Denied(_("Rejoignez le réseau pour vous inscrire à ses séances."))
    if session.is_invited_only and not is_known:
        return Denied(_("Cette séance est sur invitation : demandez à l’animation du réseau."))
    return Allowed()


def can_leave(session: PeerSession, registration: Registration | None, now: datetime | None = None) -> Verdict:
    """Whether the seat, the offer or the place in the list may be given back."""
    if registration is None or registration.state not in GIVEN_BACK:
        return Denied(_("Vous n’êtes pas inscrit·e à cette séance."))
    if session.is_cancelled:
        return Denied(_("Cette séance est annulée."))
    if session.has_begun(now):
        return Denied(_("Cette séance a commencé : on ne s’en retire plus."))
    return Allowed()


@dataclass(frozen=True)
class SeatAbilities:
    """What the person may do with a seat of their own, judged once."""

    claim: Verdict
    wait: Verdict
    decline: Verdict
    leave: Verdict


def seat_abilities(
    membership: Membership | None,
    session: PeerSession,
    registration: Registration | None,
    now: datetime | None = None,
    *,
    has_seat: bool,
) -> SeatAbilities:
    """`has_seat`: whether a seat can be had now by this person."""
    now = now or timezone.now()
    state = registration.state if registration else ""
    claim = can_claim(membership, session, is_known=registration is not None, now=now)
    is_in = state in GIVEN_BACK
    none_free = Denied(_("Il n’y a pas de place pour vous maintenant."))
    wait: Verdict = claim
    if is_in:
        wait = Denied(_("Vous avez déjà demandé une place."))
    elif has_seat:
        wait = Denied(_("Une place est libre."))
    if claim and not has_seat and state != RegistrationState.OFFERED:
        claim = none_free
    decline: Verdict = can_answer(session, now) if state == RegistrationState.INVITED else Denied(none_free.reason)
    return SeatAbilities(claim, wait, decline, can_leave(session, registration, now))
