"""Trainings: of the network, in confidence, not opened yet; and certificates, whose pages ask for no account."""

from uuid import UUID, uuid4

from django.utils import timezone

from mentoring.certified import statement
from mentoring.enums import PlaceState
from mentoring.models import Training, TrainingPlace
from mentoring.services.certificates import claim_certificate, mark_read
from mentoring.services.training_places import claim_place
from mentoring.services.trainings import Step, open_training, set_steps, write_training
from peerhub.people.models import Circle, Network, User


def make_trainings(
    network: Network, closed: Circle, people: dict[str, User], words: dict[str, str]
) -> tuple[dict[str, Training], dict[str, UUID]]:
    """The trainings by secret, and the numbers of certificates: of one that everyone may know of, whose owner is the
    delegate, and of one that is given in confidence, whose owner left."""
    made = {
        "network": _training(people["agent"], network, words["network"]),
        "draft": _training(people["elected"], network, words["elected"]),
        "elected": _training(people["elected"], network, words["elected"]),
        "public": _training(people["agent"], network, words["public"]),
    }
    Training.objects.filter(pk=made["elected"].pk).update(circle=closed)
    for secret in ("network", "elected", "public"):
        open_training(trainer=made[secret].trainer, training=made[secret])
    claim_place(user=people["delegate"], training=made["public"], is_ready=True)
    for step in made["public"].steps.all():
        mark_read(user=people["delegate"], training=made["public"], step_id=step.pk)
    place = claim_certificate(user=people["delegate"], training=made["public"])
    now = timezone.now()
    kept = TrainingPlace.objects.create(
        training=made["elected"],
        user=people["former"],
        state=PlaceState.LEFT,
        left_at=now,
        certificate=uuid4(),
        certified_at=now,
        certified=statement(made["elected"], people["former"], []).kept(),
    )
    numbers = {"public": place.certificate, "elected": kept.certificate}
    return made, {name: number for name, number in numbers.items() if number}


def _training(trainer: User, network: Network, word: str) -> Training:
    fields = {
        "title": f"Tailler un potiron {word}",
        "description": f"Le potiron {word} se taille.",
        "prerequisites": f"Un potiron {word}",
    }
    training = write_training(trainer=trainer, network=network, token=uuid4(), fields=fields)
    step = Step(title=f"Lire le potiron {word}", url=f"https://example.org/{word}")
    set_steps(trainer=trainer, training=training, steps=[step])
    return training
