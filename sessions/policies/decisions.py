"""Who reads and writes what a session decided. Pure: callers give what they loaded."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import Decision, PeerSession
from sessions.policies.sessions import can_see_names
from sessions.policies.standing import Standing


def can_read_decisions(membership: Membership | None, session: PeerSession) -> Verdict:
    """The circle of the session; of one that the whole web sees, the members of its network: decisions name people."""
    if session.is_draft:
        return Denied(_("Cette séance n’est pas encore annoncée."))
    return can_see_names(membership, session)


def can_write_decisions(session: PeerSession, standing: Standing, now: datetime | None = None) -> Verdict:
    if session.is_draft:
        return Denied(_("Cette séance n’est pas encore annoncée."))
    if session.is_cancelled:
        return Denied(_("Cette séance est annulée."))
    if not (standing.has_seat or standing.facilitates):
        return Denied(_("Les décisions sont notées par les personnes inscrites et celles qui facilitent."))
    if not session.has_begun(now):
        return Denied(_("Les décisions se notent à partir du début de la séance."))
    return standing.may_speak


def can_change_decision(user: User, decision: Decision, standing: Standing, now: datetime | None = None) -> Verdict:
    """Whether the person may edit it, or take it away."""
    if not (verdict := can_write_decisions(decision.session, standing, now)):
        return verdict
    if standing.facilitates or decision.created_by_id == user.pk:
        return Allowed()
    return Denied(_("Une décision est modifiée par qui l’a notée, ou par qui facilite la séance."))


def can_tick_decision(user: User, decision: Decision, standing: Standing, now: datetime | None = None) -> Verdict:
    """Whether the person may say that it is done, or not: who has to do it as well."""
    if decision.owner_id == user.pk and decision.session.is_scheduled and not decision.session.is_draft:
        return standing.may_speak
    return can_change_decision(user, decision, standing, now)
