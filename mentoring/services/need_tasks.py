"""A need that nobody accepted becomes a task of the animators, with a clock: 3, 9, then 21 days after it was opened.

They see that it waits, since when and what was tried; never its words (ADR 27). To help, they write to its author.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from forums.services.posts import create_post
from mentoring.enums import NeedState
from mentoring.events import AskerWrittenTo, NeedTaskRung
from mentoring.models import Need, NeedTask
from mentoring.policies.needs import NOTHING_WAITS, can_write_to_asker
from mentoring.queries.need_tasks import due_to_ring, is_on_desk_of
from mentoring.services.conversations import enter, hear_each_other, open_conversation, private_circle
from mentoring.services.suggesting import hold_need
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, require
from peerhub.people.models import Network, User
from peerhub.people.policies import can_animate
from peerhub.people.queries import membership_for

STEPS = (3, 9, 21)


@transaction.atomic
def arm_task(*, need_id: int) -> bool:
    """The clock of a need that was opened, or opened again since it had been answered. False when it runs already, or
    when an animator has said that it is looked after."""
    need = Need.objects.select_for_update(no_key=True).filter(pk=need_id, state=NeedState.OPEN).first()
    if need is None or need.opened_at is None:
        return False
    fresh = {"network_id": need.network_id, "due_at": need.opened_at + timedelta(days=STEPS[0])}
    _task, created = NeedTask.objects.get_or_create(need=need, defaults=fresh)
    if created or need.answered_at is None:
        return created
    # Answered, and open again: it begins anew, unless that was done since.
    again = NeedTask.objects.filter(need=need, done_at__isnull=False, done_at__lt=need.updated_at)
    return bool(
        again.update(
            step_days=STEPS[0],
            due_at=need.updated_at + timedelta(days=STEPS[0]),
            rung_at=None,
            taken_by=None,
            taken_at=None,
            done_at=None,
        )
    )


def close_task(*, need_id: int) -> bool:
    """Somebody accepted, or its author looks no more; in the caller's transaction."""
    return bool(NeedTask.objects.filter(need=need_id, done_at__isnull=True).update(done_at=timezone.now()))


def close_tasks_of(*, user_id: int, network_id: int) -> int:
    """Their author left the network."""
    tasks = NeedTask.objects.filter(need__author=user_id, network=network_id, done_at__isnull=True)
    return tasks.update(done_at=timezone.now())


@transaction.atomic
def take_task(*, animator: User, network: Network, pk: int) -> bool:
    """Look after it: the next alerts come to this person alone. False when they do already. Raises `Refused`."""
    task = _hold(animator, network, pk)
    if task.taken_by_id == animator.pk:
        return False
    return bool(NeedTask.objects.filter(pk=pk).update(taken_by=animator, taken_at=timezone.now()))


@transaction.atomic
def finish_task(*, animator: User, network: Network, pk: int) -> bool:
    """Say that there is nothing more to do: no alert any more. Raises `Refused`."""
    task = _hold(animator, network, pk)
    fresh = {"taken_by": animator, "taken_at": timezone.now()} if task.taken_by_id is None else {}
    return bool(NeedTask.objects.filter(pk=pk).update(done_at=timezone.now(), **fresh))


@transaction.atomic
def write_to_asker(*, animator: User, network: Network, pk: int, body: str, token: UUID) -> NeedTask:
    """Write to whoever's need waits, in a conversation of the two; the task is then this animator's, unless another's.

    Of one need there is one conversation: an animator who writes after another enters it, and goes on. The same token
    is the same message. Raises `Refused`, `DomainError`.
    """
    # The need's row first, as those who accept to help with it do.
    hold_need(NeedTask.objects.values_list("need", flat=True).get(pk=pk))
    task = _hold(animator, network, pk)
    membership, author = membership_for(animator, network), task.need.author
    require(can_write_to_asker(animator, membership, task))
    if membership_for(author, network) is None:
        raise DomainError(NOTHING_WAITS)
    circle = task.circle = task.circle or private_circle(network=network, people=[animator])
    enter(circle=circle, user=animator)
    is_first = task.topic is None
    topic = task.topic = task.topic or open_conversation(network=network, circle=circle, author=animator)
    enter(circle=circle, user=author)
    create_post(author=animator, topic=topic, body=body, token=token)
    if is_first:
        # Of these words their reader is told by this event, which says why: then it lets them hear those that follow.
        emit(AskerWrittenTo(task_id=task.pk, animator_id=animator.pk))
    task.written_by, task.written_at = animator, timezone.now()
    if task.taken_by_id is None:
        task.taken_by, task.taken_at = animator, timezone.now()
    task.save(update_fields=["circle", "topic", "written_by", "written_at", "taken_by", "taken_at"])
    return task


@transaction.atomic
def hear_answers(*, task_id: int) -> None:
    """Tell the people of the conversation about a need what is written in it from now on."""
    task = NeedTask.objects.select_related("topic", "circle").get(pk=task_id)
    if task.topic is not None and task.circle is not None:
        hear_each_other(topic=task.topic, people=task.circle.members.all())


def ring_tasks(now: datetime | None = None) -> int:
    """Tell the animators of the needs that have waited so long; how many. After a long rest, the last step alone."""
    now = now or timezone.now()
    return sweep("mentoring.need_tasks.ring", partial(_ring, now=now), due_to_ring(now))


@transaction.atomic
def _ring(pk: int, *, now: datetime) -> bool:
    row = NeedTask.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk, need__state=NeedState.OPEN)
    task = row.filter(done_at__isnull=True, due_at__lte=now).exclude(rung_at__gte=F("due_at")).first()
    if task is None:
        return False
    began = task.due_at - timedelta(days=task.step_days)
    step = max(days for days in STEPS if began + timedelta(days=days) <= now)
    task.rung_at = now
    # After the last step there is no other: it stays, and what was rung after it is due is not rung again.
    task.step_days = next((days for days in STEPS if days > step), step)
    task.due_at = began + timedelta(days=task.step_days)
    task.save(update_fields=["rung_at", "step_days", "due_at"])
    emit(NeedTaskRung(task_id=pk, step_days=step))
    return True


def _hold(animator: User, network: Network, pk: int) -> NeedTask:
    require(can_animate(membership_for(animator, network)))
    held = NeedTask.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk, network=network)
    task = held.select_related("need__author", "circle", "topic__circle", "topic__network").first()
    if task is None or task.done_at is not None or not is_on_desk_of(animator, network, pk):
        raise DomainError(NOTHING_WAITS)
    return task
