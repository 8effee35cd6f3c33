"""Trainings of the demo: one that runs, with somebody who waits; one that is over, with its certificates; a draft.

Rows are written without telling anybody; paths and texts go through the services.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from forums.models import Topic
from mentoring.certified import statement
from mentoring.enums import PlaceState, StepKind, TrainingState
from mentoring.models import Competence, Training, TrainingAttendance, TrainingPlace
from mentoring.services.trainings import Step, open_training, set_steps, write_training
from peerhub.demo.cast import CATALYSTS, Cast, Person
from peerhub.demo.saying import token
from peerhub.demo.settling import Settled
from peerhub.people.enums import CircleKind
from peerhub.people.models import Network, User
from peerhub.people.services.circles import add_member
from sessions.models import PeerSession

SEED = 5_077
RESOURCES = "https://ressources.example.org/"


@dataclass(frozen=True)
class Course:
    """`trainer` and `follows` are keys of accounts. Days from today; `others`: how many more people follow it."""

    trainer: str
    title: str
    competence: str
    description: str
    pages: tuple[tuple[str, str, int], ...]
    days: int
    state: TrainingState = TrainingState.OPEN
    capacity: int = 8
    prerequisites: str = ""
    about: str = ""  # words of the title of a discussion to read, of a session that is over, of one to come
    follows: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    others: int = 0


COURSES = (
    Course(
        "association", "Ouvrir un lieu partagé sans s’épuiser", "ouvrir-tiers-lieu",
        "En six semaines : **dire non** la première année, compter les heures de bénévolat, écrire une convention "
        "d’occupation que la mairie signe.\n\nUne étape par semaine, une heure chacune.",
        (("Trois budgets de lieux, commentés", "budgets-de-lieux", 40), ("Une convention type", "convention", 30)),
        days=-34, capacity=7, prerequisites="Avoir un lieu en vue, même sans clés",
        about="tiers-lieu", follows=("agent",), waits=("elected",), others=6,
    ),
    Course(
        "animator", "Tenir une réunion où tout le monde parle", "faciliter-reunion",
        "Quatre formats à essayer chez soi, un retour écrit après chaque essai.",
        (("Quatre formats sur une page", "formats", 20), ("La grille de retour", "retour", 15)),
        days=-120, state=TrainingState.ENDED, capacity=12, follows=("agent", "elected"), others=7,
    ),
    Course(
        "elected", "Lire le budget de sa commune en trois soirées", "plan-financement",
        "Pour les élu·es d’un premier mandat et pour qui travaille avec eux.",
        (("Les mots du budget", "mots-du-budget", 25), ("Notre compte administratif, annoté", "compte", 45)),
        days=-9, capacity=15, others=4,
    ),
    Course(
        "agent", "Écrire un marché alimentaire que les fermes peuvent prendre", "achats-alimentaires",
        "Découper les lots, peser les critères, répondre aux questions.",
        (("Un règlement de consultation commenté", "reglement", 60),),
        days=-3, state=TrainingState.DRAFT, about="marché alimentaire",
    ),
)  # fmt: skip


def write_trainings(cast: Cast, settled: Settled, now: datetime) -> int:
    """Returns how many."""
    dice = random.Random(SEED)
    network = settled.networks[CATALYSTS]
    for course in COURSES:
        _write(course, cast, network, now, dice)
    return len(COURSES)


def _write(course: Course, cast: Cast, network: Network, now: datetime, dice: random.Random) -> None:
    trainer = User.objects.get(pk=cast.accounts[course.trainer].user_id)
    begun = now + timedelta(days=course.days)
    training = write_training(
        trainer=trainer,
        network=network,
        token=token(dice),
        fields={
            "title": course.title,
            "description": course.description,
            "competence": Competence.objects.get(slug=course.competence),
            "capacity": course.capacity,
            "certified_from": 75,
            "prerequisites": course.prerequisites,
        },
    )
    set_steps(trainer=trainer, training=training, steps=_path(course, network, now))
    if course.state != TrainingState.DRAFT:
        open_training(trainer=trainer, training=training)
    people = [cast.accounts[key] for key in (*course.follows, *course.waits)] + _others(course, cast, begun, dice)
    users = User.objects.in_bulk([one.user_id for one in people])
    waiting = {cast.accounts[key].user_id for key in course.waits}
    places = _places(training, people, waiting, begun, dice)
    for place in places:
        if place.state == PlaceState.HELD:
            add_member(circle=training.members_circle, user=users[place.user_id])
    _follow(course, training, places, begun, now, dice)
    Training.objects.filter(pk=training.pk).update(
        state=course.state,
        taken_count=sum(place.state == PlaceState.HELD for place in places),
        created_at=begun - timedelta(days=4),
        opened_at=begun if course.state != TrainingState.DRAFT else None,
        ended_at=begun + timedelta(days=60) if course.state == TrainingState.ENDED else None,
    )


def _path(course: Course, network: Network, now: datetime) -> list[Step]:
    """A page, a discussion, a session that is over, one to come, then the other pages."""
    pages = [Step(title=title, url=RESOURCES + slug, minutes=minutes) for title, slug, minutes in course.pages]
    open_to_all = {"network": network, "circle__kind": CircleKind.NETWORK}
    middle = []
    if course.about:
        topics = Topic.objects.filter(**open_to_all, forum__kind="themed", title__icontains=course.about)
        sessions = PeerSession.objects.scheduled().filter(**open_to_all, title__icontains=course.about)
        past = sessions.filter(ends_at__lt=now).order_by("-starts_at")[:1]
        coming = sessions.filter(starts_at__gt=now + timedelta(days=1)).order_by("starts_at")[:1]
        middle += [Step(topic_id=one.pk, minutes=15) for one in topics.order_by("pk")[:1]]
        middle += [Step(session_id=one.pk) for one in (*past, *coming)]
    return [*pages[:1], *middle, *pages[1:]]


def _others(course: Course, cast: Cast, since: datetime, dice: random.Random) -> list[Person]:
    there = [one for one in cast.members(CATALYSTS) if not one.account and one.joined_at[CATALYSTS] < since]
    return dice.sample(there, course.others)


def _places(
    training: Training, people: list[Person], waiting: set[int], begun: datetime, dice: random.Random
) -> list[TrainingPlace]:
    return TrainingPlace.objects.bulk_create(
        TrainingPlace(
            training=training,
            user_id=one.user_id,
            state=PlaceState.WAITING if one.user_id in waiting else PlaceState.HELD,
            claimed_at=begun + timedelta(hours=dice.randrange(2, 60)),
        )
        for one in people
    )


def _follow(
    course: Course, training: Training, places: list[TrainingPlace], begun: datetime, now: datetime, dice: random.Random
) -> None:
    """Of one that is over, most followed all and have their certificate; of one that runs, the first steps."""
    steps = list(training.steps.select_related("session").order_by("position"))
    over = [step for step in steps if step.kind != StepKind.SESSION or (step.session and step.session.ends_at < now)]
    for number, place in enumerate(places):
        if place.state != PlaceState.HELD:
            continue
        is_done = course.state == TrainingState.ENDED and number % 4 != 3
        followed = steps if is_done else over[: dice.randrange(1, len(over) + 1)]
        if course.state == TrainingState.ENDED and not is_done:
            followed = steps[:1]
        TrainingAttendance.objects.bulk_create(
            TrainingAttendance(
                step=step,
                user_id=place.user_id,
                marked_by_id=training.trainer_id if step.kind == StepKind.SESSION else place.user_id,
                marked_at=min(begun + timedelta(days=7 * at + 3), now),
            )
            for at, step in enumerate(followed)
        )
        if is_done:
            place.certificate, place.certified_at = token(dice), begun + timedelta(days=60)
            place.certified = statement(training, place.user, steps).kept()
            place.save(update_fields=["certificate", "certified_at", "certified"])
