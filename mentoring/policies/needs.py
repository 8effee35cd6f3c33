"""Who may look for help, and what its author may do with a need. Pure: callers give what they loaded."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from mentoring.enums import NeedState
from mentoring.models import Need, NeedTask
from peerhub.people.models import Membership, User
from peerhub.people.policies import can_animate, can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict

NOTHING_WAITS = _("Ce besoin n’attend plus rien.")


def can_see_need(user: User | AnonymousUser, need: Need) -> Verdict:
    """Whether the need may be opened; the twin of `Need.objects.visible_to`. Needs its circle."""
    if need.circle is None:
        is_own = user.is_authenticated and user.is_active and need.author_id == user.pk
        return Allowed() if is_own else Denied(_("Ce besoin ne vous est pas ouvert."), hide=True)
    if user.is_authenticated and can_see_circle(user, need.circle):
        return Allowed()
    return Denied(_("Ce besoin ne vous est pas ouvert."), hide=True)


def can_look_for_help(membership: Membership | None) -> Verdict:
    """Whether the person may write a need in the network."""
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour y chercher de l’aide."), hide=True)
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    return Allowed()


def can_change_need(user: User | AnonymousUser, need: Need) -> Verdict:
    """Its author changes a draft; once open, what was asked stays what people read when they were asked."""
    if need.author_id != user.pk:
        return Denied(_("Seule la personne qui cherche change son besoin."))
    if not need.is_draft:
        return Denied(_("Ce besoin est publié : on peut le clore, plus le changer."))
    return Allowed()


def can_close_need(user: User | AnonymousUser, need: Need) -> Verdict:
    if need.author_id != user.pk:
        return Denied(_("Seule la personne qui cherche clôt son besoin."))
    if need.is_closed:
        return Denied(_("Ce besoin est déjà clos."))
    if need.is_draft:
        return Denied(_("Ce besoin n’est qu’un brouillon : vous pouvez le supprimer."))
    return Allowed()


def can_seek_again(user: User | AnonymousUser, need: Need, *, is_helped: bool) -> Verdict:
    """Its author looks for somebody else, once whoever had answered helps no more."""
    if need.author_id != user.pk:
        return Denied(_("Seule la personne qui cherche reprend sa recherche."), hide=True)
    if need.state != NeedState.ANSWERED or is_helped:
        return Denied(_("Quelqu’un vous répond déjà pour ce besoin."))
    return Allowed()


def can_see_suggestions(user: User | AnonymousUser, need: Need) -> Verdict:
    """Peers are proposed to the author alone, while the need is open."""
    if need.author_id != user.pk:
        return Denied(_("Les pairs proposés ne sont montrés qu’à la personne qui cherche."), hide=True)
    if not need.is_open:
        return Denied(_("Ce besoin n’est plus ouvert."))
    return Allowed()


def can_write_to_asker(user: User | AnonymousUser, membership: Membership | None, task: NeedTask) -> Verdict:
    """Who animates the network writes to whoever's need waits on its desk, and for that need alone: this is no general
    mail. Needs the task's need."""
    if not (verdict := can_animate(membership)):
        return verdict
    if task.need.author_id == user.pk:
        return Denied(_("Ce besoin est le vôtre : quelqu’un d’autre de l’animation vous écrira."))
    if membership is None or membership.network_id != task.network_id or not is_waiting(task):
        return Denied(NOTHING_WAITS)
    return Allowed()


def is_waiting(task: NeedTask) -> bool:
    """Whether it stands on the desk. Needs its need."""
    return task.rung_at is not None and task.done_at is None and task.need.is_open


@dataclass(frozen=True)
class NeedAbilities:
    """What the page of a need offers to one person."""

    change: bool
    close: bool
    see_suggestions: bool

    @classmethod
    def of(cls, user: User | AnonymousUser, need: Need) -> "NeedAbilities":
        return cls(
            change=bool(can_change_need(user, need)),
            close=bool(can_close_need(user, need)),
            see_suggestions=bool(can_see_suggestions(user, need)),
        )
