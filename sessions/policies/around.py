"""Who facilitates a session, and who may say that they are there."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership, User
from peerhub.people.policies import can_animate
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import LINK_OPENS_BEFORE, PeerSession, Registration
from sessions.policies.sessions import can_manage_session


def can_facilitate(
    user: User, membership: Membership | None, session: PeerSession, *, is_named: bool | None = None
) -> Verdict:
    """The animators, and those named facilitators: the names are read unless they were prefetched, or unless the caller
    knows whether the person `is_named`."""
    if can_manage_session(membership, session):
        return Allowed()
    is_inside = membership is not None and membership.is_active and membership.network_id == session.network_id
    if is_inside and is_named is None:
        is_named = user.pk in {one.pk for one in session.facilitators.all()}
    if is_inside and is_named:
        return Allowed()
    return Denied(_("Cette page est réservée à l’animation et à celles et ceux qui facilitent la séance."))


def can_write_charter(membership: Membership | None) -> Verdict:
    if membership and can_animate(membership):
        return Allowed()
    return Denied(_("La charte est écrite par l’animation du réseau."))


def can_accept_charter(membership: Membership | None) -> Verdict:
    if membership and membership.is_active:
        return Allowed()
    return Denied(_("Cette charte est celle d’un autre réseau."))


def can_check_in(registration: Registration | None, session: PeerSession, now: datetime | None = None) -> Verdict:
    """From half an hour before the beginning to the end, for those who hold a seat."""
    now = now or timezone.now()
    if session.is_cancelled:
        return Denied(_("Cette séance est annulée."))
    if registration is None or not registration.is_registered:
        return Denied(_("La présence se signale quand on est inscrit·e."))
    if now < session.starts_at - LINK_OPENS_BEFORE:
        return Denied(_("La présence se signale à partir d’une demi-heure avant le début."))
    if session.is_over(now):
        return Denied(_("La séance est finie : la personne qui facilite peut corriger la présence."))
    return Allowed()


def can_have_certificate(session: PeerSession, *, half_days_present: int, now: datetime | None = None) -> Verdict:
    if not session.is_over(now):
        return Denied(_("L’attestation se fait une fois la séance finie."))
    if not half_days_present:
        return Denied(_("Aucune présence n’est notée pour vous à cette séance."))
    return Allowed()
