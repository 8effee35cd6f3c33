"""One answer to "is this open to me", as a row and as a set: circles, networks, joining, animating."""

import pytest
from django.contrib.auth.models import AnonymousUser

from peerhub.people.enums import CircleKind, JoinPolicy, Role
from peerhub.people.models import Circle, Delegation, Network, User
from peerhub.people.policies import can_animate, can_join, can_see_circle, can_see_network
from peerhub.people.queries import membership_for, network_for, own_network_for
from peerhub.people.services.circles import category_circle, create_circle, delegation_circle, public_circle
from peerhub.people.services.memberships import deactivate_user
from tests.builders import (
    make_animator,
    make_category,
    make_member,
    make_network,
    make_suspended,
    make_territory,
    make_user,
)

pytestmark = pytest.mark.django_db

# Which circles of the network each kind of person is in; everyone is in the public one.
KINDS: dict[str, set[str]] = {
    "anonymous": set(),
    "stranger": set(),
    "agent": {"network", "category"},
    "elected": {"network", "elected"},
    "delegate": {"network", "category", "delegation"},
    "invited": {"network", "category", "custom"},
    "animator": {"network", "category", "animators"},
    "animator elsewhere": set(),
    "suspended": set(),
    "closed account": set(),
    "administrator": set(),
}


def make_circles(network: Network) -> dict[str, Circle]:
    delegation = Delegation.objects.create(network=network, name="Val", territory=make_territory())
    return {
        "public": public_circle(),
        "network": Circle.objects.of_network(network, CircleKind.NETWORK),
        "animators": Circle.objects.of_network(network, CircleKind.ANIMATORS),
        "category": category_circle(network=network, category=make_category("agent"), confidential=True),
        "elected": category_circle(network=network, category=make_category("elected"), confidential=True),
        "delegation": delegation_circle(delegation=delegation, confidential=True),
        "custom": create_circle(network=network, kind=CircleKind.CUSTOM, name="Choisies", confidential=True),
    }


def make_person(kind: str, network: Network, circles: dict[str, Circle]) -> User | AnonymousUser:
    if kind == "anonymous":
        return AnonymousUser()
    if kind == "agent":
        return make_member(network).user
    if kind == "elected":
        return make_member(network, category="elected").user
    if kind == "delegate":
        return make_member(network, delegation=circles["delegation"].delegation).user
    if kind == "animator":
        return make_animator(network).user
    if kind == "animator elsewhere":
        return make_animator(make_network()).user
    if kind == "suspended":
        return make_suspended(network).user
    return make_other(kind, network, circles)


def make_other(kind: str, network: Network, circles: dict[str, Circle]) -> User:
    user = make_user()
    if kind == "invited":
        make_member(network, user)
        circles["custom"].members.add(user)
    elif kind == "closed account":
        make_member(network, user)
        deactivate_user(user=user)
    elif kind == "administrator":
        user.is_staff = user.is_superuser = True
        user.save()
    return user


@pytest.mark.parametrize(("kind", "inside"), KINDS.items())
def test_circles_policy_and_queryset_agree(kind: str, inside: set[str]) -> None:
    network = make_network()
    circles = make_circles(network)
    person = make_person(kind, network, circles)
    by_policy = {name for name, circle in circles.items() if can_see_circle(person, circle)}
    visible = set(Circle.objects.visible_to(person))
    by_queryset = {name for name, circle in circles.items() if circle in visible}
    assert by_policy == by_queryset == inside | {"public"}


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize(("kind", "inside"), KINDS.items())
def test_networks_policy_and_queries_agree(kind: str, inside: set[str], is_public: bool) -> None:
    network = make_network(is_public=is_public)
    person = make_person(kind, network, make_circles(network))
    expected = is_public or "network" in inside
    assert bool(can_see_network(person, network)) is expected
    assert (network in Network.objects.visible_to(person)) is expected
    if expected:
        assert network_for(person, network.slug) == network
    else:
        with pytest.raises(Network.DoesNotExist):
            network_for(person, network.slug)


@pytest.mark.parametrize(("kind", "inside"), KINDS.items())
def test_membership_is_what_the_network_circle_says(kind: str, inside: set[str]) -> None:
    network = make_network()
    person = make_person(kind, network, make_circles(network))
    membership = membership_for(person, network)
    assert (membership is not None) is ("network" in inside)
    assert bool(can_animate(membership)) is ("animators" in inside)
    if membership is None:
        with pytest.raises(Network.DoesNotExist):
            own_network_for(person, network.slug)
    else:
        assert own_network_for(person, network.slug) == (network, membership)
        assert (membership.role == Role.ANIMATOR) is ("animators" in inside)


@pytest.mark.parametrize(
    ("kind", "policy", "expected"),
    [
        ("anonymous", JoinPolicy.OPEN, False),
        ("stranger", JoinPolicy.OPEN, True),
        ("stranger", JoinPolicy.CLOSED, False),
        ("agent", JoinPolicy.CLOSED, True),
        ("suspended", JoinPolicy.OPEN, False),
    ],
)
def test_who_may_join(kind: str, policy: str, expected: bool) -> None:
    network = make_network(join_policy=policy)
    person = make_person(kind, network, make_circles(network))
    membership = person.memberships.filter(network=network).first() if isinstance(person, User) else None
    assert bool(can_join(person, network, membership)) is expected
