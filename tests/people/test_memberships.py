"""Memberships and the circles that follow them."""

import pytest
from django.contrib.auth.models import AnonymousUser

from peerhub.people.enums import CircleKind, JoinPolicy, MembershipStatus, Role
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, CircleMember, Membership, Network
from peerhub.people.services.circles import category_circle, repair_circle
from peerhub.people.services.memberships import (
    add_affiliation,
    change_hat,
    confirm_hat,
    end_membership,
    join_network,
    set_role,
)
from tests.builders import make_animator, make_category, make_member, make_network, make_user

pytestmark = pytest.mark.django_db


def circle_kinds(network: Network, user_pk: int) -> set[str]:
    return set(Circle.objects.filter(network=network, members=user_pk).values_list("kind", flat=True))


def test_joining_puts_the_person_in_the_circles_of_network_and_category() -> None:
    network = make_network()
    elected = category_circle(network=network, category=make_category("elected"))
    agents = category_circle(network=network, category=make_category("agent"))
    member = make_member(network, category="agent")
    assert circle_kinds(network, member.user_id) == {CircleKind.NETWORK, CircleKind.CATEGORY}
    agents.refresh_from_db()
    elected.refresh_from_db()
    assert (agents.member_count, elected.member_count) == (1, 0)


def test_joining_twice_is_joining_once() -> None:
    network, user = make_network(), make_user()
    hat = add_affiliation(user=user, category=make_category())
    first = join_network(user=user, network=network, affiliation=hat)
    assert join_network(user=user, network=network, affiliation=hat) == first
    assert Circle.objects.of_network(network, CircleKind.NETWORK).member_count == 1


def test_joining_a_closed_network_is_refused_with_a_sentence() -> None:
    network, user = make_network(join_policy=JoinPolicy.CLOSED), make_user()
    hat = add_affiliation(user=user, category=make_category())
    with pytest.raises(DomainError, match="sur invitation"):
        join_network(user=user, network=network, affiliation=hat)


@pytest.mark.parametrize("status", [MembershipStatus.LEFT, MembershipStatus.SUSPENDED])
def test_an_ended_membership_leaves_every_circle(status: MembershipStatus) -> None:
    network = make_network()
    member = make_member(network)
    end_membership(membership=member, status=status)
    assert circle_kinds(network, member.user_id) == set()
    assert list(Network.objects.filter(pk=network.pk, is_public=False).visible_to(member.user)) == []


def test_who_was_suspended_meanwhile_comes_back_by_no_other_act() -> None:
    """Both acts were given a membership that was read before the suspension."""
    network = make_network()
    member = make_member(network)
    stale, older = (Membership.objects.select_related("user", "network").get(pk=member.pk) for _ in range(2))
    end_membership(membership=member, status=MembershipStatus.SUSPENDED)
    change_hat(membership=stale, affiliation=add_affiliation(user=member.user, category=make_category("elected")))
    set_role(membership=older, role=Role.ANIMATOR)
    assert circle_kinds(network, member.user_id) == set()


def test_role_of_animator_opens_and_closes_their_circle() -> None:
    member = make_member(make_network())
    set_role(membership=member, role=Role.ANIMATOR)
    assert CircleKind.ANIMATORS in circle_kinds(member.network, member.user_id)
    set_role(membership=member, role=Role.MEMBER)
    assert CircleKind.ANIMATORS not in circle_kinds(member.network, member.user_id)


def test_repair_reports_and_mends_a_broken_circle() -> None:
    member = make_member(make_network())
    stranger = make_user()
    circle = Circle.objects.of_network(member.network, CircleKind.NETWORK)
    CircleMember.objects.filter(circle=circle).delete()
    CircleMember.objects.create(circle=circle, user=stranger)
    assert repair_circle(circle, write=False) == ({member.user_id}, {stranger.pk}, 0)
    repair_circle(circle, write=True)
    circle.refresh_from_db()
    assert repair_circle(circle, write=False) == (set(), set(), 0)
    assert set(circle.members.values_list("pk", flat=True)) == {member.user_id}


def test_anonymous_sees_public_things_alone() -> None:
    network = make_network(is_public=False)
    make_network(slug="ouvert")
    assert [n.slug for n in Network.objects.visible_to(AnonymousUser())] == ["ouvert"]
    assert network not in Network.objects.visible_to(AnonymousUser())


def confidential(member: Membership) -> set[int]:
    """The confidential circles that the person is in."""
    return set(Circle.objects.filter(members=member.user_id, is_confidential=True).values_list("pk", flat=True))


def test_a_hat_that_one_gives_oneself_opens_no_confidential_circle() -> None:
    network = make_network()
    elected = make_category("elected")
    circle = category_circle(network=network, category=elected, confidential=True)
    user = make_user()
    member = join_network(user=user, network=network, affiliation=add_affiliation(user=user, category=elected))
    assert confidential(member) == set()
    assert repair_circle(circle, write=False) == (set(), set(), 0)
    confirm_hat(animator=make_animator(network), membership=member, affiliation_id=member.affiliation_id)
    assert confidential(member) == {circle.pk}


def test_changing_hats_leaves_the_confidential_circles_until_confirmed_again() -> None:
    network = make_network()
    elected = make_category("elected")
    circle = category_circle(network=network, category=elected, confidential=True)
    member = make_member(network, category="elected")
    assert confidential(member) == {circle.pk}
    change_hat(membership=member, affiliation=add_affiliation(user=member.user, category=elected))
    assert confidential(member) == set()


def test_a_hat_is_confirmed_by_another_animator_of_the_network_alone() -> None:
    network = make_network()
    member, animator = make_member(network), make_animator(network)
    for other in (make_member(network), make_animator(make_network())):
        with pytest.raises(DomainError, match="réservé à l’animation"):
            confirm_hat(animator=other, membership=member, affiliation_id=member.affiliation_id)
    with pytest.raises(DomainError, match="Une autre personne"):
        confirm_hat(animator=animator, membership=animator, affiliation_id=animator.affiliation_id)


def test_a_hat_changed_meanwhile_is_not_confirmed() -> None:
    network = make_network()
    member = make_member(network)
    read = member.affiliation_id
    change_hat(membership=member, affiliation=add_affiliation(user=member.user, category=make_category("elected")))
    with pytest.raises(DomainError, match="autre casquette"):
        confirm_hat(animator=make_animator(network), membership=member, affiliation_id=read)
