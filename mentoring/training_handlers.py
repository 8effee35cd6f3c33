"""What follows of places of trainings: seats in their sessions, and who is told. Each may run twice."""

from mentoring.enums import PlaceState
from mentoring.events import Certified, PlaceFreed, PlaceOffered, PlaceTaken
from mentoring.models import TrainingPlace
from mentoring.services.training_places import free_places_of, seat, unseat
from mentoring.services.trainings import end_trainings_of
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.events import NetworkLeft
from peerhub.people.queries import left_membership


@handles(PlaceTaken)
def on_place_taken(event: PlaceTaken) -> None:
    for place in _place(event.place_id):
        seat(place)


@handles(PlaceFreed)
def on_place_freed(event: PlaceFreed) -> None:
    for place in _place(event.place_id):
        unseat(place)


@handles(PlaceOffered)
def on_place_offered(event: PlaceOffered) -> None:
    for place in _place(event.place_id):
        if place.state == PlaceState.HELD:
            _tell("mentoring.place_offered", place, place.claimed_at.isoformat())


@handles(Certified)
def on_certified(event: Certified) -> None:
    for place in _place(event.place_id):
        if place.certificate is not None and place.revoked_at is None:
            _tell("mentoring.certified", place, place.certificate.hex)


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    """Who left, or is suspended, holds no place and offers nothing; unless the person came back meanwhile."""
    if membership := left_membership(event.membership_id):
        free_places_of(user=membership.user, network=membership.network)
        end_trainings_of(user=membership.user, network=membership.network)


def _place(pk: int) -> list[TrainingPlace]:
    """The row, or none."""
    return list(TrainingPlace.objects.select_related("user", "training").filter(pk=pk))


def _tell(kind: str, place: TrainingPlace, key: str) -> None:
    notify(
        kind=kind,
        recipients=[place.user_id],
        target_id=place.pk,
        dedupe_key=f"{kind}:{place.pk}:{key}",
        network_id=place.training.network_id,
        streak=f"training.{place.training_id}",
    )
