"""Whom asks are told to, and what a need sets going. Each handler may run twice."""

from collections.abc import Iterable

from mentoring.events import (
    AskerWrittenTo,
    ExchangeClosed,
    NeedClosed,
    NeedOpened,
    NeedTaskRung,
    SolicitationAccepted,
    SolicitationDeclined,
    SolicitationLapsed,
    SolicitationReminded,
    SolicitationSent,
)
from mentoring.models import NeedTask, Solicitation
from mentoring.queries.need_tasks import told_of
from mentoring.services.need_tasks import arm_task, close_task, close_tasks_of, hear_answers
from mentoring.services.solicitations import drop_leaver, take_back_all
from peerhub.notifications.services import notify
from peerhub.outbox.registry import handles
from peerhub.people.events import NetworkLeft
from peerhub.people.queries import left_membership


@handles(NeedOpened)
def on_need_opened(event: NeedOpened) -> None:
    arm_task(need_id=event.need_id)


@handles(NeedClosed)
def on_need_closed(event: NeedClosed) -> None:
    # The need's row before that of its task, as who writes to its author takes them.
    take_back_all(need_id=event.need_id)
    close_task(need_id=event.need_id)


@handles(NetworkLeft)
def on_network_left(event: NetworkLeft) -> None:
    if membership := left_membership(event.membership_id):
        drop_leaver(user_id=membership.user_id, network_id=membership.network_id)
        close_tasks_of(user_id=membership.user_id, network_id=membership.network_id)


@handles(SolicitationSent)
def on_solicitation_sent(event: SolicitationSent) -> None:
    _tell("solicitation_sent", event.solicitation_id, "peer_id")


@handles(SolicitationReminded)
def on_solicitation_reminded(event: SolicitationReminded) -> None:
    _tell("solicitation_reminded", event.solicitation_id, "peer_id")


@handles(SolicitationAccepted)
def on_solicitation_accepted(event: SolicitationAccepted) -> None:
    _tell("solicitation_accepted", event.solicitation_id, "asker_id")


@handles(SolicitationDeclined)
def on_solicitation_declined(event: SolicitationDeclined) -> None:
    _tell("solicitation_declined", event.solicitation_id, "asker_id")


@handles(SolicitationLapsed)
def on_solicitation_lapsed(event: SolicitationLapsed) -> None:
    _tell("solicitation_lapsed", event.solicitation_id, "asker_id")


@handles(ExchangeClosed)
def on_exchange_closed(event: ExchangeClosed) -> None:
    """The other of the two."""
    found = Solicitation.objects.filter(pk=event.solicitation_id).first()
    if found is not None:
        people = {found.asker_id, found.peer_id} - {event.actor_id}
        key = f"mentoring.exchange_closed.{found.pk}"
        _notify("exchange_closed", people, found.pk, key, found.network_id, f"solicitation.{found.pk}")


@handles(NeedTaskRung)
def on_need_task_rung(event: NeedTaskRung) -> None:
    """Whoever took it; else all who animate the network, but for its author."""
    task = NeedTask.objects.filter(pk=event.task_id, done_at__isnull=True).first()
    if task is not None:
        key = f"mentoring.need_task.{task.pk}.{event.step_days}.{task.due_at.date().isoformat()}"
        _notify("need_task", told_of(task), task.pk, key, task.network_id, "need_tasks")


@handles(AskerWrittenTo)
def on_asker_written_to(event: AskerWrittenTo) -> None:
    """From now on its author is told of what is written there, as everyone of a conversation is: not twice of this."""
    task = NeedTask.objects.select_related("need").filter(pk=event.task_id).first()
    if task is None or task.topic_id is None:
        return
    key = f"mentoring.asker_written_to.{task.topic_id}"
    people = [task.need.author_id]
    _notify("asker_written_to", people, task.pk, key, task.network_id, f"topic.{task.topic_id}", event.animator_id)
    hear_answers(task_id=task.pk)


def _tell(kind: str, pk: int, who: str) -> None:
    """Without an actor's name: what a mail tells is that something happened."""
    found = Solicitation.objects.filter(pk=pk).values_list(who, "network_id").first()
    if found is not None:
        _notify(kind, [found[0]], pk, f"mentoring.{kind}.{pk}", found[1], f"solicitation.{pk}")


def _notify(
    kind: str, people: Iterable[int], target: int, key: str, network_id: int, streak: str, actor_id: int | None = None
) -> None:
    notify(
        kind=f"mentoring.{kind}",
        recipients=people,
        target_id=target,
        dedupe_key=key,
        actor_id=actor_id,
        network_id=network_id,
        streak=streak,
    )
