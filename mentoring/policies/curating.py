"""Who keeps the tree of competences, and who misses something in it. Pure: callers give what they loaded."""

from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership, User
from peerhub.people.verdicts import Allowed, Denied, Verdict


def can_curate(user: User, *, animates: bool) -> Verdict:
    """The tree is one for all networks: who animates any of them keeps it, and who administers the platform."""
    if user.is_active and (animates or user.is_staff):
        return Allowed()
    return Denied(_("L’arbre des compétences est tenu par les personnes qui animent un réseau."), hide=True)


def can_propose(membership: Membership | None) -> Verdict:
    """Whether the person may propose a competence in the network."""
    if membership is None or not membership.is_active:
        return Denied(_("Rejoignez ce réseau pour y proposer une compétence."), hide=True)
    if membership.is_silenced:
        return Denied(_("Vous lisez ce réseau sans pouvoir y écrire pour l’instant."))
    return Allowed()


def can_decide(membership: Membership | None) -> Verdict:
    """A proposal is answered by those who animate its network: it was written to them."""
    if membership is not None and membership.is_animator:
        return Allowed()
    return Denied(_("Les propositions d’un réseau sont lues par les personnes qui l’animent."), hide=True)
