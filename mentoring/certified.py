"""What a certificate says: what was true when it was given, whatever becomes of the training."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from mentoring.models import Training, TrainingStep
from peerhub.people.models import User


@dataclass(frozen=True)
class Followed:
    """A step; `on`, the day of a session (ISO)."""

    title: str
    minutes: int = 0
    on: str = ""

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.on) if self.on else None


@dataclass(frozen=True)
class Statement:
    """Kept with the certificate (`TrainingPlace.certified`)."""

    name: str
    network: str
    title: str
    trainer: str
    is_confidential: bool
    steps: tuple[Followed, ...]

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, kept: Any) -> "Statement":
        return cls(**{**kept, "steps": tuple(Followed(**one) for one in kept["steps"])})


def statement(training: Training, user: User, followed: Sequence[TrainingStep]) -> Statement:
    """As things are now. Needs the training's network, trainer and circle, and the sessions of the steps."""
    return Statement(
        name=user.full_name,
        network=training.network.name,
        title=training.title,
        trainer=training.trainer.full_name,
        is_confidential=training.circle.is_confidential,
        steps=tuple(Followed(step.title, minutes_of(step), _day_of(step)) for step in followed),
    )


def minutes_of(step: TrainingStep) -> int:
    """What was said that it takes; of a session, else, how long it is."""
    if step.minutes or step.session is None:
        return step.minutes
    return int((step.session.ends_at - step.session.starts_at).total_seconds() // 60)


def _day_of(step: TrainingStep) -> str:
    return timezone.localdate(step.session.starts_at).isoformat() if step.session else ""
