"""The charter of a network: what people promise before a confidential session, version after version."""

from django.db import transaction
from django.utils.translation import gettext as _

from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Network, User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import TextError, clean_source, render
from sessions.models import Charter, CharterAcceptance
from sessions.policies.around import can_accept_charter, can_write_charter
from sessions.queries.around import charter_of


@transaction.atomic
def write_charter(*, actor: User, network: Network, body: str) -> Charter:
    """A new version, which everyone is asked to accept anew; the same text is no new version."""
    Network.objects.select_for_update(no_key=True).only("pk").get(pk=network.pk)
    require(can_write_charter(membership_for(actor, network)))
    try:
        source = clean_source(body)
        html = render(source).html
    except TextError as error:
        raise DomainError(str(error)) from error
    if not source:
        raise DomainError(_("Écrivez la charte : ce à quoi chacun·e s’engage."))
    last = charter_of(network)
    if last is not None and last.body == source:
        return last
    version = last.version + 1 if last else 1
    return Charter.objects.create(network=network, version=version, body=source, body_html=html, written_by=actor)


def accept_charter(*, user: User, network: Network, version: int) -> bool:
    """False when it was accepted already. Raises `Refused` for a version that is not the last, or to whom is not a
    member."""
    require(can_accept_charter(membership_for(user, network)))
    last = charter_of(network)
    if last is None or last.version != version:
        raise Refused(_("La charte a changé depuis : relisez-la avant de l’accepter."))
    _row, created = CharterAcceptance.objects.get_or_create(charter=last, user=user)
    return created
