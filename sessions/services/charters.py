"""The charter of a network: what people promise before a confidential session, version after version."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Membership, Network, User
from peerhub.people.policies import can_animate
from peerhub.people.verdicts import Allowed, Denied
from peerhub.text.markdown import TextError, clean_source, render
from sessions.models import Charter, CharterAcceptance


@transaction.atomic
def write_charter(*, actor: User, network: Network, body: str) -> Charter:
    """A new version, which everyone is asked to accept anew; the same text is no new version."""
    Network.objects.select_for_update(no_key=True).only("pk").get(pk=network.pk)
    membership = Membership.objects.active().filter(user=actor, network=network).first()
    may = membership is not None and can_animate(membership)
    require(Allowed() if may else Denied(_("La charte est écrite par l’animation du réseau.")))
    try:
        source = clean_source(body)
        html = render(source).html
    except TextError as error:
        raise DomainError(str(error)) from error
    if not source:
        raise DomainError(_("Écrivez la charte : ce à quoi chacun·e s’engage."))
    last = Charter.objects.filter(network=network).order_by("-version").first()
    if last is not None and last.body == source:
        return last
    number = Charter.objects.filter(network=network).aggregate(n=Max("version"))["n"] or 0
    return Charter.objects.create(network=network, version=number + 1, body=source, body_html=html, written_by=actor)


def accept_charter(*, user: User, charter: Charter) -> bool:
    """False when it was accepted already. Raises `Refused` for a version that is no longer the last, or another
    network's."""
    if not Membership.objects.active().filter(user=user, network=charter.network_id).exists():
        raise Refused(_("Cette charte est celle d’un autre réseau."))
    last = Charter.objects.filter(network=charter.network_id).order_by("-version").first()
    if last is None or last.pk != charter.pk:
        raise Refused(_("La charte a changé depuis : relisez-la avant de l’accepter."))
    _row, created = CharterAcceptance.objects.get_or_create(charter=charter, user=user)
    return created
