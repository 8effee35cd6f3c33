"""What mails say of a training that is offered in confidence."""

import pytest
from django.core import mail
from django.utils import timezone

from mentoring.enums import TrainingState
from mentoring.models import Training
from mentoring.services.training_places import claim_place, leave_place
from peerhub.notifications.delivery import deliver_due
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle
from peerhub.people.services.circles import create_circle
from tests.builders import make_member, make_network
from tests.mentoring.training_builders import make_draft_training

pytestmark = pytest.mark.django_db


def test_mails_of_a_training_in_confidence_do_not_say_which() -> None:
    network = make_network()
    trainer, first, second = (make_member(network).user for _ in range(3))
    circle = create_circle(
        network=network, kind=CircleKind.CUSTOM, name="À part", members=[trainer, first, second], confidential=True
    )
    training = make_draft_training(trainer, network, title="Tenir un potiron secret", capacity=1)
    Training.objects.filter(pk=training.pk).update(circle=circle)
    Circle.objects.filter(pk=training.members_circle_id).update(is_confidential=True)
    Training.objects.filter(pk=training.pk).update(state=TrainingState.OPEN, opened_at=timezone.now())
    for one in (first, second):
        claim_place(user=one, training=training)
    leave_place(user=first, training=training)
    dispatch_all()
    deliver_due()
    assert [one.to for one in mail.outbox] == [[second.email]]
    sent = mail.outbox[0]
    assert "potiron" not in str(sent.message())
    assert "Une place pour vous dans une formation" in sent.subject
