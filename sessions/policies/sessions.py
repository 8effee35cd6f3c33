"""Who may do what with sessions. Pure: callers give the membership and the registration that they loaded."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, CircleMember, Membership, Network, User
from peerhub.people.policies import can_animate, can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import PeerSession, Registration

FULL = _("La séance est complète : toutes les places sont prises. Vous pouvez vous mettre en attente.")


TOO_EARLY = _("La visioconférence s’ouvrira une demi-heure avant le début.")


def can_see_session(user: User | AnonymousUser, session: PeerSession) -> Verdict:
    """Whether the session may be opened; the twin of `PeerSession.objects.visible_to`."""
    if can_see_circle(user, session.circle):
        return Allowed()
    return Denied(_("Cette séance ne vous est pas ouverte."), hide=True)


def runs(membership: Membership | None, network_id: int, circle: Circle | None = None) -> bool:
    """Whether the person runs what is in this circle of the network: its animators do; in a conversation, each of its
    people does, and nobody else; in a chosen list that somebody leads (a training), that person does too."""
    if membership is None or membership.network_id != network_id:
        return False
    if circle is None or circle.kind != CircleKind.CONVERSATION:
        return bool(can_animate(membership)) or _leads(membership, circle)
    inside = CircleMember.objects.filter(circle=circle, user=membership.user_id)
    return membership.is_active and inside.exists()


def _leads(membership: Membership, circle: Circle | None) -> bool:
    """`chosen` of a list that was never a cohort: who leads it."""
    if circle is None or circle.kind != CircleKind.CUSTOM or circle.delegations or not membership.is_active:
        return False
    return membership.user_id in circle.chosen


def can_create_session(membership: Membership | None, network: Network, circle: Circle | None = None) -> Verdict:
    """`circle`: whom it will be open to."""
    if runs(membership, network.pk, circle):
        return Allowed()
    return Denied(_("Les séances sont proposées par l’animation du réseau."))


def can_manage_session(membership: Membership | None, session: PeerSession) -> Verdict:
    """Whether the person may edit, move and cancel a session that the person sees."""
    if runs(membership, session.network_id, session.circle):
        return Allowed()
    return Denied(_("Cette page est réservée à l’animation du réseau."))


def can_change_session(membership: Membership | None, session: PeerSession, now: datetime | None = None) -> Verdict:
    """`can_manage_session`, while there is something to change."""
    if not (verdict := can_manage_session(membership, session)):
        return verdict
    if session.is_cancelled:
        return Denied(_("Cette séance est annulée : elle ne se modifie plus."))
    if session.is_over(now):
        return Denied(_("Cette séance est passée : elle ne se modifie plus."))
    return Allowed()


def can_join_video(
    session: PeerSession,
    registration: Registration | None,
    membership: Membership | None,
    now: datetime | None = None,
    *,
    is_facilitator: bool,
    must_promise: bool,
) -> Verdict:
    """The room is for those registered who are still in the network, and for whoever facilitates or runs the session
    (`is_facilitator`), from half an hour before to the end; not before the charter that is asked for was accepted
    (`must_promise`). Judged of a session that the person sees."""
    now = now or timezone.now()
    is_inside = membership is not None and membership.is_active and membership.network_id == session.network_id
    is_registered = registration is not None and registration.is_registered
    refusals = (
        (session.is_cancelled, _("Cette séance est annulée.")),
        (not session.meets_by_video, _("Cette séance n’a pas de visioconférence.")),
        (
            not (is_inside and (is_registered or is_facilitator)),
            _("La visioconférence est réservée aux personnes inscrites."),
        ),
        (session.is_over(now), _("Cette séance est terminée.")),
        (now < session.link_opens_at, TOO_EARLY),
        (must_promise, _("La visioconférence s’ouvre une fois la charte acceptée.")),
    )
    return next((Denied(why) for is_refused, why in refusals if is_refused), Allowed())


def can_see_names(membership: Membership | None, session: PeerSession) -> Verdict:
    """Whether the person may read who comes, in a session that the person sees: never the whole web."""
    if session.circle.kind != CircleKind.PUBLIC:
        return Allowed()
    if membership and membership.is_active and membership.network_id == session.network_id:
        return Allowed()
    return Denied(_("Les noms sont montrés aux membres du réseau."))


@dataclass(frozen=True)
class SessionAbilities:
    """What the person may do on a session's page, judged once."""

    change: Verdict
    manage: Verdict
    join_video: Verdict
    see_names: Verdict


def session_abilities(
    membership: Membership | None,
    session: PeerSession,
    registration: Registration | None,
    now: datetime | None = None,
    *,
    is_facilitator: bool,
    must_promise: bool,
) -> SessionAbilities:
    now = now or timezone.now()
    joins = can_join_video(
        session, registration, membership, now, is_facilitator=is_facilitator, must_promise=must_promise
    )
    return SessionAbilities(
        change=can_change_session(membership, session, now),
        manage=can_manage_session(membership, session),
        join_video=joins,
        see_names=can_see_names(membership, session),
    )
