"""What trainings tell people, read again for each recipient. Of one that is offered in confidence, nothing but that."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from mentoring.enums import PlaceState
from mentoring.models import TrainingPlace
from peerhub.notifications.kinds import Kind, Load, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User

Holds = Callable[[TrainingPlace], bool]


def load_places(holds: Holds) -> Load:
    """About the recipient's own place, while it is what the sentence says."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        own = TrainingPlace.objects.filter(pk__in={one.target_id for one in notifications}, user=user)
        found = own.select_related("training__circle", "training__network")
        return by_target(notifications, {place.pk: _subject(place) for place in found if holds(place)})

    return load


def _subject(place: TrainingPlace) -> Subject:
    training = place.training
    is_confidential = training.circle.is_confidential
    context = {"is_confidential": is_confidential, "title": "" if is_confidential else training.title}
    return Subject(url=training.get_absolute_url(), context=context)


register(
    Kind(
        key="mentoring.place_offered",
        label=_("Une place qui se libère dans une formation où j’attends"),
        load=load_places(lambda place: place.state == PlaceState.HELD),
    )
)
register(
    Kind(
        key="mentoring.certified",
        label=_("Mon attestation, à la fin d’une formation"),
        load=load_places(lambda place: place.certificate is not None and place.revoked_at is None),
    )
)
