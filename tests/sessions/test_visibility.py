"""The queryset and the policy give one answer; and what the policies allow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.models import Circle, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.accounts import create_user
from peerhub.people.services.circles import category_circle, create_circle, public_circle
from peerhub.people.services.memberships import deactivate_user, end_membership
from sessions.live import can_watch_session
from sessions.models import PeerSession
from sessions.policies.seats import seat_abilities
from sessions.policies.sessions import can_see_session, session_abilities
from sessions.queries import sessions as queries
from sessions.queries.months import agenda_page
from sessions.services.scheduling import cancel_session
from tests.builders import make_animator, make_category, make_member, make_network, make_suspended, make_user
from tests.sessions.builders import (
    animator_of,
    confidential_circle,
    make_past_session,
    make_registration,
    make_session,
    network_circle,
)

pytestmark = pytest.mark.django_db

Person = User | AnonymousUser


def left(network: Network) -> User:
    membership = make_member(network)
    end_membership(membership=membership, status=MembershipStatus.LEFT)
    return membership.user


def closed(network: Network) -> User:
    user = make_member(network).user
    deactivate_user(user=user)
    return user


def administrator(network: Network) -> User:
    user = create_user(email="root@example.org", given_name="Root", family_name="Root")
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=user.pk)


PEOPLE: dict[str, Callable[[Network], Person]] = {
    "anonymous": lambda network: AnonymousUser(),
    "stranger": lambda network: make_user(),
    "agent": lambda network: make_member(network, category="agent").user,
    "elected": lambda network: make_member(network, category="elected").user,
    "animator": lambda network: make_animator(network).user,
    "animator elsewhere": lambda network: make_animator(make_network()).user,
    "suspended": lambda network: make_suspended(network).user,
    "left": left,
    "closed": closed,
    "administrator": administrator,
}
CIRCLES: dict[str, Callable[[Network], Circle]] = {
    "public": lambda network: public_circle(),
    "network": network_circle,
    "category": lambda network: category_circle(network=network, category=make_category("elected")),
    "confidential": confidential_circle,
    "animators": lambda network: Circle.objects.of_network(network, CircleKind.ANIMATORS),
    "custom": lambda network: create_circle(network=network, kind=CircleKind.CUSTOM, name="Groupe"),
}
SEEN = {
    "public": set(PEOPLE),
    "network": {"agent", "elected", "animator"},
    "category": {"elected"},
    "confidential": {"elected"},
    "animators": {"animator"},
    "custom": set(),
}


@pytest.mark.parametrize("state", ["scheduled", "past", "cancelled"])
@pytest.mark.parametrize("circle", CIRCLES)
def test_who_sees_a_session_is_one_answer_everywhere(circle: str, state: str) -> None:
    network = make_network()
    author = make_animator(network).user
    make = make_past_session if state == "past" else make_session
    made = make(network, circle=CIRCLES[circle](network), author=author, title="Transition")
    if state == "cancelled":
        cancel_session(actor=author, session=made)
    session = PeerSession.objects.select_related("circle").get(pk=made.pk)
    answers = {}
    for person, make_person in PEOPLE.items():
        user = make_person(network)
        answers[person] = {
            bool(can_see_session(user, session)),
            PeerSession.objects.visible_to(user).filter(pk=session.pk).exists(),
            can_watch_session(user.pk, session.pk),
            queries.search_sessions(user, None, "transition") == [session],
            list(queries.session_page(user, network, is_past=state == "past").items) == [session],
            [day.sessions for day in agenda_page(user, network, session.starts_at.date()).days] == [[session]],
        }
    assert answers == {person: {person in SEEN[circle]} for person in PEOPLE}


def test_abilities_of_each_kind_of_person() -> None:
    session = make_session(circle=public_circle(), video_url="https://visio.example.org/")
    animator = animator_of(session.network)
    registered = make_registration(session)
    member = make_member(session.network).user

    def abilities(user: Person, **shift: timedelta) -> list[str]:
        can = session_abilities(
            membership_for(user, session.network),
            session,
            queries.registration_of(user, session),
            timezone.now() + shift.get("later", timedelta()),
            is_facilitator=user == animator,
            must_promise=False,
        )
        return [name for name, verdict in vars(can).items() if verdict]

    def seat(user: Person, **shift: timedelta) -> list[str]:
        can = seat_abilities(
            membership_for(user, session.network),
            session,
            queries.registration_of(user, session),
            timezone.now() + shift.get("later", timedelta()),
            has_seat=not session.is_full,
        )
        return [name for name, verdict in vars(can).items() if verdict]

    at_door = session.starts_at - timezone.now() - timedelta(minutes=29)
    assert abilities(AnonymousUser()) == []
    assert abilities(make_user()) == []
    assert abilities(member) == ["see_names"]
    assert abilities(registered.user) == ["see_names"]
    assert abilities(registered.user, later=at_door) == ["join_video", "see_names"]
    assert abilities(member, later=at_door) == ["see_names"]
    assert abilities(registered.user, later=at_door + timedelta(hours=1)) == ["join_video", "see_names"]
    assert abilities(registered.user, later=timedelta(days=30)) == ["see_names"]
    assert abilities(animator) == ["change", "manage", "see_names"]
    assert abilities(animator, later=at_door) == ["change", "manage", "join_video", "see_names"]
    assert abilities(animator, later=timedelta(days=30)) == ["manage", "see_names"]
    assert seat(AnonymousUser()) == []
    assert seat(make_user()) == []
    # Claiming again is claiming once: it is allowed, and changes nothing.
    assert seat(registered.user) == ["claim", "leave"]
    assert seat(registered.user, later=at_door) == ["claim", "leave"]
    assert seat(registered.user, later=at_door + timedelta(hours=1)) == []
    assert seat(registered.user, later=timedelta(days=30)) == []
    for person in (member, animator):
        assert seat(person) == ["claim"]
        assert seat(person, later=at_door) == ["claim"]
        assert seat(person, later=timedelta(days=30)) == []
    end_membership(membership=registered.user.memberships.get(), status=MembershipStatus.SUSPENDED)
    assert abilities(registered.user, later=at_door) == []
    assert seat(registered.user, later=at_door) == ["leave"]


def test_the_next_session_is_the_one_where_one_has_a_seat() -> None:
    network = make_network()
    soon, later, elsewhere = make_session(network), make_session(network), make_session()
    user = make_member(network).user
    assert queries.next_session_for(user) is None
    make_registration(later, user)
    assert queries.next_session_for(user, network) == later
    assert queries.next_session_for(user, elsewhere.network) is None
    assert [session.is_mine for session in queries.upcoming_for(user, network)] == [False, True]
    assert soon.pk < later.pk


def test_sessions_that_need_attention_say_why() -> None:
    network = make_network()
    in_days = timezone.now() + timedelta(days=3)
    quiet = make_session(network, starts_at=in_days, place="Mairie")
    full = make_session(network, starts_at=timezone.now() + timedelta(days=15), place="Mairie", capacity=1)
    lost = make_session(network, starts_at=timezone.now() + timedelta(days=16))
    make_session(network, starts_at=timezone.now() + timedelta(days=40))
    make_registration(full)
    found = queries.sessions_needing_attention(animator_of(network), network)
    assert [(one.session, one.reasons) for one in found] == [
        (quiet, ("few",)),
        (full, ("full",)),
        (lost, ("no_link",)),
    ]


def test_search_needs_no_accents_and_prefers_titles() -> None:
    network = make_network()
    inside = make_session(network, title="Autre chose", description="La rénovation énergétique des écoles")
    named = make_session(network, title="Rénover l’énergie des écoles")
    make_session(network, title="Mobilités")
    user = make_member(network).user
    assert queries.search_sessions(user, network, "ENERGETIQUE ecole") == [inside]
    assert queries.search_sessions(user, network, "école") == [named, inside]
    assert queries.search_sessions(user, network, "  ") == []
