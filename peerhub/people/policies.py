"""Who may do what among people and networks."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind, JoinPolicy, Role
from peerhub.people.models import Circle, CircleMember, Membership, Network, User
from peerhub.people.verdicts import Allowed, Denied, Verdict


def can_see_circle(user: User | AnonymousUser, circle: Circle) -> Verdict:
    """Whether what is open to `circle` is open to the person; the twin of `visible_to`."""
    if circle.kind == CircleKind.PUBLIC:
        return Allowed()
    if (
        user.is_authenticated
        and user.is_active
        and CircleMember.objects.filter(circle=circle, user_id=user.pk).exists()
    ):
        return Allowed()
    return Denied(_("Cet espace ne vous est pas ouvert."), hide=True)


def can_see_network(user: User | AnonymousUser, network: Network) -> Verdict:
    """Whether the page of a network may be opened; the twin of `Network.objects.visible_to`."""
    if network.is_public:
        return Allowed()
    own = CircleMember.objects.filter(circle__network=network, circle__kind=CircleKind.NETWORK)
    if user.is_authenticated and user.is_active and own.filter(user_id=user.pk).exists():
        return Allowed()
    return Denied(_("Ce réseau ne vous est pas ouvert."), hide=True)


def can_join(user: User | AnonymousUser, network: Network, membership: Membership | None) -> Verdict:
    if not user.is_authenticated:
        return Denied(_("Connectez-vous pour rejoindre un réseau."))
    if membership and membership.is_suspended:
        return Denied(_("Votre participation à ce réseau est suspendue : écrivez à son animation."))
    if network.join_policy != JoinPolicy.OPEN and not (membership and membership.is_active):
        return Denied(_("Ce réseau se rejoint sur invitation de son animation."))
    return Allowed()


def can_leave(membership: Membership) -> Verdict:
    """A network is never left without anybody to run it."""
    if membership.is_animator and membership.network.memberships.active().filter(role=Role.ANIMATOR).count() == 1:
        return Denied(_("Vous êtes seul·e à animer ce réseau : confiez d’abord son animation à quelqu’un d’autre."))
    return Allowed()


def can_confirm_hat(animator: Membership | None, membership: Membership) -> Verdict:
    """Whether the animator may vouch for the hat of this member: somebody else's, in the same network."""
    if not (animator and animator.is_animator and animator.network_id == membership.network_id):
        return Denied(_("Confirmer une casquette est réservé à l’animation du réseau."))
    if animator.pk == membership.pk:
        return Denied(_("Une autre personne de l’animation doit confirmer votre casquette."))
    return Allowed()


def can_animate(membership: Membership | None) -> Verdict:
    """Whether the person runs the network of this membership."""
    if membership and membership.is_animator:
        return Allowed()
    return Denied(_("Cette page est réservée à l’animation du réseau."))
