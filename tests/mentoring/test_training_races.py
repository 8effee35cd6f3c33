"""Places of trainings under concurrency: real threads, real transactions. Never one too many, none left over."""

import pytest

from mentoring.models import TrainingPlace
from mentoring.services.training_places import claim_place, leave_place
from peerhub.outbox.testing import dispatch_all
from sessions.models import Registration
from tests.builders import make_member, make_network
from tests.concurrency import together
from tests.mentoring.training_builders import add_lesson, make_training

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_claim_two_places_while_two_are_given_back() -> None:
    network = make_network()
    training = make_training(make_member(network).user, network, capacity=2)
    session = add_lesson(training)
    people = [make_member(network).user for _ in range(10)]
    for one in people[:2]:
        claim_place(user=one, training=training)
    results = together(
        *[lambda one=one: claim_place(user=one, training=training) for one in people[2:]],
        *[lambda one=one: leave_place(user=one, training=training) for one in people[:2]],
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    training.refresh_from_db()
    rows = TrainingPlace.objects.filter(training=training)
    held = rows.filter(state="held")
    counts = [rows.filter(state=state).count() for state in ("held", "waiting", "left")]
    assert (counts, training.taken_count) == ([2, 6, 2], 2)
    # Those who came first hold them.
    came = rows.exclude(state="left").order_by("claimed_at", "pk").values_list("pk", flat=True)
    assert set(held.values_list("pk", flat=True)) == set(came[:2])
    dispatch_all()
    seated = Registration.objects.registered().filter(session=session).values_list("user_id", flat=True)
    assert set(seated) == {training.trainer_id, *held.values_list("user_id", flat=True)}
