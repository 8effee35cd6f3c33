"""Who writes, approves, seals and opens conclusions. Pure: callers load the facts (`queries.conclusions`)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind
from peerhub.people.models import Membership, User
from peerhub.people.policies import can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.enums import ApprovalRule, ConclusionState, Format
from sessions.models import Conclusion, PeerSession
from sessions.policies.sessions import can_manage_session

CHANGED = _("Le texte a changé entre-temps : relisez la nouvelle version avant de vous prononcer.")


@dataclass(frozen=True)
class Standing:
    """What a person is to the group of a session: took part (or is registered), facilitates; and whether the person
    may write in the network at all."""

    has_voice: bool
    is_facilitator: bool
    may_speak: Verdict

    @property
    def writes(self) -> bool:
        return self.has_voice or self.is_facilitator


@dataclass(frozen=True)
class Tally:
    """The voices of one version. `group` is who was there, by the list of whoever facilitates (else, who is
    registered)."""

    group: Collection[int]
    agreeing: Collection[int]
    objecting: Collection[int]

    @property
    def all_agree(self) -> bool:
        return bool(self.group) and set(self.group) <= set(self.agreeing) and not self.objecting

    @property
    def most_agree(self) -> bool:
        return 2 * len(set(self.group) & set(self.agreeing)) > len(self.group)


def can_see_conclusion(user: User | AnonymousUser, conclusion: Conclusion) -> Verdict:
    """The twin of `Conclusion.objects.visible_to`; needs the circles of its session and agora."""
    if not user.is_authenticated or not user.is_active:
        return Denied(_("Ces conclusions ne vous sont pas ouvertes."), hide=True)
    circle, agora = conclusion.session.circle, conclusion.agora
    is_revealed = conclusion.state == ConclusionState.REVEALED
    if (circle.is_confidential or is_revealed) and can_see_circle(user, circle):
        return Allowed()
    if is_revealed and agora and agora.circle.kind != CircleKind.PUBLIC:
        return can_see_circle(user, agora.circle)
    return Denied(_("Ces conclusions ne vous sont pas ouvertes."), hide=True)


def has_conclusions(session: PeerSession) -> bool:
    """Whether the group of a session draws conclusions to be revealed: those of a session in confidence."""
    return session.is_confidential and session.format != Format.AGORA and not session.is_draft


def can_write(
    session: PeerSession, conclusion: Conclusion | None, standing: Standing, now: datetime | None = None
) -> Verdict:
    if not has_conclusions(session) or session.is_cancelled:
        return Denied(_("Cette séance ne donne pas lieu à des conclusions."))
    if conclusion is not None and conclusion.is_closed:
        return Denied(_("Les conclusions sont scellées : plus rien n’y change."))
    if not standing.writes:
        return Denied(_("Les conclusions sont écrites par les personnes inscrites et celles qui facilitent."))
    if not session.has_begun(now):
        return Denied(_("Les conclusions s’écrivent à partir du début de la séance."))
    return standing.may_speak


def can_propose(
    session: PeerSession, conclusion: Conclusion | None, standing: Standing, now: datetime | None = None
) -> Verdict:
    if not (verdict := can_write(session, conclusion, standing, now)):
        return verdict
    if conclusion is None or not conclusion.body:
        return Denied(_("Écrivez d’abord les conclusions."))
    if conclusion.state != ConclusionState.DRAFT:
        return Denied(_("Ces conclusions sont déjà soumises au groupe."))
    return Allowed()


def can_give_voice(
    conclusion: Conclusion, standing: Standing, rule: str, tally: Tally, now: datetime | None = None
) -> Verdict:
    if not standing.has_voice:
        return Denied(_("Se prononcent les personnes inscrites à la séance."))
    if not standing.may_speak:
        return standing.may_speak
    if conclusion.is_closed:
        return Denied(_("Les conclusions sont scellées : plus rien n’y change."))
    if conclusion.state != ConclusionState.PROPOSED:
        return Denied(_("Ces conclusions ne sont pas encore soumises au groupe."))
    if rule == ApprovalRule.NO_OBJECTION and not tally.objecting and _is_due(conclusion, now):
        return Denied(_("Le délai est passé sans opposition : les conclusions vont être scellées."))
    return Allowed()


def is_approved(conclusion: Conclusion, rule: str, tally: Tally, now: datetime | None = None) -> bool:
    """By the programme's rule: silence until the hour, or everyone's word; or most of the group."""
    if conclusion.state != ConclusionState.PROPOSED:
        return False
    if rule == ApprovalRule.MAJORITY:
        return tally.most_agree
    return not tally.objecting and (tally.all_agree or _is_due(conclusion, now))


def can_seal(
    session: PeerSession,
    conclusion: Conclusion | None,
    standing: Standing,
    rule: str,
    tally: Tally,
    now: datetime | None = None,
) -> Verdict:
    if not (verdict := can_write(session, conclusion, standing, now)):
        return verdict
    if conclusion is None or not is_approved(conclusion, rule, tally, now):
        return not_approved(rule)
    return Allowed()


def not_approved(rule: str) -> Denied:
    if rule == ApprovalRule.MAJORITY:
        return Denied(_("On ne scelle qu’avec l’accord de la majorité du groupe."))
    return Denied(_("On ne scelle qu’une fois le délai passé sans opposition, ou avec l’accord de tout le monde."))


def _is_due(conclusion: Conclusion, now: datetime | None) -> bool:
    return conclusion.approved_by_date is not None and conclusion.approved_by_date <= (now or timezone.now())


# --- At the agora ---------------------------------------------------------------------------------------------------


def can_open_here(agora: PeerSession, now: datetime | None = None) -> Verdict:
    """Whether the hour and the place are right to open envelopes, whoever asks."""
    if agora.format != Format.AGORA:
        return Denied(_("Les enveloppes s’ouvrent à l’agora."))
    if agora.circle.kind == CircleKind.PUBLIC:
        return Denied(_("Cette agora est ouverte à tout le web : les enveloppes ne s’y ouvrent pas."))
    if agora.is_draft:
        return Denied(_("Cette agora n’est pas encore annoncée."))
    if agora.is_cancelled:
        return Denied(_("Cette séance est annulée."))
    if not agora.has_begun(now):
        return Denied(_("Les enveloppes s’ouvrent une fois l’agora commencée."))
    return Allowed()


def can_open_envelopes(membership: Membership | None, agora: PeerSession, now: datetime | None = None) -> Verdict:
    """At once, on one's own: the animators."""
    if not (verdict := can_manage_session(membership, agora)):
        return verdict
    return can_open_here(agora, now)


def can_ask_to_open(
    category_id: int | None, wanted: Collection[int], agora: PeerSession, now: datetime | None = None
) -> Verdict:
    """`category_id`: of the hat under which the person comes to the agora; `wanted`: the categories that met."""
    if category_id is None:
        return Denied(_("L’ouverture se demande quand on est inscrit·e à l’agora."))
    if category_id not in wanted:
        return Denied(_("L’ouverture se demande au nom d’une catégorie qui s’est réunie."))
    return can_open_here(agora, now)
