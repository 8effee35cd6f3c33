"""Reads of trainings. Each raises the model's `DoesNotExist` for what the person may not see."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from forums.models import Topic
from mentoring.certified import Statement
from mentoring.enums import PlaceState, StepKind, TrainingState
from mentoring.models import Competence, DeclaredCompetence, Training, TrainingAttendance, TrainingPlace, TrainingStep
from mentoring.models.trainings import TrainingQuerySet
from peerhub.people.models import Circle, CircleMember, Membership, Network, User
from sessions.models import Attendance, PeerSession

LATEST = 30


@dataclass(frozen=True)
class TrainingsPage:
    """What a person offers, follows or waits for, and what else is open to them."""

    offered: list[Training]
    followed: list[Training]
    others: list[Training]


def trainings_page(user: User, network: Network) -> TrainingsPage:
    """Three queries. A training that ended stays with those whom it concerns."""
    seen = _shown(Training.objects.visible_to(user)).filter(network=network)
    own = TrainingPlace.objects.exclude(state=PlaceState.LEFT).filter(training=OuterRef("pk"), user=user)
    others = seen.filter(~Exists(own), state=TrainingState.OPEN).exclude(trainer=user)
    return TrainingsPage(
        offered=list(seen.filter(trainer=user).order_by("-created_at", "-pk")[:LATEST]),
        followed=list(seen.filter(Exists(own)).order_by("-opened_at", "-pk")[:LATEST]),
        others=list(others.order_by("-opened_at", "-pk")[:LATEST]),
    )


def training_for(user: User, pk: int) -> Training:
    return _shown(Training.objects.visible_to(user)).get(pk=pk)


def training_with(user: User, network: Network, token: UUID) -> Training | None:
    """What the form of this token has made already, if anything."""
    return _shown(Training.objects.visible_to(user)).filter(network=network, trainer=user, token=token).first()


def _shown(trainings: TrainingQuerySet) -> TrainingQuerySet:
    return trainings.select_related("network", "circle__category", "circle__delegation", "trainer", "competence")


# --- The path, and who followed what ------------------------------------------------------------------------------


def steps_of(training: Training) -> list[TrainingStep]:
    """In their order, with their sessions: one query."""
    return list(training.steps.select_related("session__circle", "session__network").order_by("position", "pk"))


def counted(steps: Iterable[TrainingStep]) -> list[TrainingStep]:
    """Those that a certificate counts: a session that was called off cannot be followed."""
    return [step for step in steps if not (step.session and step.session.is_cancelled)]


@dataclass(frozen=True)
class Presence:
    """Who followed which steps. Of a session, what the session itself recorded is the only truth: there, and never
    noted absent in one of its half-days. A mark is read where no session says anything: a resource, a session that was
    deleted, or one in which nobody's presence was noted at all."""

    recorded: frozenset[int]  # the sessions (ids) in which presence was noted
    present: frozenset[tuple[int, int]]  # (session, user)
    marks: frozenset[tuple[int, int]]  # (step, user)

    def is_recorded(self, step: TrainingStep) -> bool:
        """Whether the session of this step says itself who was there."""
        return step.session_id in self.recorded

    def has_followed(self, step: TrainingStep, user_id: int) -> bool:
        if self.is_recorded(step):
            return (step.session_id, user_id) in self.present
        return (step.pk, user_id) in self.marks

    def followed_by(self, user_id: int, steps: Iterable[TrainingStep]) -> list[TrainingStep]:
        return [step for step in steps if self.has_followed(step, user_id)]


def presence_in(steps: Sequence[TrainingStep]) -> Presence:
    """Two queries."""
    sessions = {step.session_id for step in steps if step.session_id}
    there: set[tuple[int, int]] = set()
    absent: set[tuple[int, int]] = set()
    noted = Attendance.objects.filter(session__in=sessions).values_list("session_id", "user_id", "is_present")
    recorded = set()
    for session_id, user_id, is_present in noted:
        recorded.add(session_id)
        (there if is_present else absent).add((session_id, user_id or 0))
    marks = TrainingAttendance.objects.filter(step__in=steps).values_list("step_id", "user_id")
    return Presence(frozenset(recorded), frozenset(there - absent), frozenset(marks))


@dataclass(frozen=True)
class Progress:
    """How far somebody is: steps followed, of how many, and whether that is enough for a certificate."""

    done: int
    total: int
    needed: int

    @property
    def is_enough(self) -> bool:
        return self.total > 0 and self.done >= self.needed


