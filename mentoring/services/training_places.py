"""Places of trainings: claimed, waited for, given back, and never one too many.

The training's row is the lock. Seats in its own sessions follow in handlers, once this is committed: sessions take the
locks of people and sessions in their own order.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import PlaceState, TrainingState
from mentoring.events import PlaceFreed, PlaceOffered, PlaceTaken
from mentoring.models import DeclaredCompetence, Training, TrainingPlace
from mentoring.policies.trainings import can_claim_place, can_lead, can_leave_place, can_see_training
from mentoring.queries.trainings import still_inside
from peerhub.outbox.services import emit
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import add_member, remove_member
from sessions.models import PeerSession
from sessions.services.registration import register, withdraw


def hold_training(pk: int) -> Training:
    """The row of a training, held to the end of the transaction, then read as it is."""
    Training.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
    return Training.objects.select_related("network", "circle", "members_circle", "trainer").get(pk=pk)


@transaction.atomic
def claim_place(*, user: User, training: Training, is_ready: bool = False) -> TrainingPlace:
    """Take a place, or wait for one after those who wait already. Claiming twice is claiming once.

    `is_ready` says that the person knows what must be known before, where something is asked. Raises `Refused`, and
    `DomainError` for what is missing.
    """
    current = hold_training(training.pk)
    require(can_see_training(user, current))
    require(can_claim_place(membership_for(user, current.network), current))
    place = TrainingPlace.objects.filter(training=current, user=user).first()
    if place is not None and place.state != PlaceState.LEFT:
        return place
    _require_ready(user, current, is_ready=is_ready)
    place = place or TrainingPlace(training=current, user=user)
    place.state, place.claimed_at, place.left_at = PlaceState.WAITING, timezone.now(), None
    place.save()
    promote(current, claimed=place)
    place.refresh_from_db()
    return place


@transaction.atomic
def leave_place(*, user: User, training: Training) -> bool:
    """Give back one's place, held or waited for; who waits longest takes it. False when the person has none."""
    current = hold_training(training.pk)
    place = TrainingPlace.objects.select_related("user").filter(training=current, user=user).first()
    if place is None or place.state == PlaceState.LEFT:
        return False
    require(can_leave_place(current, place))
    _free(current, place)
    promote(current)
    return True


@transaction.atomic
def take_place_back(*, trainer: User, training: Training, user_id: int) -> bool:
    """Who leads the training gives the place of somebody who does not come to whoever waits."""
    current = hold_training(training.pk)
    require(can_lead(membership_for(trainer, current.network), current))
    place = TrainingPlace.objects.select_related("user").filter(training=current, user=user_id).first()
    require(can_leave_place(current, place))
    if place is not None:
        _free(current, place)
        promote(current)
    return place is not None


@transaction.atomic
def free_places_of(*, user: User, network: Network) -> int:
    """Who left a network holds no place of its trainings any more; returns how many were freed."""
    places = TrainingPlace.objects.filter(user=user, training__network=network).exclude(state=PlaceState.LEFT)
    keys = list(places.order_by("training").values_list("training", flat=True))
    for pk in keys:
        current = hold_training(pk)
        place = places.select_related("user").filter(training=pk).first()
        if place is not None:
            _free(current, place)
            promote(current)
    return len(keys)


def promote(training: Training, claimed: TrainingPlace | None = None) -> list[TrainingPlace]:
    """Give the places that are free to those who wait and to whom it is still offered, in the order in which they came;
    `taken_count` is right afterwards. Who just `claimed` is not told of it. In the caller's transaction, which holds
    the training."""
    rows = TrainingPlace.objects.filter(training=training)
    taken = rows.filter(state=PlaceState.HELD).count()
    promoted: list[TrainingPlace] = []
    if training.state == TrainingState.OPEN and taken < training.capacity:
        waiting = list(rows.filter(state=PlaceState.WAITING).select_related("user").order_by("claimed_at", "pk"))
        inside = still_inside(training, [place.user_id for place in waiting])
        eligible = [place for place in waiting if place.user_id in inside]
        promoted = eligible[: training.capacity - taken]
    for place in promoted:
        place.state = PlaceState.HELD
        place.save(update_fields=["state"])
        add_member(circle=training.members_circle, user=place.user)
        emit(PlaceTaken(place_id=place.pk))
        if claimed is None or place.pk != claimed.pk:
            emit(PlaceOffered(place_id=place.pk))
    training.taken_count = taken + len(promoted)
    training.save(update_fields=["taken_count"])
    return promoted


def _free(training: Training, place: TrainingPlace) -> None:
    place.state, place.left_at = PlaceState.LEFT, timezone.now()
    place.save(update_fields=["state", "left_at"])
    remove_member(circle=training.members_circle, user=place.user)
    emit(PlaceFreed(place_id=place.pk))


def _require_ready(user: User, training: Training, *, is_ready: bool) -> None:
    asked = training.requires.all()
    declared = DeclaredCompetence.objects.filter(user=user, competence__in=asked).values("competence")
    missing = [one.name for one in asked.exclude(pk__in=declared)]
    if missing:
        raise DomainError(
            _("Cette formation demande ce que vous n’avez pas déclaré dans « Mes compétences » : %(names)s.")
            % {"names": ", ".join(missing)}
        )
    if training.prerequisites and not is_ready:
        raise DomainError(_("Dites que vous avez ce qu’il faut pour suivre cette formation."))


# --- Seats in the training's own sessions -------------------------------------------------------------------------


def seat(place: TrainingPlace) -> int:
    """Give who holds the place a seat in the training's own sessions to come; returns how many. Outside of the lock."""
    if place.state != PlaceState.HELD:
        return 0
    seated = 0
    for session in _own_sessions(place.training):
        try:
            register(user=place.user, session=session, accept_clash=True)
        except DomainError:
            continue  # begun meanwhile, or expected elsewhere with a task: the page of the session says so
        seated += 1
    return seated


def unseat(place: TrainingPlace) -> int:
    """Give those seats back; returns how many. Outside of the lock."""
    if place.state == PlaceState.HELD:
        return 0
    return sum(withdraw(user=place.user, session=session) for session in _own_sessions(place.training))


def _own_sessions(training: Training) -> list[PeerSession]:
    own = PeerSession.objects.scheduled().filter(circle=training.members_circle_id, starts_at__gt=timezone.now())
    return list(own.order_by("pk"))
