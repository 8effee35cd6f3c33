"""Who may close a session further, ask that it be opened, and answer."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from forums.policies.writing import can_participate
from peerhub.people.enums import CircleKind
from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import Conclusion, LoweringRequest, PeerSession
from sessions.policies.around import can_facilitate


def can_raise(user: User, membership: Membership | None, session: PeerSession) -> Verdict:
    """Close a session that the person sees: at once, by those who run or facilitate it."""
    if not (verdict := can_facilitate(user, membership, session)):
        return verdict
    if session.is_confidential:
        return Denied(_("Cette séance est déjà en confidence."))
    if session.is_draft:
        return Denied(_("Cette séance n’est pas encore annoncée : choisissez son cercle en la préparant."))
    return Allowed()


def can_ask_to_lower(
    user: User,
    membership: Membership | None,
    session: PeerSession,
    conclusion: Conclusion | None,
    *,
    is_pending: bool,
    has_envelopes: bool,
) -> Verdict:
    """Ask the authors of what was written in confidence; open to every member of the circle. A
    conversation stays one."""
    if not session.is_confidential or session.is_draft:
        return Denied(_("Cette séance n’est pas en confidence."))
    if session.circle.kind == CircleKind.CONVERSATION:
        return Denied(_("Une conversation ne s’ouvre à personne d’autre."))
    if membership is None or not membership.is_active or membership.network_id != session.network_id:
        return Denied(_("Cela se demande entre membres du réseau."))
    if not (verdict := can_participate(user, membership)):
        return verdict
    if is_pending:
        return Denied(_("Une demande est déjà en cours."))
    return can_lower(conclusion, has_envelopes=has_envelopes)


def can_lower(conclusion: Conclusion | None, *, has_envelopes: bool) -> Verdict:
    """Whether what a session holds may be opened at all, whoever agrees. `has_envelopes`: those of other
    circles were opened there, or will be."""
    if conclusion is not None and conclusion.stays_in:
        return Denied(_("Des conclusions sont en cours : elles ne sortent du cercle que par l’agora."))
    if has_envelopes:
        return Denied(
            _("Des enveloppes sont scellées ou ouvertes ici : ce que d’autres cercles y disent n’en sort pas.")
        )
    return Allowed()


def can_answer(user: User, request: LoweringRequest, voters: Collection[int]) -> Verdict:
    if user.pk not in voters:
        return Denied(_("L’accord est demandé aux personnes qui ont écrit."))
    if request.closed_at is not None:
        return Denied(_("Cette demande est close."))
    return Allowed()
