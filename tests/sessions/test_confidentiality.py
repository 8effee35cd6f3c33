"""Closing a session is immediate; opening it takes the word of all who wrote there."""

from uuid import uuid4

import pytest
from django.urls import reverse

from forums.models import Topic
from peerhub.live.registry import parse_group
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Network, User
from peerhub.people.services.circles import category_circle
from peerhub.people.services.memberships import end_membership
from sessions import conclusion_handlers as handlers
from sessions.events import LoweringAsked, LoweringClosed
from sessions.models import LoweringRequest, LoweringVoice, PeerSession
from sessions.queries.confidentiality import authors_of, changes_of
from sessions.services.confidentiality import (
    answer_lowering,
    ask_to_lower,
    raise_confidentiality,
    withdraw_request,
)
from tests.builders import make_category, make_member, make_network
from tests.concurrency import at_once
from tests.conftest import Browser
from tests.forums.builders import make_post
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session
from tests.sessions.conclusions import make_day, propose, seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return make_network()


@pytest.fixture
def people(network: Network) -> list[User]:
    return [make_member(network, category="elected").user for _ in range(3)]


@pytest.fixture
def session(network: Network, people: list[User]) -> PeerSession:
    """In confidence; two of the three wrote."""
    session = make_session(network, circle=confidential_circle(network), title="Séance canari")
    for user in people[:2]:
        write(session, user)
    return session


def write(session: PeerSession, user: User) -> None:
    make_post(Topic.objects.get(pk=session.topic_id or 0), user, body=f"Canari {uuid4()}")


def sees(user: User, session: PeerSession) -> tuple[bool, bool, bool]:
    """The session, its discussion, and its live room."""
    group, pk = parse_group(f"session.{session.pk}")
    return (
        PeerSession.objects.visible_to(user).filter(pk=session.pk).exists(),
        Topic.objects.visible_to(user).filter(pk=session.topic_id or 0).exists(),
        group.can_watch(user.pk, pk),
    )


def told(kind: str) -> set[int]:
    return set(Notification.objects.filter(kind=f"sessions.{kind}").values_list("recipient_id", flat=True))


def test_closing_to_the_same_people_is_immediate(network: Network, people: list[User]) -> None:
    agent, animator = make_member(network, category="agent").user, animator_of(network)
    session = make_session(network)
    write(session, agent)
    make_registration(session, people[0])
    assert sees(agent, session) == (True, True, True)
    with pytest.raises(Refused):
        raise_confidentiality(actor=agent, session=session, target="registered")
    with pytest.raises(DomainError, match="Choisissez"):
        raise_confidentiality(actor=animator, session=session, target="twin")
    assert raise_confidentiality(actor=animator, session=session, target="registered") is True
    assert raise_confidentiality(actor=animator, session=session, target="registered") is False
    session.refresh_from_db()
    assert session.is_confidential
    assert set(session.circle.members.all()) == {people[0], animator}
    assert sees(agent, session) == (False, False, False)
    assert sees(people[0], session) == (True, True, True)
    assert [(one.verb, one.actor) for one in changes_of(session)] == [("sessions.confidentiality_raised", animator)]


def test_the_twin_of_a_category_is_the_category_in_confidence(network: Network, people: list[User]) -> None:
    circle = category_circle(network=network, category=make_category("elected"))
    session = make_session(network, circle=circle)
    session.facilitators.add(people[0])
    raise_confidentiality(actor=people[0], session=session, target="twin")
    session.refresh_from_db()
    assert session.circle == confidential_circle(network)


def test_it_opens_only_when_all_who_wrote_agree(
    session: PeerSession, people: list[User], network: Network, browser: Browser
) -> None:
    agent = make_member(network, category="agent").user
    assert authors_of(session) == {people[0].pk, people[1].pk}
    asked = ask_to_lower(actor=people[2], session=session, target="network", reason="Le partager.")
    with pytest.raises(Refused, match="en cours"):
        ask_to_lower(actor=people[0], session=session, target="network", reason="Aussi.")
    dispatch_all()
    assert told("lowering_asked") == {people[0].pk, people[1].pk}
    with pytest.raises(Refused, match="qui ont écrit"):
        answer_lowering(user=people[2], request=asked, agrees=True)
    answer_lowering(user=people[0], request=asked, agrees=True)
    assert sees(agent, session) == (False, False, False)
    answer_lowering(user=people[1], request=asked, agrees=True)
    assert sees(agent, session) == (True, True, True)
    asked.refresh_from_db()
    assert asked.is_granted is True
    dispatch_all()
    assert told("lowering_closed") == {user.pk for user in people}
    before = Notification.objects.count()
    handlers.on_lowering_asked(LoweringAsked(request_id=asked.pk))
    handlers.on_lowering_closed(LoweringClosed(request_id=asked.pk))
    assert Notification.objects.count() == before
    page = browser.as_user(people[2]).get(reverse("sessions:confidentiality", args=[session.pk])).content.decode()
    for user in people[:2]:
        assert page.count(f"{user.full_name}\u00a0: d’accord") == 1


