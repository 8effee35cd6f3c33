"""Circles of several categories follow hats, roles and confirmations."""

import pytest
from django.db import IntegrityError, transaction

from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.models import Circle, Network
from peerhub.people.services.circles import categories_circle, category_circle, repair_circle
from peerhub.people.services.memberships import (
    add_affiliation,
    change_hat,
    confirm_hat,
    end_membership,
    join_network,
)
from tests.builders import make_animator, make_category, make_member, make_network, make_user

pytestmark = pytest.mark.django_db


def circle_of(network: Network, *slugs: str, confidential: bool = False) -> Circle:
    return categories_circle(
        network=network, categories=[make_category(slug) for slug in slugs], confidential=confidential
    )


def people_of(circle: Circle) -> set[int]:
    return set(circle.members.values_list("pk", flat=True))


def test_it_is_filled_when_it_is_made_and_named_for_its_categories() -> None:
    network = make_network()
    elected, agent = make_member(network, category="elected"), make_member(network, category="agent")
    make_member(network, category="association")
    circle = circle_of(network, "agent", "elected")
    assert people_of(circle) == {elected.user_id, agent.user_id}
    assert (circle.member_count, circle.kind, str(circle.label)) == (2, "categories", "élu·es, agent·es")
    assert circle_of(network, "elected", "agent", "elected") == circle


def test_one_category_alone_is_the_circle_of_that_category() -> None:
    network = make_network()
    assert circle_of(network, "elected") == category_circle(network=network, category=make_category("elected"))


def test_it_follows_hats_and_memberships() -> None:
    network = make_network()
    circle = circle_of(network, "elected", "agent")
    member = make_member(network, category="elected")
    assert people_of(circle) == {member.user_id}
    outside = add_affiliation(user=member.user, category=make_category("association"))
    change_hat(membership=member, affiliation=outside)
    assert people_of(circle) == set()
    change_hat(membership=member, affiliation=add_affiliation(user=member.user, category=make_category("agent")))
    assert people_of(circle) == {member.user_id}
    end_membership(membership=member, status=MembershipStatus.SUSPENDED)
    assert people_of(circle) == set()


def test_a_confidential_one_waits_for_a_confirmed_hat() -> None:
    network, user = make_network(), make_user()
    open_circle, confidential = (
        circle_of(network, "elected", "agent", confidential=secret) for secret in (False, True)
    )
    hat = add_affiliation(user=user, category=make_category("elected"))
    membership = join_network(user=user, network=network, affiliation=hat)
    assert (people_of(open_circle), people_of(confidential)) == ({user.pk}, set())
    animator = make_animator(network)
    confirm_hat(animator=animator, membership=membership, affiliation_id=hat.pk)
    assert user.pk in people_of(confidential)
    # The other category of the same circle is another hat, which nobody has vouched for.
    change_hat(membership=membership, affiliation=add_affiliation(user=user, category=make_category("agent")))
    assert user.pk not in people_of(confidential)
    assert user.pk in people_of(open_circle)


def test_it_is_repaired_as_the_others() -> None:
    network = make_network()
    member = make_member(network, category="agent")
    circle = circle_of(network, "elected", "agent")
    circle.memberships.all().delete()
    assert repair_circle(circle, write=True) == ({member.user_id}, set(), 1)
    assert repair_circle(circle, write=False)[:2] == (set(), set())


@pytest.mark.parametrize("categories", [[], [1]])
def test_the_database_refuses_one_of_less_than_two_categories(categories: list[int]) -> None:
    with pytest.raises(IntegrityError, match="circle_categories_named"), transaction.atomic():
        Circle.objects.create(network=make_network(), kind=CircleKind.CATEGORIES, categories=categories)
