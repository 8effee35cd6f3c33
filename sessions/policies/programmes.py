"""Who may do what with programmes, delegations and peer days. Pure: callers give what they loaded."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import Membership, Network, User
from peerhub.people.policies import can_animate, can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict
from sessions.models import Delegate, Enrolment, Programme
from sessions.models.programmes import PRINCIPALS

# Whose answers somebody else may give.


def can_see_programme(user: User | AnonymousUser, programme: Programme) -> Verdict:
    """Whether the programme may be opened; the twin of `Programme.objects.visible_to`."""
    if can_see_circle(user, programme.circle):
        return Allowed()
    return Denied(_("Ce parcours ne vous est pas ouvert."), hide=True)


def can_run_programmes(membership: Membership | None, network: Network) -> Verdict:
    """Whether the person creates programmes in the network, and edits those there are, with their peer days."""
    if membership and membership.network_id == network.pk and can_animate(membership):
        return Allowed()
    return Denied(_("Les parcours sont tenus par l’animation du réseau."))


def can_lead(membership: Membership | None, enrolment: Enrolment) -> Verdict:
    """Whether the person says who is in this delegation: its lead, while in it, and animators; needs `programme`."""
    if membership and membership.is_active and membership.network_id == enrolment.programme.network_id:
        is_lead = enrolment.lead_id == membership.user_id and membership.delegation_id == enrolment.delegation_id
        if membership.is_animator or is_lead:
            return Allowed()
    return Denied(_("Les personnes d’une délégation sont choisies par son ou sa référent·e."))


def can_name_delegate(membership: Membership | None, principal: Membership) -> Verdict:
    """Whether the person says who may answer for this elected official: that official, and the animators."""
    if principal.affiliation.category.slug != PRINCIPALS:
        return Denied(_("Seul·e un·e élu·e peut faire répondre quelqu’un à sa place."))
    is_inside = membership is not None and membership.is_active and membership.network_id == principal.network_id
    if membership and is_inside and (membership.is_animator or membership.pk == principal.pk):
        return Allowed()
    return Denied(_("C’est à l’élu·e, ou à l’animation, de dire qui répond à sa place."))


def can_revoke_delegate(membership: Membership | None, delegate: Delegate) -> Verdict:
    """The official, the delegate and the animators may end it."""
    is_inside = membership is not None and membership.is_active and membership.network_id == delegate.network_id
    parties = {delegate.principal_id, delegate.user_id}
    if membership and is_inside and (membership.is_animator or membership.user_id in parties):
        return Allowed()
    return Denied(_("C’est à l’élu·e, ou à l’animation, de dire qui répond à sa place."))