def test_one_refusal_closes_the_request(session: PeerSession, people: list[User], network: Network) -> None:
    asked = ask_to_lower(actor=people[0], session=session, target="twin", reason="Le partager.")
    assert list(LoweringVoice.objects.order_by("pk").values_list("user", "agrees")) == [
        (people[0].pk, True),
        (people[1].pk, None),
    ]
    answer_lowering(user=people[1], request=asked, agrees=False)
    asked.refresh_from_db()
    assert asked.is_granted is False
    with pytest.raises(Refused, match="close"):
        answer_lowering(user=people[1], request=asked, agrees=True)
    session.refresh_from_db()
    assert session.is_confidential
    again = ask_to_lower(actor=people[0], session=session, target="twin", reason="Encore.")
    withdraw_request(actor=people[0], request=again)
    again.refresh_from_db()
    assert again.closed_at
    assert again.is_granted is None


def test_who_writes_meanwhile_is_asked_too(session: PeerSession, people: list[User]) -> None:
    asked = ask_to_lower(actor=people[0], session=session, target="network", reason="Le partager.")
    write(session, people[2])
    answer_lowering(user=people[1], request=asked, agrees=True)
    session.refresh_from_db()
    assert session.is_confidential
    dispatch_all()
    assert told("lowering_asked") == {people[2].pk}
    answer_lowering(user=people[2], request=asked, agrees=True)
    session.refresh_from_db()
    assert not session.is_confidential


def test_where_nobody_wrote_it_opens_at_once(network: Network, people: list[User]) -> None:
    """Nobody but the asker, who facilitates and is registered."""
    session = make_session(network, circle=confidential_circle(network))
    session.facilitators.add(people[0])
    make_registration(session, people[0])
    asked = ask_to_lower(actor=people[0], session=session, target="network", reason="Rien à cacher.")
    assert asked.is_granted is True


def test_an_author_who_left_can_agree_to_nothing(session: PeerSession, people: list[User]) -> None:
    end_membership(membership=people[1].memberships.get(), status=MembershipStatus.LEFT)
    with pytest.raises(DomainError, match="n’est plus dans le cercle"):
        ask_to_lower(actor=people[0], session=session, target="network", reason="Le partager.")
    assert LoweringRequest.objects.count() == 0


def test_conclusions_leave_by_the_agora_alone() -> None:
    day = make_day(("elected",), people=2)
    session, user = day.groups["elected"], day.people["elected"][0]
    for act in (propose, seal):
        act(day)
        with pytest.raises(Refused, match="par l’agora"):
            ask_to_lower(actor=user, session=session, target="network", reason="Vite.")


def test_outsiders_find_no_page_and_change_nothing(
    session: PeerSession, people: list[User], network: Network, browser: Browser
) -> None:
    asked = ask_to_lower(actor=people[0], session=session, target="network", reason="Le partager.")
    url = reverse("sessions:confidentiality", args=[session.pk])
    browser.as_user(animator_of(network))
    assert browser.get(url).status_code == 404
    for end, fields in (
        ("fermer/", {"target": "registered"}),
        ("ouvrir/", {"target": "network", "reason": "x"}),
        (f"{asked.pk}/reponse/", {"answer": "yes"}),
        (f"{asked.pk}/retrait/", {}),
    ):
        assert browser.post(url + end, fields).status_code == 404
    other = make_session(network)
    url = reverse("sessions:confidentiality-answer", args=[other.pk, asked.pk])
    assert Browser().as_user(people[1]).post(url, {"answer": "yes"}).status_code == 404
    assert LoweringVoice.objects.filter(agrees=True).count() == 1


def test_the_pages_do_it(session: PeerSession, people: list[User], network: Network, browser: Browser) -> None:
    url = reverse("sessions:confidentiality", args=[session.pk])
    browser.as_user(people[0])
    assert browser.post(url + "ouvrir/", {"target": "network", "reason": ""}).status_code == 422
    assert browser.post(url + "ouvrir/", {"target": "network", "reason": "Le partager."}).status_code == 303
    asked = LoweringRequest.objects.get()
    assert browser.post(f"{url}{asked.pk}/reponse/", {}).status_code == 422
    answer = Browser().as_user(people[1]).post(f"{url}{asked.pk}/reponse/", {"answer": "yes"})
    assert answer.status_code == 303
    session.refresh_from_db()
    assert not session.is_confidential
    animator = Browser().as_user(animator_of(network))
    assert animator.post(url + "fermer/", {"target": "registered"}).status_code == 303
    session.refresh_from_db()
    assert session.is_confidential


@pytest.mark.django_db(transaction=True)
def test_two_last_agreements_at_once_open_it_once() -> None:
    network = make_network()
    people = [make_member(network, category="elected").user for _ in range(3)]
    session = make_session(network, circle=confidential_circle(network))
    for user in people:
        write(session, user)
    asked = ask_to_lower(actor=people[0], session=session, target="network", reason="Le partager.")
    at_once(2, lambda number: answer_lowering(user=people[number + 1], request=asked, agrees=True))
    asked.refresh_from_db()
    session.refresh_from_db()
    assert (asked.is_granted, session.is_confidential, len(changes_of(session))) == (True, False, 1)
