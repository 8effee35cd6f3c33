"""Small worlds for tests: each builder calls the services that production calls, with believable defaults."""

from itertools import count

from peerhub.people.categories import ensure_categories
from peerhub.people.enums import JoinPolicy, MembershipStatus, Role, TerritoryKind
from peerhub.people.folding import fold_name
from peerhub.people.models import ActorCategory, Delegation, Membership, Network, Territory, User
from peerhub.people.services.accounts import create_user
from peerhub.people.services.circles import public_circle
from peerhub.people.services.memberships import (
    add_affiliation,
    add_membership,
    create_network,
    end_membership,
)

_numbers = count(1)
PASSWORD = "un mot de passe sûr"


def make_category(slug: str = "agent") -> ActorCategory:
    if (known := ActorCategory.objects.filter(slug=slug).first()) is None:
        ensure_categories()
    return known or ActorCategory.objects.get(slug=slug)


def make_user(
    email: str = "",
    *,
    given_name: str = "",
    family_name: str = "Test",
    language: str = "fr",
    time_zone: str = "Europe/Paris",
) -> User:
    number = next(_numbers)
    return create_user(
        email=email or f"person{number}@example.org",
        given_name=given_name or f"Prénom{number}",
        family_name=family_name,
        language=language,
        time_zone=time_zone,
        password=PASSWORD,
    )


def make_network(
    slug: str = "", *, name: str = "", is_public: bool = True, join_policy: str = JoinPolicy.OPEN
) -> Network:
    number = next(_numbers)
    public_circle()
    return create_network(
        slug=slug or f"reseau-{number}",
        name=name or f"Réseau {number}",
        tagline="Des pairs qui s’entraident",
        is_public=is_public,
        join_policy=join_policy,
    )


def make_territory(
    name: str = "Bourg-les-Tests", *, kind: str = TerritoryKind.COMMUNE, population: int | None = 6800
) -> Territory:
    number = next(_numbers)
    return Territory.objects.create(
        kind=kind, code=f"T{number:05}", name=name, name_folded=fold_name(name), population=population
    )


def make_member(
    network: Network,
    user: User | None = None,
    *,
    category: str = "agent",
    role: str = Role.MEMBER,
    delegation: Delegation | None = None,
    territory: Territory | None = None,
    title: str = "Chargé·e de mission",
) -> Membership:
    user = user or make_user()
    affiliation = add_affiliation(user=user, category=make_category(category), territory=territory, title=title)
    return add_membership(user=user, network=network, affiliation=affiliation, role=role, delegation=delegation)


def make_animator(network: Network, user: User | None = None) -> Membership:
    return make_member(network, user, role=Role.ANIMATOR)


def make_suspended(network: Network) -> Membership:
    membership = make_member(network)
    end_membership(membership=membership, status=MembershipStatus.SUSPENDED)
    return membership
