"""Organisations, made as people name them."""

from django.db import transaction

from peerhub.people.enums import OrganisationKind
from peerhub.people.folding import fold
from peerhub.people.models import ActorCategory, Organisation, Territory
from peerhub.people.queries import organisation_named

KIND_OF_CATEGORY = {
    "elected": OrganisationKind.LOCAL_AUTHORITY,
    "agent": OrganisationKind.LOCAL_AUTHORITY,
    "association": OrganisationKind.ASSOCIATION,
    "business": OrganisationKind.BUSINESS,
    "research": OrganisationKind.ACADEMIA,
    "state": OrganisationKind.STATE,
}


@transaction.atomic
def find_or_create_organisation(
    *, name: str, territory: Territory | None, category: ActorCategory
) -> Organisation | None:
    """The organisation of that name on that territory, whatever its case and accents; None without a name.

    A new one gets the kind that its first member's category suggests.
    """
    name = " ".join(name.split())
    if not fold(name):
        return None
    if territory:
        # Two people who arrive together from one town hall make one organisation.
        Territory.objects.select_for_update(no_key=True).get(pk=territory.pk)
    known = organisation_named(name, territory)
    if known:
        return known
    kind = KIND_OF_CATEGORY.get(category.slug, OrganisationKind.OTHER)
    return Organisation.objects.create(name=name, kind=kind, territory=territory)
