"""Trainings for tests, made by the services that production calls."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from mentoring.models import Training
from mentoring.services.trainings import Step, open_training, plan_step, set_steps, write_training
from peerhub.people.models import Network, User
from sessions.enums import CheckInMethod
from sessions.models import Attendance, PeerSession

ELSEWHERE = "https://example.org/lire"


def make_draft_training(trainer: User, network: Network, **fields: Any) -> Training:
    """Two pages to read, until a test says otherwise."""
    audience = fields.pop("audience", "network")
    steps = fields.pop("steps", [Step(title="Lire", url=ELSEWHERE), Step(title="Relire", url=ELSEWHERE)])
    wanted = {"title": "Animer une réunion", "capacity": 2, "certified_from": 100, **fields}
    training = write_training(trainer=trainer, network=network, token=uuid4(), fields=wanted, audience=audience)
    set_steps(trainer=trainer, training=training, steps=steps)
    return training


def make_training(trainer: User, network: Network, **fields: Any) -> Training:
    """An open one."""
    training = make_draft_training(trainer, network, **fields)
    open_training(trainer=trainer, training=training)
    training.refresh_from_db()
    return training


def add_lesson(training: Training, title: str = "Atelier") -> PeerSession:
    """A session of its own, in three days."""
    step = plan_step(
        trainer=training.trainer,
        training=training,
        title=title,
        starts_at=timezone.now() + timedelta(days=3),
        minutes=90,
        token=uuid4(),
        timezone_name="Europe/Paris",
    )
    assert step.session
    return step.session


def has_been(session: PeerSession) -> None:
    """It was yesterday."""
    now = timezone.now()
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(days=1, hours=2), ends_at=now - timedelta(days=1)
    )


def note(session: PeerSession, user: User, *, is_present: bool = True, half_day: int = 0) -> None:
    """What the session itself records."""
    Attendance.objects.create(
        session=session, user=user, half_day=half_day, is_present=is_present, method=CheckInMethod.LIST
    )
