"""Resource actors for tests, made by the services that production calls."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from mentoring.enums import SupportKind
from mentoring.models import Support
from mentoring.services.actors import USUAL, Contact, name_keeper, offer_support
from peerhub.people.enums import OrganisationKind
from peerhub.people.models import Membership, Network, Organisation
from tests.mentoring.need_builders import put_in_organisation
from tests.sessions.builders import animator_of


def make_organisation(name: str = "Fonds des Rives") -> Organisation:
    return Organisation.objects.create(name=name, kind=OrganisationKind.FOUNDATION)


def make_keeper(member: Membership, organisation: Organisation) -> Membership:
    """Somebody of the organisation whom an animator let keep what it offers."""
    put_in_organisation(organisation, member)
    name_keeper(
        actor=animator_of(member.network),
        network=member.network,
        organisation=organisation,
        user_id=member.user_id,
    )
    return member


def said(**fields: Any) -> dict[str, Any]:
    return {
        "summary": "Jusqu’à 5 000 euros pour un essai",
        "details": "",
        "website": "",
        "valid_until": timezone.localdate() + USUAL,
        **fields,
    }


def make_support(
    network: Network,
    organisation: Organisation | None = None,
    *,
    kind: SupportKind = SupportKind.FUNDING,
    ends_in: int | None = None,
    contacts: list[Contact] | None = None,
    **fields: Any,
) -> Support:
    """One that an animator wrote for an organisation that nobody keeps; `ends_in` days, which may be past."""
    support = offer_support(
        actor=animator_of(network),
        network=network,
        organisation=organisation or make_organisation(),
        kind=kind,
        fields=said(**fields),
        contacts=contacts or [],
    )
    if ends_in is not None:
        support.valid_until = timezone.localdate() + timedelta(days=ends_in)
        support.save(update_fields=["valid_until"])
    return support
