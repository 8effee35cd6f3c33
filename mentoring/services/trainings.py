"""Trainings: written, laid out as a path, opened, ended. Every verb holds the training's row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import Topic
from mentoring.enums import NeedAudience, PlaceState, StepKind, TrainingState
from mentoring.models import Training, TrainingPlace, TrainingStep
from mentoring.policies.trainings import can_change_training, can_offer_training
from mentoring.queries.trainings import may_be_step, training_with
from mentoring.services.certificates import certify_who_followed
from mentoring.services.training_places import hold_training, promote
from peerhub.people.enums import CircleKind
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import Circle, Membership, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import category_circle, create_circle
from peerhub.text.markdown import RENDER_VERSION, TextError, clean_source, one_line, render
from sessions.models import PeerSession
from sessions.services.lessons import plan_lesson

MOST_STEPS = 30
MOST_PLACES = 200
WRITTEN = ("competence", "prerequisites", "capacity", "certified_from")


@dataclass(frozen=True)
class Step:
    """A step as somebody lays it out: one of `session_id`, `topic_id`, `url`. `pk` is of one that is there already."""

    title: str = ""
    minutes: int = 0
    pk: int | None = None
    session_id: int = 0
    topic_id: int = 0
    url: str = ""


@transaction.atomic
def write_training(
    *, trainer: User, network: Network, token: UUID, fields: Mapping[str, Any], audience: str = NeedAudience.NETWORK
) -> Training:
    """Begin a training, seen by who offers it alone until it is opened; the same token is the same one."""
    membership = membership_for(trainer, network)
    require(can_offer_training(membership))
    User.objects.select_for_update(no_key=True).get(pk=trainer.pk)
    made = training_with(trainer, network, token)
    if made is not None:
        return made
    if Training.objects.filter(token=token).exists():
        raise Refused(_("Cette formation ne vous est pas ouverte."))
    circle = _audience(network, membership, audience)
    training = Training(network=network, circle=circle, trainer=trainer, token=token)
    _put(training, fields)
    training.members_circle = _list_of(training)
    training.save()
    training.requires.set(fields.get("requires", []))
    return training


@transaction.atomic
def change_training(*, trainer: User, training: Training, fields: Mapping[str, Any], audience: str = "") -> Training:
    """Change what it says and how many places it has: who waits takes those that are added. To whom it is offered
    changes before it is opened, no more after. Raises `DomainError` below the number of places taken."""
    current, membership = _hold(trainer, training)
    _put(current, fields)
    if current.capacity < current.taken_count:
        raise DomainError(
            _("%(taken)d places sont déjà prises : il ne peut pas y en avoir moins.") % {"taken": current.taken_count}
        )
    if audience and current.state == TrainingState.DRAFT:
        current.circle = _audience(current.network, membership, audience)
    current.save()
    _name_list(current)
    current.requires.set(fields.get("requires", current.requires.all()))
    promote(current)
    return current


@transaction.atomic
def set_steps(*, trainer: User, training: Training, steps: Sequence[Step]) -> list[TrainingStep]:
    """Lay out the path anew: a step that was there keeps who followed it, one that is not given is gone with it."""
    current, _membership = _hold(trainer, training)
    if len(steps) > MOST_STEPS:
        raise DomainError(_("Un parcours a %(number)d étapes au plus.") % {"number": MOST_STEPS})
    known = {row.pk: row for row in current.steps.all()}
    rows = [_step(trainer, current, known, place, step) for place, step in enumerate(steps, 1)]
    current.steps.exclude(pk__in=[row.pk for row in rows if row.pk]).delete()
    for row in rows:
        row.save()
    if current.state != TrainingState.DRAFT and not rows:
        raise DomainError(_("Une formation ouverte garde au moins une étape."))
    return rows


@transaction.atomic
def plan_step(
    *,
    trainer: User,
    training: Training,
    title: str,
    starts_at: datetime,
    minutes: int,
    token: UUID,
    timezone_name: str,
    place: str = "",
    meeting_url: str = "",
) -> TrainingStep:
    """A new session, for those who follow the training alone, as its last step: they have their seats in it. The same
    token is the same session."""
    current, _membership = _hold(trainer, training)
    made = current.steps.filter(session__uid=token).first()
    if made is not None:
        return made
    if current.steps.count() >= MOST_STEPS:
        raise DomainError(_("Un parcours a %(number)d étapes au plus.") % {"number": MOST_STEPS})
    followers = User.objects.filter(training_places__training=current, training_places__state=PlaceState.HELD)
    session = plan_lesson(
        actor=trainer,
        circle=current.members_circle,
        people=[trainer, *followers.exclude(pk=trainer.pk)],
        title=title,
        starts_at=starts_at,
        minutes=minutes,
        token=token,
        timezone_name=timezone_name,
        place=place,
        meeting_url=meeting_url,
    )
    last = current.steps.order_by("-position").values_list("position", flat=True).first() or 0
    return TrainingStep.objects.create(
        training=current, position=last + 1, kind=StepKind.SESSION, title=session.title, session=session
    )


@transaction.atomic
def open_training(*, trainer: User, training: Training) -> bool:
    """Offer it to its circle; False when it was open. Raises `DomainError` without a path."""
    current, _membership = _hold(trainer, training)
    if current.state == TrainingState.OPEN:
        return False
    steps = list(current.steps.order_by("position"))
    if not steps:
        raise DomainError(_("Ajoutez au moins une étape avant d’ouvrir la formation."))
    for place, step in enumerate(steps, 1):
        # To whom it is offered may have changed since its steps were laid out.
        if step.session_id or step.topic_id:
            _require_step(trainer, current, place, step.session_id or 0, step.topic_id or 0)
    current.state, current.opened_at = TrainingState.OPEN, timezone.now()
    current.save(update_fields=["state", "opened_at"])
    _name_list(current)
    return True


@transaction.atomic
def end_training(*, trainer: User, training: Training) -> bool:
    """Close it: nobody comes in any more, and everyone who followed enough of it has their certificate."""
    current, _membership = _hold(trainer, training)
    if current.state == TrainingState.DRAFT:
        raise DomainError(_("Cette formation n’a pas été ouverte."))
    certify_who_followed(current)
    return _end(current)


@transaction.atomic
def drop_training(*, trainer: User, training: Training) -> None:
    """Throw a draft away; its sessions, if any were planned, stay in the agenda of who planned them."""
    current, _membership = _hold(trainer, training)
    if current.state != TrainingState.DRAFT or TrainingPlace.objects.filter(training=current).exists():
        raise Refused(_("Une formation ouverte se termine, elle ne se jette pas."))
    current.delete()
    if not PeerSession.objects.filter(circle=current.members_circle_id).exists():
        current.members_circle.delete()


@transaction.atomic
def end_trainings_of(*, user: User, network: Network) -> int:
    """Who left a network offers nothing there any more; returns how many trainings ended."""
    open_ones = Training.objects.filter(trainer=user, network=network, state=TrainingState.OPEN).order_by("pk")
    return sum(_end(hold_training(one.pk)) for one in open_ones)


def _end(training: Training) -> bool:
    if training.state != TrainingState.OPEN:
        return False
    training.state, training.ended_at = TrainingState.ENDED, timezone.now()
    training.save(update_fields=["state", "ended_at"])
    return True


def _hold(trainer: User, training: Training) -> tuple[Training, Membership | None]:
    current = hold_training(training.pk)
    membership = membership_for(trainer, current.network)
    require(can_change_training(membership, current))
    return current, membership


def _put(training: Training, fields: Mapping[str, Any]) -> None:
    for name in WRITTEN:
        if name in fields:
            setattr(training, name, fields[name])
    if "title" in fields:
        training.title = one_line(fields["title"])[:160]
    if not training.title:
        raise DomainError(_("Donnez un titre à la formation."))
    if not 1 <= training.capacity <= MOST_PLACES:
        raise DomainError(_("Entre une et %(number)d places.") % {"number": MOST_PLACES})
    if not 1 <= training.certified_from <= 100:
        raise DomainError(_("Entre 1 et 100 % des étapes."))
    if "description" in fields:
        training.description = clean_source(fields["description"])
        try:
            training.description_html = render(training.description, names={}).html
        except TextError as error:
            raise DomainError(str(error)) from error
        training.render_version = RENDER_VERSION


def _list_of(training: Training) -> Circle:
    """Who follows it, and who offers it: the latter leads the list, and runs its sessions."""
    made = create_circle(
        network=training.network,
        kind=CircleKind.CUSTOM,
        name=_name_of(training),
        members=[training.trainer],
        confidential=training.circle.is_confidential,
    )
    made.chosen = [training.trainer_id]
    made.save(update_fields=["chosen"])
    return made


def _name_list(training: Training) -> None:
    closed = training.circle.is_confidential
    Circle.objects.filter(pk=training.members_circle_id).update(name=_name_of(training), is_confidential=closed)


def _name_of(training: Training) -> str:
    """The circle of those who follow is called as the training, unless nobody else is to read its title (yet)."""
    if training.circle.is_confidential or training.state == TrainingState.DRAFT:
        return _("Formation")
    return (_("Formation « %(title)s »") % {"title": training.title})[:120]


def _audience(network: Network, membership: Membership | None, audience: str) -> Circle:
    if audience == NeedAudience.CATEGORY and membership:
        return category_circle(network=network, category=membership.affiliation.category)
    return Circle.objects.of_network(network, CircleKind.NETWORK)


def _step(
    trainer: User, training: Training, known: Mapping[int, TrainingStep], place: int, wanted: Step
) -> TrainingStep:
    row = known.get(wanted.pk or 0) or TrainingStep(training=training)
    row.position, row.minutes = place, wanted.minutes
    row.session_id, row.topic_id, row.url = None, None, ""
    found_title = ""
    if wanted.session_id or wanted.topic_id:
        found = _require_step(trainer, training, place, wanted.session_id, wanted.topic_id)
        is_session = isinstance(found, PeerSession)
        row.kind = StepKind.SESSION if is_session else StepKind.TOPIC
        row.session_id, row.topic_id = (found.pk, None) if is_session else (None, found.pk)
        found_title = found.title
    elif wanted.url:
        row.kind, row.url = StepKind.LINK, wanted.url
    elif row.kind != StepKind.SESSION:
        # A session that was deleted leaves its step, which who leads marks.
        raise DomainError(_("L’étape %(number)d ne mène nulle part.") % {"number": place})
    row.title = one_line(wanted.title or found_title)[:160]
    if not row.title:
        raise DomainError(_("Donnez un titre à l’étape %(number)d.") % {"number": place})
    return row


def _require_step(trainer: User, training: Training, place: int, session_id: int, topic_id: int) -> PeerSession | Topic:
    found = may_be_step(trainer, training, session_id=session_id, topic_id=topic_id)
    if found is None:
        raise DomainError(
            _("L’étape %(number)d mène à ce que celles et ceux qui suivront la formation ne voient pas.")
            % {"number": place}
        )
    return found
