"""Attacks that need two hands: real threads, real transactions."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from mentoring.enums import Level, MentorshipState, NeedKind, SolicitationState
from mentoring.events import NeedClosed
from mentoring.models import Competence, DeclaredCompetence, MentoringProfile, Mentorship, Need, NeedTask, Solicitation
from mentoring.services.curating import merge_competence
from mentoring.services.declarations import declare_competence
from mentoring.services.lapses import lapse_due
from mentoring.services.mentorship_course import leave, pause
from mentoring.services.merging import hand_over
from mentoring.services.need_tasks import ring_tasks, write_to_asker
from mentoring.services.needs import close_need, save_draft
from mentoring.services.solicitations import (
    accept_solicitation,
    decline_solicitation,
    plan_call,
    send_solicitations,
    withdraw_solicitation,
)
from mentoring.services.suggesting import hold_need
from mentoring.services.terms import agree_terms, change_terms
from mentoring.services.tree import load_competences
from mentoring.solicitation_handlers import on_need_closed
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import Refused
from sessions.models import PeerSession
from tests.builders import make_animator, make_network
from tests.concurrency import together
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_mentorship
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import QUESTION, ask, move_clock
from tests.mentoring.test_tree import SMALL, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_need_asks_one_person_at_a_time_whatever_happens_at_once() -> None:
    """No, too late, taken back and closed, all at once; then the same names twice."""
    network = make_network()
    author = make_listed(network, "Ana").user
    zoe, paul, lea, bob = (make_peer(network, name) for name in ("Zoé", "Paul", "Léa", "Bob"))
    need = make_need(author, network)
    first, *_others = ask(need, zoe, paul, lea, goes_on=True)
    move_clock(7)
    together(
        lapse_due,
        lapse_due,
        partial(decline_solicitation, peer=zoe.user, solicitation=first, reason="time", pass_on_to=bob.user_id),
        partial(decline_solicitation, peer=zoe.user, solicitation=first, reason="time"),
        partial(withdraw_solicitation, asker=author, solicitation=first),
    )
    rows = Solicitation.objects.filter(need=need)
    assert rows.filter(state=SolicitationState.SENT).count() == 1
    assert rows.get(pk=first.pk).ended_at
    asked = rows.get(state=SolicitationState.SENT)
    results = together(
        partial(accept_solicitation, peer=asked.peer, solicitation=asked),
        partial(close_need, author=author, need=need, closing="elsewhere"),
        partial(withdraw_solicitation, asker=author, solicitation=asked),
    )
    assert any(not isinstance(one, Exception) for one in results)
    dispatch_all()
    assert not rows.filter(state__in=[SolicitationState.SENT, SolicitationState.QUEUED]).exists()
    # One form, sent five times at once.
    other = make_need(author, network)
    send = partial(
        send_solicitations, asker=author, need=other, peers=[bob.user_id], question=QUESTION, wants_call=True
    )
    made = together(*[partial(send, token=UUID(int=7))] * 5)
    assert [len(one) for one in made if isinstance(one, list)] == [1] * 5
    assert Solicitation.objects.filter(need=other).count() == 1


def test_a_mentorship_is_in_one_state_and_takes_one_place() -> None:
    network = make_network()
    mentor, ana, bob = (make_listed(network, name) for name in ("Zoé", "Ana", "Bob"))
    MentoringProfile.objects.create(user=mentor.user, people_at_a_time=1)
    one = make_mentorship(network, mentor.user, [ana.user], state="proposed")
    agree_terms(actor=mentor.user, mentorship=one, number=1)
    asked = ask(make_need(bob.user, network, kind=NeedKind.MENTORING), mentor)[0]
    # The one place: agreed on by one, promised to another, by two hands of its mentor.
    together(
        partial(agree_terms, actor=ana.user, mentorship=one, number=1),
        partial(accept_solicitation, peer=mentor.user, solicitation=asked),
        partial(change_terms, actor=mentor.user, mentorship=one, number=1, fields={"goals": "Autre chose."}),
    )
    dispatch_all()
    for running in Mentorship.objects.filter(mentor=mentor.user).order_by("pk"):
        together(
            *(
                partial(agree_terms, actor=user, mentorship=running, number=running.terms_number)
                for user in (mentor.user, running.peers.get().user)
            )
        )
    assert Mentorship.objects.running().filter(mentor=mentor.user).count() == 1
    current = Mentorship.objects.running().get(mentor=mentor.user)
    peer = current.peers.get().user
    together(
        partial(pause, actor=mentor.user, mentorship=current),
        partial(pause, actor=peer, mentorship=current),
        partial(leave, actor=peer, mentorship=current),
        partial(leave, actor=mentor.user, mentorship=current),
    )
    current.refresh_from_db()
    assert (current.state, current.paused_until) == (MentorshipState.ENDED, None)


def test_who_declares_during_a_merge_waits_and_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once waited for the other: the merge for the new declaration, the declaration for the tree."""
    load_competences(write(tmp_path / "c.json", SMALL))
    one, other = (Competence.objects.get(slug=slug) for slug in ("fuites", "captages"))
    network = make_network()
    curator, ana = make_animator(network).user, make_listed(network, "Ana").user
    declare = partial(declare_competence, user=ana, level=Level.PRACTISED, can_help=True)
    declare(competence=one)
    is_held = Event()

    def slowly(*args: Any) -> None:
        is_held.set()
        sleep(0.2)
        hand_over(*args)

    def declare_meanwhile(competence: Competence) -> DeclaredCompetence:
        is_held.wait(10)
        return declare(competence=competence)

    monkeypatch.setattr("mentoring.services.curating.hand_over", slowly)
    _merged, late, heard = together(
        partial(merge_competence, curator=curator, competence=one, into=other),
        partial(declare_meanwhile, one),
        partial(declare_meanwhile, other),
    )
    assert str(late) == "Choisissez une compétence précise dans cette famille."
    assert list(DeclaredCompetence.objects.all()) == [heard]


