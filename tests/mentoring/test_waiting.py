"""What waits for a person's answer, on their home."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from mentoring.enums import MentorshipState, SolicitationState
from mentoring.models import CheckIn, Introduced, Introduction, IntroductionRound, Solicitation
from mentoring.queries.waiting import Waiting, waiting_for
from mentoring.services import mentorship_course
from mentoring.services.conversations import private_circle
from mentoring.services.profiles import save_availability
from mentoring.services.terms import agree_terms, change_terms
from peerhub.people.models import User
from sessions.models import Registration
from sessions.services.poll_answers import answer
from sessions.services.registration import wait_for_seat, withdraw
from sessions.services.seats import decline, invite_people
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_mentorship
from tests.mentoring.need_builders import make_need
from tests.sessions.builders import animator_of, make_registration, make_session
from tests.sessions.poll_builders import make_poll

pytestmark = pytest.mark.django_db


def kinds(user: User) -> list[tuple[str, int]]:
    return [(one.kind, one.pk) for one in waiting_for(user)]


def test_terms_wait_for_each_who_did_not_agree_to_them(django_assert_num_queries: Any) -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network).user
    mentorship = make_mentorship(network, mentor, [peer], state=MentorshipState.PROPOSED)
    waiting_for(peer)
    with django_assert_num_queries(1):
        assert waiting_for(peer) == [Waiting("terms", mentorship.pk, mentorship.updated_at)]
    agree_terms(actor=mentor, mentorship=mentorship, number=1)
    assert (kinds(mentor), kinds(peer)) == ([], [("terms", mentorship.pk)])
    agree_terms(actor=peer, mentorship=mentorship, number=1)
    assert (kinds(mentor), kinds(peer)) == ([], [])
    change_terms(actor=peer, mentorship=mentorship, number=1, fields={"goals": "Autre chose"})
    assert (kinds(mentor), kinds(peer)) == ([("terms", mentorship.pk)], [])
    mentorship_course.end(actor=peer, mentorship=mentorship)
    assert kinds(mentor) == []


def test_check_ins_wait_while_the_mentorship_runs_the_longest_first() -> None:
    network = make_network()
    mentor = make_listed(network).user
    save_availability(user=mentor, fields={"people_at_a_time": 3})
    running, paused, ended = (make_mentorship(network, mentor) for _number in range(3))
    for number, mentorship in enumerate((running, paused, ended)):
        CheckIn.objects.create(
            mentorship=mentorship,
            user=mentor,
            stage="third",
            due_on=timezone.localdate(),
            asked_at=timezone.now() - timedelta(days=number),
        )
    mentorship_course.pause(actor=mentor, mentorship=paused)
    mentorship_course.end(actor=mentor, mentorship=ended)
    assert kinds(mentor) == [("check_in", paused.pk), ("check_in", running.pk)]


def test_the_home_says_that_somebody_waits_not_what_for(browser: Browser) -> None:
    network = make_network()
    mentor, peer = make_listed(network).user, make_listed(network, "Zqpaul").user
    home = network.get_absolute_url()
    assert "On attend votre réponse" not in browser.as_user(mentor).get(home).content.decode()
    mentorship = make_mentorship(network, mentor, [peer], state=MentorshipState.PROPOSED, goals="zqbutszq")
    html = browser.get(home).content.decode()
    block = html.partition('id="reponses"')[2].partition("</section>")[0]
    assert (block.count("<li>"), mentorship.get_absolute_url() in block) == (1, True)
    assert [one for one in ("zqpaul", "zqbuts") if one in block.lower()] == []


def test_sessions_and_polls_wait_until_they_are_answered(browser: Browser, django_assert_num_queries: Any) -> None:
    session, full = make_session(title="Entre élu·es"), make_session(capacity=1, title="Complète")
    user = make_member(session.network).user
    invite_people(actor=animator_of(session.network), session=session, user_ids=[user.pk])
    poll = make_poll(session.network, is_hidden=False)
    seated = make_registration(full).user
    make_member(full.network, user)
    wait_for_seat(user=user, session=full)
    withdraw(user=seated, session=full)
    with django_assert_num_queries(1):
        found = waiting_for(user)
    assert [(one.kind, one.pk, one.title) for one in found] == [
        ("offer", full.pk, "Complète"),
        ("invitation", session.pk, "Entre élu·es"),
        ("poll", poll.pk, poll.title),
    ]
    assert (found[0].at, found[1].at) == (
        Registration.objects.get(user=user, session=full).offer_ends_at,
        session.starts_at,
    )
    html = browser.as_user(user).get(session.network.get_absolute_url()).content.decode()
    block = html.partition('id="reponses"')[2].partition("</section>")[0]
    assert [block.count("<li>"), "Entre élu·es" in block, session.get_absolute_url() in block] == [3, True, True]
    decline(user=user, session=session)
    decline(user=user, session=full)
    answer(user=user, poll=poll, choices=dict.fromkeys(poll.slots.values_list("pk", flat=True), "yes"))
    assert kinds(user) == []


def test_asks_and_introductions_wait_for_whom_they_are_made_to() -> None:
    network = make_network()
    me, other = make_listed(network).user, make_listed(network).user
    circle, now = private_circle(network=network, people=[me, other]), timezone.now()
    need = make_need(other, network)
    asked = Solicitation.objects.create(
        need=need,
        network=network,
        asker=other,
        peer=me,
        circle=circle,
        question="Une question",
        state=SolicitationState.SENT,
        token=uuid4(),
        sent_at=now,
        remind_at=now + timedelta(days=4),
        due_at=now + timedelta(days=7),
    )
    drawn = IntroductionRound.objects.create(network=network, month=date(2026, 3, 1), seed=1)
    introduction = Introduction.objects.create(
        round=drawn, network=network, circle=private_circle(network=network, people=[me, other])
    )
    mine = Introduced.objects.create(introduction=introduction, user=me)
    assert set(kinds(me)) == {("solicitation", asked.pk), ("introduction", introduction.pk)}
    assert kinds(other) == []
    Introduced.objects.filter(pk=mine.pk).update(accepted_at=now)
    Solicitation.objects.update(state=SolicitationState.LAPSED, ended_at=now)
    assert kinds(me) == []