def progress_of(training: Training, user_id: int, steps: Sequence[TrainingStep], presence: Presence) -> Progress:
    within = counted(steps)
    needed = -(-training.certified_from * len(within) // 100)
    return Progress(len(presence.followed_by(user_id, within)), len(within), needed)


# --- The page -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownStep:
    """A step as one person is shown it: `url` is empty where it does not open to them."""

    step: TrainingStep
    url: str
    has_date: bool
    is_followed: bool
    can_mark: bool

    @property
    def is_cancelled(self) -> bool:
        return bool(self.step.session and self.step.session.is_cancelled)


@dataclass(frozen=True)
class Learner:
    """Somebody who holds a place, as who leads the training is shown them."""

    place: TrainingPlace
    progress: Progress
    followed: frozenset[int]

    @property
    def has_certificate(self) -> bool:
        return self.place.certificate is not None and self.place.revoked_at is None


@dataclass(frozen=True)
class TrainingView:
    training: Training
    steps: list[ShownStep]
    requires: list[Competence]
    missing: list[Competence]
    place: TrainingPlace | None
    progress: Progress
    ahead: int
    learners: list[Learner] = field(default_factory=list)
    waiting: list[TrainingPlace] = field(default_factory=list)
    # Of sessions whose presence nobody noted, which who leads may mark.
    to_mark: list[TrainingStep] = field(default_factory=list)


def training_view(user: User, training: Training, place: TrainingPlace | None, *, leads: bool) -> TrainingView:
    """Seven queries; one more for who waits, or who leads it."""
    steps = steps_of(training)
    presence = presence_in(steps)
    holds = place is not None and place.state == PlaceState.HELD
    requires = list(training.requires.order_by("name_fr"))
    declared = set(
        DeclaredCompetence.objects.filter(user=user, competence__in=requires).values_list("competence", flat=True)
    )
    rows = _rows_of(training) if leads else []
    waiting = [row for row in rows if row.state == PlaceState.WAITING]
    held = [row for row in rows if row.state == PlaceState.HELD]
    return TrainingView(
        training=training,
        steps=_shown_steps(user, training, steps, presence, is_inside=holds or leads, holds=holds),
        requires=requires,
        missing=[one for one in requires if one.pk not in declared],
        place=place,
        progress=progress_of(training, user.pk, steps, presence),
        ahead=_ahead_of(place),
        learners=[_learner(training, row, steps, presence) for row in held],
        waiting=waiting,
        to_mark=[step for step in counted(steps) if is_markable_by_trainer(step, presence)],
    )


def is_markable_by_trainer(step: TrainingStep, presence: Presence) -> bool:
    """A session that is over (or was deleted) and says nothing of who was there."""
    if step.kind != StepKind.SESSION or presence.is_recorded(step):
        return False
    return step.session is None or step.session.is_over()


def _rows_of(training: Training) -> list[TrainingPlace]:
    return list(training.place_rows.exclude(state=PlaceState.LEFT).select_related("user").order_by("claimed_at", "pk"))


def _learner(training: Training, row: TrainingPlace, steps: list[TrainingStep], presence: Presence) -> Learner:
    followed = frozenset(step.pk for step in presence.followed_by(row.user_id, steps))
    return Learner(row, progress_of(training, row.user_id, steps, presence), followed)


def place_of(user: User, training: Training) -> TrainingPlace | None:
    return TrainingPlace.objects.filter(training=training, user=user).first()


def _ahead_of(place: TrainingPlace | None) -> int:
    """How many wait before the person, who waits."""
    if place is None or place.state != PlaceState.WAITING:
        return 0
    before = Q(claimed_at__lt=place.claimed_at) | Q(claimed_at=place.claimed_at, pk__lt=place.pk)
    return TrainingPlace.objects.filter(before, training=place.training_id, state=PlaceState.WAITING).count()


def _shown_steps(
    user: User, training: Training, steps: list[TrainingStep], presence: Presence, *, is_inside: bool, holds: bool
) -> list[ShownStep]:
    sessions = {step.session_id for step in steps if step.session_id}
    seen = set(PeerSession.objects.visible_to(user).filter(pk__in=sessions).values_list("pk", flat=True))
    topics = Topic.objects.visible_to(user).in_bulk([step.topic_id for step in steps if step.topic_id])

    def url_of(step: TrainingStep) -> str:
        if step.session_id:
            return f"/seances/{step.session_id}/" if step.session_id in seen else ""
        if step.topic_id:
            return f"/sujets/{step.topic_id}/" if step.topic_id in topics else ""
        return step.url if is_inside else ""

    return [
        ShownStep(
            step=step,
            url=url_of(step),
            # The dates of the training's own sessions are part of what is offered.
            has_date=step.session is not None
            and (step.session_id in seen or step.session.circle_id == training.members_circle_id),
            is_followed=presence.has_followed(step, user.pk),
            can_mark=holds and step.kind != StepKind.SESSION,
        )
        for step in steps
    ]


# --- For services -------------------------------------------------------------------------------------------------


def may_be_step(
    user: User, training: Training, *, session_id: int = 0, topic_id: int = 0
) -> PeerSession | Topic | None:
    """The session or discussion, if the person sees it and so does everyone that the training is offered to: what
    opens to its circle, to the network, to everyone, or to those who follow it."""
    whole = Circle.objects.filter(Q(network=training.network_id, kind="network") | Q(kind="public")).values("pk")
    open_to = Q(circle__in=whole) | Q(circle__in=[training.circle_id, training.members_circle_id])
    if session_id:
        return PeerSession.objects.visible_to(user).filter(open_to, pk=session_id, network=training.network_id).first()
    return Topic.objects.visible_to(user).filter(open_to, pk=topic_id, network=training.network_id).first()


def still_inside(training: Training, user_ids: Collection[int]) -> set[int]:
    """Who of these people (ids) the training is still offered to."""
    members = Membership.objects.active().filter(network=training.network_id, user__in=user_ids)
    if training.circle.kind != "public":
        inside = CircleMember.objects.filter(circle=training.circle_id, user__in=user_ids)
        members = members.filter(user__in=inside.values("user"))
    return set(members.values_list("user_id", flat=True))


# --- Certificates -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CertificateView:
    """What whoever holds the number of a certificate is told. Its number is the key that its owner hands over."""

    place: TrainingPlace
    says: Statement

    @property
    def is_revoked(self) -> bool:
        return self.place.revoked_at is not None

    @property
    def is_confidential(self) -> bool:
        """Of what was offered in confidence, or is now, neither title nor steps are told."""
        return self.says.is_confidential or self.place.training.circle.is_confidential


def certificate_by(number: UUID) -> CertificateView:
    """Of any network: no sign-in is asked for (the number is a secret of 122 bits). Raises
    `TrainingPlace.DoesNotExist`."""
    places = TrainingPlace.objects.select_related("user", "training__circle")
    place = places.get(certificate=number, user__is_active=True)
    return CertificateView(place, Statement.read(place.certified))
