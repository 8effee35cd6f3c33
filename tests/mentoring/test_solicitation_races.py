"""Answers under concurrency: real threads, real transactions."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from mentoring.enums import NeedKind
from mentoring.models import MentoringProfile, Mentorship, Solicitation
from mentoring.services.conversations import private_circle
from mentoring.services.lapses import lapse_due
from mentoring.services.places import hold_places
from mentoring.services.solicitations import accept_solicitation, decline_solicitation
from peerhub.outbox.models import OutboxEvent
from peerhub.people.errors import DomainError
from tests.builders import make_network
from tests.concurrency import together
from tests.mentoring.builders import make_listed
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask, move_clock, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_place_is_promised_once_and_its_answers_and_clock_agree() -> None:
    """Three races of one small world, so that it is made once."""
    network = make_network()
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    MentoringProfile.objects.create(user=zoe.user, people_at_a_time=1)
    asked = [
        ask(make_need(make_listed(network, name).user, network, kind=NeedKind.MENTORING), zoe)[0]
        for name in ("Ana", "Bob")
    ]
    # Two accompaniments, one place.
    results = together(*[partial(accept_solicitation, peer=zoe.user, solicitation=one) for one in asked])
    assert sorted(isinstance(one, Solicitation) for one in results) == [False, True]
    assert sorted(Solicitation.objects.values_list("state", flat=True)) == ["accepted", "sent"]
    # Yes and no of one person, in two tabs, one of them twice.
    need = make_need(make_listed(network, "Léo").user, network)
    (one,) = ask(need, paul, goes_on=False)
    yes, no = (
        lambda: accept_solicitation(peer=paul.user, solicitation=one),
        lambda: decline_solicitation(peer=paul.user, solicitation=one, reason="time"),
    )
    results = together(yes, no, yes)
    said = [item.state for item in results if isinstance(item, Solicitation)]
    assert set(said) == {states(need)[0]}
    told = OutboxEvent.objects.filter(payload__solicitation_id=one.pk).exclude(name="mentoring.solicitation_sent")
    assert told.count() == 1
    # Two sweeps, and an answer at the last moment.
    need = make_need(make_listed(network, "Mia").user, network)
    (late,) = ask(need, paul, goes_on=False)
    move_clock(7)
    together(lapse_due, lapse_due, lambda: accept_solicitation(peer=paul.user, solicitation=late))
    assert states(need) in (["lapsed"], ["accepted"])
    told = OutboxEvent.objects.filter(payload__solicitation_id=late.pk).exclude(name="mentoring.solicitation_sent")
    assert [event.name for event in told] == [f"mentoring.solicitation_{states(need)[0]}"]


def test_the_last_place_is_held_by_one_at_a_time() -> None:
    network = make_network()
    mentor, peers = make_listed(network, "Zoé"), [make_listed(network, name) for name in ("Ana", "Bob", "Léo")]
    MentoringProfile.objects.create(user=mentor.user, people_at_a_time=2)
    today = timezone.localdate()

    def fill(number: int) -> None:
        with transaction.atomic():
            hold_places(mentor.user_id)
            Mentorship.objects.create(
                network=network,
                circle=private_circle(network=network, people=[mentor.user, peers[number].user]),
                mentor=mentor.user,
                state="active",
                starts_on=today,
                ends_on=today.replace(year=today.year + 1),
            )

    results = together(*[partial(fill, number) for number in range(3)])
    assert sorted(isinstance(one, DomainError) for one in results) == [False, False, True]
    assert Mentorship.objects.running().count() == 2
