"""Needs and peers for tests, made by the services that production calls."""

from typing import Any
from uuid import uuid4

from mentoring.enums import Level, NeedAudience
from mentoring.models import Need
from mentoring.services.directory import refresh_entries
from mentoring.services.needs import open_need, save_draft
from peerhub.people.models import Affiliation, Membership, Network, Organisation, Territory, User
from tests.mentoring.builders import competence, declare, make_listed

SLUG = "ouvrir-tiers-lieu"


def make_draft(author: User, network: Network, **fields: Any) -> Need:
    wanted = {"title": "Ouvrir un lieu dans l’ancienne gare", "competence": competence(SLUG), **fields}
    return save_draft(author=author, network=network, token=uuid4(), fields=wanted)


def make_need(author: User, network: Network, **fields: Any) -> Need:
    """An open one, shown to those who are asked alone unless said otherwise."""
    return open_need(author=author, need=make_draft(author, network, **fields))


def make_peer(
    network: Network, name: str, *, category: str = "agent", territory: Territory | None = None, slug: str = SLUG
) -> Membership:
    """A member who offers help with the thing, and knows it well."""
    member = make_listed(network, name, "Pair", category=category, territory=territory)
    declare(member.user, slug, can_help=True, level=Level.EXPERIENCED)
    return member


def put_in_organisation(organisation: Organisation, *members: Membership) -> None:
    for member in members:
        Affiliation.objects.filter(pk=member.affiliation_id).update(organisation=organisation)
    refresh_entries("organisation", organisation.pk)


NETWORK_WIDE = NeedAudience.NETWORK
