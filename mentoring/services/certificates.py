"""Who followed what, and the certificates that come of it."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.certified import statement
from mentoring.enums import PlaceState, StepKind, TrainingState
from mentoring.events import Certified
from mentoring.models import Training, TrainingAttendance, TrainingPlace, TrainingStep
from mentoring.policies.trainings import can_lead
from mentoring.queries.trainings import is_markable_by_trainer, presence_in, progress_of, steps_of
from mentoring.services.training_places import hold_training
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, Refused, require
from peerhub.people.models import User
from peerhub.people.queries import membership_for


@transaction.atomic
def mark_read(*, user: User, training: Training, step_id: int, is_done: bool = True) -> bool:
    """Say that one read a resource, or take it back; False when nothing changed. Raises `Refused` for a session: there,
    presence is noted by who facilitates."""
    current = hold_training(training.pk)
    _require_held(user, current)
    step = _step(current, step_id)
    if step.kind == StepKind.SESSION:
        raise Refused(_("La présence à une séance est notée par la personne qui la facilite."))
    return _mark(step, user.pk, user, is_done=is_done)


@transaction.atomic
def mark_presence(*, trainer: User, training: Training, step_id: int, user_ids: set[int]) -> None:
    """Note who was in a session that says nothing of it itself: those given were, the others were not. Raises
    `DomainError` for a session that is not over, or that recorded presence: that is corrected there."""
    current = hold_training(training.pk)
    require(can_lead(membership_for(trainer, current.network), current))
    step = _step(current, step_id)
    if not is_markable_by_trainer(step, presence_in([step])):
        raise DomainError(_("La présence à cette étape se note dans la séance elle-même."))
    held = TrainingPlace.objects.filter(training=current, state=PlaceState.HELD).values_list("user_id", flat=True)
    for user_id in held:
        _mark(step, user_id, trainer, is_done=user_id in user_ids)


@transaction.atomic
def claim_certificate(*, user: User, training: Training) -> TrainingPlace:
    """One's own certificate, once enough of the path was followed; asked for twice, it is the same one. Raises
    `DomainError` before, and for one that was taken back."""
    current = hold_training(training.pk)
    place = _require_held(user, current)
    if place.revoked_at:
        raise DomainError(_("Cette attestation a été retirée : la personne qui propose la formation peut la rendre."))
    if place.certificate is None and not _certify(current, [place]):
        raise DomainError(_("Il reste des étapes à suivre avant l’attestation."))
    return place


@transaction.atomic
def certify_everyone(*, trainer: User, training: Training) -> int:
    """Give their certificate to all who followed enough; returns to how many it was new, who are told."""
    current = hold_training(training.pk)
    require(can_lead(membership_for(trainer, current.network), current))
    return certify_who_followed(current)


def certify_who_followed(training: Training) -> int:
    """The same, in the caller's transaction, which holds the training."""
    rows = TrainingPlace.objects.filter(training=training, state=PlaceState.HELD, certificate=None)
    certified = _certify(training, list(rows.select_related("user").order_by("pk")))
    for place in certified:
        emit(Certified(place_id=place.pk))
    return len(certified)


@transaction.atomic
def revoke_certificate(*, trainer: User, training: Training, user_id: int) -> bool:
    """Take a certificate back: its number says so from now on. False when there is none."""
    return _set_revoked(trainer, training, user_id, is_revoked=True)


@transaction.atomic
def restore_certificate(*, trainer: User, training: Training, user_id: int) -> bool:
    """Give back, under the same number, what was taken back by mistake."""
    return _set_revoked(trainer, training, user_id, is_revoked=False)


def _set_revoked(trainer: User, training: Training, user_id: int, *, is_revoked: bool) -> bool:
    current = hold_training(training.pk)
    require(can_lead(membership_for(trainer, current.network), current))
    rows = TrainingPlace.objects.filter(
        training=current, user=user_id, certificate__isnull=False, revoked_at__isnull=is_revoked
    )
    return bool(rows.update(revoked_at=timezone.now() if is_revoked else None))


def _certify(training: Training, places: list[TrainingPlace]) -> list[TrainingPlace]:
    steps = steps_of(training)
    presence = presence_in(steps)
    earned = [one for one in places if progress_of(training, one.user_id, steps, presence).is_enough]
    for place in earned:
        place.certificate, place.certified_at = uuid4(), timezone.now()
        place.certified = statement(training, place.user, presence.followed_by(place.user_id, steps)).kept()
        place.save(update_fields=["certificate", "certified_at", "certified"])
    return earned


def _require_held(user: User, training: Training) -> TrainingPlace:
    held = TrainingPlace.objects.select_related("user").filter(state=PlaceState.HELD)
    place = held.filter(training=training, user=user).first()
    if place is None or training.state == TrainingState.DRAFT:
        raise Refused(_("Vous n’avez pas de place dans cette formation."))
    return place


def _step(training: Training, pk: int) -> TrainingStep:
    step = training.steps.select_related("session").filter(pk=pk).first()
    if step is None:
        raise DomainError(_("Cette étape n’est plus dans le parcours."))
    return step


def _mark(step: TrainingStep, user_id: int, actor: User, *, is_done: bool) -> bool:
    if is_done:
        _row, created = TrainingAttendance.objects.get_or_create(
            step=step, user_id=user_id, defaults={"marked_by": actor}
        )
        return created
    return bool(TrainingAttendance.objects.filter(step=step, user=user_id).delete()[0])