def test_who_acts_on_a_need_and_who_saves_or_closes_it_wait_in_one_order() -> None:
    """Each once waited for the other: whoever holds the need for what they hold themselves, and back."""
    network = make_network()
    ana, zoe, animator = make_listed(network, "Ana").user, make_peer(network, "Zoé"), make_animator(network).user
    helped, waiting = make_need(ana, network), make_need(ana, network)
    (asked,) = ask(helped, zoe)
    accept_solicitation(peer=zoe.user, solicitation=asked)
    dispatch_all()
    move_clock(4)
    ring_tasks()
    task = NeedTask.objects.get(need=waiting)

    def at_once(need: Need, act: Callable[[], object], other: Callable[[], object]) -> list[object]:
        is_held = Event()

        def slowly() -> object:
            with transaction.atomic():
                hold_need(need.pk)
                is_held.set()
                sleep(0.2)
                return act()

        def meanwhile() -> object:
            is_held.wait(10)
            with transaction.atomic():
                return other()

        return together(slowly, meanwhile)

    call = partial(plan_call, actor=zoe.user, solicitation=asked, minutes=30, token=uuid4(), timezone_name="UTC")
    saving = partial(save_draft, author=ana, network=network, token=helped.token, fields={"title": "Autre chose"})
    planned, refused = at_once(helped, partial(call, starts_at=timezone.now() + timedelta(days=3)), saving)
    assert (planned, type(refused)) == (PeerSession.objects.get(), Refused)
    writing = partial(write_to_asker, animator=animator, network=network, pk=task.pk, body="Et si ?", token=uuid4())
    assert at_once(waiting, writing, partial(on_need_closed, NeedClosed(need_id=waiting.pk))) == [task, None]
    task.refresh_from_db()
    assert (task.written_by, task.done_at is None) == (animator, False)
