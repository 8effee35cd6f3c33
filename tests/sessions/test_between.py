"""Meetings of two in their conversation: no animator's right, everything else as for any session."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.services.conversations import open_conversation, private_circle
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Network, User
from peerhub.people.queries import membership_for
from sessions.forum_origins import sessions_of_topics
from sessions.models import PeerSession, Registration, Reminder
from sessions.policies.sessions import can_change_session, can_manage_session
from sessions.queries.polls import circles_for_polls
from sessions.queries.reports import awaiting
from sessions.queries.sessions import circles_for_planning, sessions_needing_attention
from sessions.services.between import plan_between, poll_between
from sessions.services.confidentiality import ask_to_lower
from sessions.services.poll_answers import answer
from sessions.services.poll_closing import close_on
from sessions.services.polls import add_slots
from sessions.services.scheduling import cancel_session
from tests.builders import make_animator, make_member, make_network
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

SOON = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)


@pytest.fixture
def two() -> tuple[Network, Circle, User, User]:
    network = make_network()
    one, other = make_member(network).user, make_member(network).user
    return network, private_circle(network=network, people=[one, other]), one, other


def plan(circle: Circle, one: User, other: User, **fields: Any) -> PeerSession:
    wanted = {"starts_at": SOON, "minutes": 30, "token": uuid4(), "timezone_name": "Europe/Paris", **fields}
    return plan_between(actor=one, circle=circle, people=[one, other], **wanted)


def test_a_meeting_is_in_both_agendas_and_each_is_told_once(two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    animator = make_animator(network).user
    session = plan(circle, one, other, meeting_url="https://visio.example/abc")
    dispatch_all()
    assert (session.title, session.ends_at - session.starts_at) == ("Échange", timedelta(minutes=30))
    seats = Registration.objects.registered().filter(session=session).order_by("user")
    assert list(seats.values_list("user", "entered_by")) == [(one.pk, None), (other.pk, one.pk)]
    assert list(session.facilitators.all()) == [one]
    told = Notification.objects.filter(kind__startswith="sessions.").order_by("recipient")
    assert list(told.values_list("recipient", "kind")) == [
        (one.pk, "sessions.confirmed"),
        (other.pk, "sessions.confirmed"),
    ]
    assert Reminder.objects.filter(session=session).count() == 4
    assert [PeerSession.objects.visible_to(who).count() for who in (one, other, animator)] == [1, 1, 0]


def test_sent_twice_it_is_one_meeting(two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    token = uuid4()
    assert plan(circle, one, other, token=token) == plan(circle, one, other, token=token)
    elsewhere = private_circle(network=network, people=[one, other])
    with pytest.raises(Refused):
        plan(elsewhere, one, other, token=token)


def test_both_may_change_it_and_nobody_else(two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    session, animator = plan(circle, one, other), make_animator(network).user
    can = [bool(can_change_session(membership_for(who, network), session)) for who in (one, other, animator)]
    assert can == [True, True, False]
    assert not can_manage_session(membership_for(animator, network), session)
    with pytest.raises(Refused):
        cancel_session(actor=animator, session=session)
    assert cancel_session(actor=other, session=session)


def test_no_minutes_and_no_opinion_are_asked_for(two: tuple[Network, Circle, User, User]) -> None:
    _network, circle, one, other = two
    session = plan(circle, one, other)
    assert session.evaluation_asked_at
    assert not awaiting(SOON + timedelta(days=9)).exists()


def test_who_is_outside_plans_nothing_and_is_not_planned_for(two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    stranger = make_member(network).user
    with pytest.raises(Refused):
        plan(circle, stranger, one)
    with pytest.raises(DomainError, match="plus dans cette conversation"):
        plan(circle, one, stranger)
    with pytest.raises(ValueError, match="conversation"):
        plan(Circle.objects.get(network=network, kind="network"), one, other)
    with pytest.raises(DomainError, match="cinq minutes"):
        plan(circle, one, other, minutes=2)


def test_who_facilitates_elsewhere_then_is_invited(two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    third = make_member(network).user
    plan(private_circle(network=network, people=[other, third]), other, third)
    session = plan(circle, one, other)
    states = dict(Registration.objects.filter(session=session).values_list("user", "state"))
    assert states == {one.pk: "registered", other.pk: "invited"}


def test_a_poll_of_two_makes_the_meeting(two: tuple[Network, Circle, User, User]) -> None:
    _network, circle, one, other = two
    spans = [(SOON + timedelta(days=n), SOON + timedelta(days=n, minutes=30)) for n in (0, 1)]
    wanted: dict[str, Any] = {"options": spans, "closes_at": SOON - timedelta(days=1), "token": uuid4()}
    poll = poll_between(actor=one, circle=circle, people=[one, other], **wanted)
    assert poll_between(actor=one, circle=circle, people=[one, other], **wanted) == poll
    first, last = poll.slots.order_by("starts_at")
    assert [first.starts_at, last.starts_at] == [SOON, SOON + timedelta(days=1)]
    answer(user=other, poll=poll, choices={first.pk: "no", last.pk: "if_needed"})
    session = close_on(actor=other, poll=poll, slot_id=last.pk)
    states = dict(Registration.objects.filter(session=session).values_list("user", "state"))
    assert states == {one.pk: "registered", other.pk: "registered"}
    with pytest.raises(Refused):
        add_slots(actor=one, poll=poll, days=[], hours=[])


def test_it_is_opened_to_nobody_else(two: tuple[Network, Circle, User, User]) -> None:
    _network, circle, one, other = two
    session = plan(circle, one, other)
    with pytest.raises(Refused, match="personne d’autre"):
        ask_to_lower(actor=one, session=session, target="network", reason="Pour voir")


OF_MANY = ("La charte", "Les places", "Gérer les places", "pour quelqu’un d’autre", "Le déroulé", "Groupe de pairs")


def test_its_page_is_that_of_two_people(browser: Browser, two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    session = plan(circle, one, other)
    html = browser.as_user(other).get(session.get_absolute_url()).content.decode()
    said = ("Ce rendez-vous", "Modifier ou déplacer", "Annuler le rendez-vous", "Vous deux, et personne d’autre")
    assert [words for words in (*said, *OF_MANY) if words in html] == list(said)
    assert [one.full_name in html, other.full_name in html] == [True, True]
    edit, cancel = (reverse(f"sessions:{name}", args=[session.pk]) for name in ("session-edit", "session-cancel"))
    assert "personne inscrite" not in browser.get(cancel).content.decode()
    fields = browser.get(edit).context["form"]
    assert {"format", "capacity", "territory"} & set(fields.fields) == set()
    sent = {name: fields.get_initial_for_field(field, name) or "" for name, field in fields.fields.items()}
    assert browser.post(edit, {**sent, "place": "Mairie"}).status_code == 303
    session.refresh_from_db()
    assert (session.place, session.format, session.capacity) == ("Mairie", "peer_group", None)
    line = browser.get(reverse("sessions:session-list", args=[network.slug])).content.decode()
    assert ["rendez-vous</p>" in line, "seats__text" in line] == [True, False]


def test_who_was_only_asked_answers_in_words_of_two(browser: Browser, two: tuple[Network, Circle, User, User]) -> None:
    _network, circle, one, other = two
    session = plan(circle, one, other)
    Registration.objects.filter(user=other).update(state="invited")
    PeerSession.objects.update(registered_count=1)
    html = browser.as_user(other).get(session.get_absolute_url()).content.decode()
    assert ["On vous propose ce rendez-vous." in html, "Je viens" in html, "M’inscrire" in html] == [True, True, False]
    url = reverse("sessions:seat-decline", args=[session.pk])
    browser.post(url, {"note": "En congés"})
    html = browser.as_user(one).get(session.get_absolute_url()).content.decode()
    assert ["ne vient pas" in html, "En congés" in html] == [True, True]


def test_what_they_plan_is_prepared_where_they_talk(two: tuple[Network, Circle, User, User]) -> None:
    network, circle, one, other = two
    alone = plan(circle, one, other)
    elsewhere = private_circle(network=network, people=[one, other])
    talk = open_conversation(network=network, circle=elsewhere, author=one)
    later = SOON + timedelta(days=1)
    assert plan(elsewhere, one, other, starts_at=later).topic == talk
    assert alone.topic not in {None, talk}
    assert sessions_of_topics(one, [talk.pk]) == {}


def test_conversations_are_not_among_the_circles_of_a_choice(two: tuple[Network, Circle, User, User]) -> None:
    network, _circle, one, _other = two
    animator = make_animator(network).user
    private_circle(network=network, people=[animator])
    assert "conversation" not in {one.kind for one in circles_for_planning(animator, network)}
    assert "conversation" not in {one.kind for one in circles_for_polls(animator, network)}
    plan(private_circle(network=network, people=[animator, one]), animator, one)
    assert sessions_needing_attention(animator, network) == []
