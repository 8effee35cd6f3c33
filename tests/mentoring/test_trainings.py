"""Places of trainings, what counts as followed, and certificates."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.enums import TopicKind
from mentoring.enums import PlaceState, StepKind, TrainingState
from mentoring.events import Certified, PlaceFreed, PlaceOffered, PlaceTaken
from mentoring.models import Training, TrainingPlace
from mentoring.policies.trainings import can_see_training
from mentoring.queries.trainings import presence_in, progress_of, steps_of, training_for, training_view
from mentoring.services.certificates import (
    certify_everyone,
    claim_certificate,
    mark_presence,
    mark_read,
    restore_certificate,
    revoke_certificate,
)
from mentoring.services.training_places import claim_place, leave_place, take_place_back
from mentoring.services.trainings import Step, change_training, drop_training, end_training, plan_step, set_steps
from mentoring.training_handlers import on_certified, on_place_freed, on_place_offered, on_place_taken
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Delegation, Network, User
from peerhub.people.queries import membership_for
from peerhub.people.services.circles import category_circle, create_cohort, freeze_cohort
from peerhub.people.services.memberships import end_membership
from sessions.models import PeerSession, Registration
from sessions.policies.sessions import can_create_session
from sessions.services.attendance import record_list
from sessions.services.scheduling import cancel_session
from tests.builders import make_category, make_member, make_suspended, make_user
from tests.forums.builders import make_forum, make_topic
from tests.mentoring.builders import competence, declare
from tests.mentoring.training_builders import ELSEWHERE, add_lesson, has_been, make_draft_training, make_training, note
from tests.sessions.builders import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(network: Network) -> User:
    return make_member(network).user


def members(network: Network, number: int) -> list[User]:
    return [make_member(network).user for _ in range(number)]


def states(training: Training) -> list[str]:
    return list(training.place_rows.order_by("pk").values_list("state", flat=True))


# --- Places -------------------------------------------------------------------------------------------------------


def test_places_are_taken_then_waited_for_and_given_in_the_order_of_arrival(network: Network, trainer: User) -> None:
    training = make_training(trainer, network)
    people = members(network, 4)
    for one in people:
        claim_place(user=one, training=training)
        claim_place(user=one, training=training)
    assert states(training) == ["held", "held", "waiting", "waiting"]
    leave_place(user=people[0], training=training)
    assert states(training) == ["left", "held", "held", "waiting"]
    # Who comes back waits behind those who waited meanwhile.
    assert claim_place(user=people[0], training=training).state == PlaceState.WAITING
    take_place_back(trainer=trainer, training=training, user_id=people[1].pk)
    assert states(training) == ["waiting", "left", "held", "held"]
    training.refresh_from_db()
    assert training.taken_count == 2
    inside = set(training.members_circle.members.values_list("pk", flat=True))
    assert inside == {trainer.pk, people[2].pk, people[3].pk}


def test_places_that_are_added_go_to_who_waits_and_never_below_those_taken(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, capacity=1)
    for one in members(network, 3):
        claim_place(user=one, training=training)
    change_training(trainer=trainer, training=training, fields={"capacity": 2})
    assert states(training) == ["held", "held", "waiting"]
    with pytest.raises(DomainError):
        change_training(trainer=trainer, training=training, fields={"capacity": 1})


def test_who_may_not_follow_any_more_is_passed_over(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, capacity=1)
    holder, gone, next_one = (make_member(network) for _ in range(3))
    for one in (holder, gone, next_one):
        claim_place(user=one.user, training=training)
    # Left, and the event that frees the place of who left was not handled yet.
    end_membership(membership=gone, status=MembershipStatus.LEFT)
    leave_place(user=holder.user, training=training)
    assert states(training) == ["left", "waiting", "held"]
    dispatch_all()
    assert states(training) == ["left", "left", "held"]


def test_who_leaves_the_network_frees_their_place_and_ends_what_they_offered(network: Network) -> None:
    teacher, learner = make_member(network), make_member(network)
    training = make_training(teacher.user, network)
    claim_place(user=learner.user, training=training)
    end_membership(membership=learner, status=MembershipStatus.LEFT)
    end_membership(membership=teacher, status=MembershipStatus.LEFT)
    dispatch_all()
    training.refresh_from_db()
    assert (states(training), training.state, training.taken_count) == (["left"], TrainingState.ENDED, 0)


def test_prerequisites_are_declared_and_confirmed(network: Network, trainer: User) -> None:
    slug = "ouvrir-tiers-lieu"
    training = make_training(trainer, network, requires=[competence(slug)], prerequisites="Un projet en cours")
    (user,) = members(network, 1)
    with pytest.raises(DomainError, match="Ouvrir"):
        claim_place(user=user, training=training, is_ready=True)
    declare(user, slug)
    with pytest.raises(DomainError, match="ce qu’il faut"):
        claim_place(user=user, training=training)
    assert claim_place(user=user, training=training, is_ready=True).state == PlaceState.HELD


def test_only_those_to_whom_it_is_offered_take_a_place(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, audience="category")
    outside = [trainer, make_user(), make_member(network, category="elected").user, make_suspended(network).user]
    for one in outside:
        with pytest.raises(Refused):
            claim_place(user=one, training=training)
    (inside,) = members(network, 1)
    draft = make_draft_training(trainer, network)
    with pytest.raises(Refused):
        claim_place(user=inside, training=draft)
    assert claim_place(user=inside, training=training).state == PlaceState.HELD


def test_what_is_seen_is_what_is_listed(network: Network, trainer: User) -> None:
    made = [
        make_draft_training(trainer, network),
        make_training(trainer, network),
        make_training(trainer, network, audience="category"),
    ]
    people = [trainer, make_member(network).user, make_member(network, category="elected").user, make_user()]
    for user in people:
        listed = set(Training.objects.visible_to(user))
        assert {one for one in made if can_see_training(user, one)} == listed
    assert [len(Training.objects.visible_to(user)) for user in people] == [3, 2, 1, 0]


# --- The path -----------------------------------------------------------------------------------------------------


def test_a_path_leads_only_where_everyone_who_follows_may_go(network: Network, trainer: User) -> None:
    training = make_draft_training(trainer, network)
    topic = make_topic(make_forum(network), trainer, kind=TopicKind.DISCUSSION, title="Fiche de méthode")
    session = make_session(network, title="Atelier ouvert")
    rows = set_steps(
        trainer=trainer,
        training=training,
        steps=[Step(session_id=session.pk), Step(topic_id=topic.pk), Step(title="Lire", url=ELSEWHERE)],
    )
    assert [(row.kind, row.title) for row in rows] == [
        (StepKind.SESSION, "Atelier ouvert"),
        (StepKind.TOPIC, "Fiche de méthode"),
        (StepKind.LINK, "Lire"),
    ]
    own = category_circle(network=network, category=make_category("agent"))
    closed = make_session(network, circle=own, title="Entre nous")
    assert closed in PeerSession.objects.visible_to(trainer)
    for wanted in (Step(session_id=closed.pk), Step(title="Rien"), Step(title="x", topic_id=10**6)):
        with pytest.raises(DomainError):
            set_steps(trainer=trainer, training=training, steps=[wanted])
    assert [step.pk for step in steps_of(training)] == [row.pk for row in rows]


def test_a_new_session_seats_those_who_follow_and_those_who_come_later(network: Network, trainer: User) -> None:
    training = make_training(trainer, network)
    first, second = members(network, 2)
    claim_place(user=first, training=training)
    session = add_lesson(training)
    claim_place(user=second, training=training)
    dispatch_all()

    def seated() -> set[int]:
        return set(Registration.objects.registered().filter(session=session).values_list("user_id", flat=True))

    assert seated() == {trainer.pk, first.pk, second.pk}
    leave_place(user=first, training=training)
    dispatch_all()
    assert (seated(), session in PeerSession.objects.visible_to(first)) == ({trainer.pk, second.pk}, False)
    # Its trainer runs it without running the network; who follows it does not.
    with pytest.raises(Refused):
        cancel_session(actor=second, session=session)
    with pytest.raises(Refused):
        record_list(actor=second, session=session, half_day=0, user_ids={second.pk}, guest_ids=set())
    assert cancel_session(actor=trainer, session=session)


def test_who_facilitated_for_a_cohort_does_not_run_what_it_became(network: Network, trainer: User) -> None:
    delegation = Delegation.objects.create(network=network, name="Val")
    cohort = create_cohort(network=network, name="Cohorte", delegations=[delegation.pk], chosen=[trainer.pk])
    freeze_cohort(circle=cohort)
    membership = membership_for(trainer, network)
    led = make_training(trainer, network).members_circle
    kept = Circle.objects.get(pk=cohort.pk)
    assert [bool(can_create_session(membership, network, one)) for one in (led, kept, None)] == [True, False, False]


def test_the_same_form_plans_one_session(network: Network, trainer: User) -> None:
    training, token = make_training(trainer, network), uuid4()
    fields = {"title": "Atelier", "minutes": 60, "token": token, "timezone_name": "Europe/Paris"}
    starts_at = timezone.now() + timedelta(days=2)
    made = {
        plan_step(trainer=trainer, training=training, starts_at=starts_at, **fields).pk  # type: ignore[arg-type]
        for _time in range(2)
    }
    assert (len(made), PeerSession.objects.count()) == (1, 1)


def test_handlers_run_twice_change_nothing_the_second_time(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, capacity=1, certified_from=60)
    session = add_lesson(training)
    first, second = members(network, 2)
    held = claim_place(user=first, training=training)
    waiting = claim_place(user=second, training=training)
    leave_place(user=first, training=training)
    mark_all(training, second)
    certify_everyone(trainer=trainer, training=training)
    for _time in range(2):
        on_place_taken(PlaceTaken(place_id=waiting.pk))
        on_place_freed(PlaceFreed(place_id=held.pk))
        on_place_offered(PlaceOffered(place_id=waiting.pk))
        on_certified(Certified(place_id=waiting.pk))
    told = Notification.objects.filter(kind__in=["mentoring.place_offered", "mentoring.certified"])
    assert sorted(told.values_list("kind", "recipient")) == [
        ("mentoring.certified", second.pk),
        ("mentoring.place_offered", second.pk),
    ]
    assert Registration.objects.registered().filter(session=session, user=second).count() == 1


def mark_all(training: Training, user: User) -> None:
    for step in steps_of(training):
        if step.kind != StepKind.SESSION:
            mark_read(user=user, training=training, step_id=step.pk)


# --- Who followed what --------------------------------------------------------------------------------------------


def test_what_a_session_recorded_is_the_only_truth(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, steps=[Step(title="Lire", url=ELSEWHERE)], capacity=9)
    session = add_lesson(training)
    there, away, half, silent = members(network, 4)
    for one in (there, away, half, silent):
        claim_place(user=one, training=training)
    has_been(session)
    step = steps_of(training)[-1]
    # Nobody noted anything in the session: who leads the training says it.
    mark_presence(trainer=trainer, training=training, step_id=step.pk, user_ids={there.pk, away.pk, half.pk, silent.pk})

    def followed() -> list[bool]:
        presence = presence_in(steps_of(training))
        return [presence.has_followed(step, one.pk) for one in (there, away, half, silent)]

    assert followed() == [True, True, True, True]
    note(session, there)
    note(session, away, is_present=False)
    note(session, half)
    note(session, half, is_present=False, half_day=1)
    assert followed() == [True, False, False, False]
    with pytest.raises(DomainError):
        mark_presence(trainer=trainer, training=training, step_id=step.pk, user_ids={silent.pk})


def test_a_session_to_come_is_marked_by_nobody(network: Network, trainer: User) -> None:
    training = make_training(trainer, network)
    add_lesson(training)
    (user,) = members(network, 1)
    claim_place(user=user, training=training)
    step = steps_of(training)[-1]
    with pytest.raises(DomainError):
        mark_presence(trainer=trainer, training=training, step_id=step.pk, user_ids={user.pk})
    with pytest.raises(Refused):
        mark_read(user=user, training=training, step_id=step.pk)
    with pytest.raises(Refused):
        mark_read(user=trainer, training=training, step_id=steps_of(training)[0].pk)


@pytest.mark.parametrize(("percent", "needed"), [(1, 1), (33, 1), (34, 2), (66, 2), (67, 3), (100, 3)])
def test_a_certificate_takes_its_percent_of_the_steps_rounded_up(
    network: Network, trainer: User, percent: int, needed: int
) -> None:
    steps = [Step(title=f"Lire {number}", url=ELSEWHERE) for number in range(3)]
    training = make_training(trainer, network, steps=steps, certified_from=percent)
    (user,) = members(network, 1)
    claim_place(user=user, training=training)
    enough = []
    for step in steps_of(training):
        mark_read(user=user, training=training, step_id=step.pk)
        rows = steps_of(training)
        enough.append(progress_of(training, user.pk, rows, presence_in(rows)).is_enough)
    assert enough == [number >= needed for number in (1, 2, 3)]


def test_a_session_called_off_is_not_asked_of_anybody(network: Network, trainer: User) -> None:
    training = make_training(trainer, network)
    session = add_lesson(training)
    (user,) = members(network, 1)
    claim_place(user=user, training=training)
    mark_all(training, user)
    with pytest.raises(DomainError):
        claim_certificate(user=user, training=training)
    cancel_session(actor=trainer, session=session)
    assert claim_certificate(user=user, training=training).certificate is not None


# --- Certificates -------------------------------------------------------------------------------------------------


def test_a_certificate_is_had_once_taken_back_and_given_back(network: Network, trainer: User) -> None:
    training = make_training(trainer, network)
    (user,) = members(network, 1)
    claim_place(user=user, training=training)
    with pytest.raises(DomainError):
        claim_certificate(user=user, training=training)
    mark_all(training, user)
    number = claim_certificate(user=user, training=training).certificate
    assert claim_certificate(user=user, training=training).certificate == number
    assert certify_everyone(trainer=trainer, training=training) == 0
    with pytest.raises(Refused):
        revoke_certificate(trainer=user, training=training, user_id=user.pk)
    assert revoke_certificate(trainer=trainer, training=training, user_id=user.pk)
    assert not revoke_certificate(trainer=trainer, training=training, user_id=user.pk)
    with pytest.raises(DomainError):
        claim_certificate(user=user, training=training)
    assert restore_certificate(trainer=trainer, training=training, user_id=user.pk)
    assert TrainingPlace.objects.get().certificate == number


def test_the_end_gives_their_certificate_to_all_who_followed(network: Network, trainer: User) -> None:
    training = make_training(trainer, network)
    done, begun = members(network, 2)
    for one in (done, begun):
        claim_place(user=one, training=training)
    mark_all(training, done)
    assert end_training(trainer=trainer, training=training)
    certified = TrainingPlace.objects.filter(certificate__isnull=False)
    assert [place.user for place in certified] == [done]
    dispatch_all()
    assert [one.recipient for one in Notification.objects.filter(kind="mentoring.certified")] == [done]
    with pytest.raises(Refused):
        claim_place(user=make_member(network).user, training=training)


def test_a_draft_is_thrown_away_an_open_one_is_not(network: Network, trainer: User) -> None:
    draft = make_draft_training(trainer, network)
    drop_training(trainer=trainer, training=draft)
    assert not Training.objects.exists()
    assert not Circle.objects.filter(pk=draft.members_circle_id).exists()
    planned = make_draft_training(trainer, network)
    session = add_lesson(planned)
    drop_training(trainer=trainer, training=planned)
    assert session in PeerSession.objects.visible_to(trainer)
    with pytest.raises(Refused):
        drop_training(trainer=trainer, training=make_training(trainer, network))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_who_leads_is_read_in_as_many_queries_however_many_follow(
    network: Network, trainer: User, number: int, django_assert_num_queries: object
) -> None:
    training = make_training(trainer, network, capacity=9)
    add_lesson(training)
    for one in members(network, number):
        claim_place(user=one, training=training)
    found = training_for(trainer, training.pk)
    with django_assert_num_queries(6):  # type: ignore[operator]
        view = training_view(trainer, found, None, leads=True)
    assert len(view.learners) == number
