"""The needs that nobody accepted yet, as animators see them: ages and states. Nothing here reads a word of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from mentoring.enums import NeedState, SolicitationState
from mentoring.models import Need, NeedTask
from peerhub.people.models import Membership, Network, User

LISTED = 50
_COLUMNS = ("pk", "need__opened_at", "step_days", "rung_at", "taken_by", "need__author")


@dataclass(frozen=True)
class Waiting:
    """One of them: who looks for help and since when, how many were asked and what came of it."""

    pk: int
    author: User
    opened_at: datetime
    days: int
    is_late: bool
    taken_by: User | None
    pending: int
    declined: int
    lapsed: int

    @property
    def asked(self) -> int:
        return self.pending + self.declined + self.lapsed


def waiting_needs(network: Network, now: datetime | None = None) -> list[Waiting]:
    """Those of a network whose alert has rung, the oldest first: two queries."""
    now = now or timezone.now()
    rows = list(
        _rung(network)
        .annotate(
            pending=_number(SolicitationState.SENT),
            declined=_number(SolicitationState.DECLINED),
            lapsed=_number(SolicitationState.LAPSED),
        )
        .order_by("need__opened_at", "pk")
        .values_list(*_COLUMNS, "pending", "declined", "lapsed")[:LISTED]
    )
    people = User.objects.in_bulk({pk for row in rows for pk in (row[4], row[5]) if pk})
    return [
        Waiting(
            pk=pk,
            author=people[author],
            opened_at=opened_at,
            days=(now - opened_at).days,
            is_late=(now - opened_at).days >= 9,
            taken_by=people.get(taken_by),
            pending=pending,
            declined=declined,
            lapsed=lapsed,
        )
        for pk, opened_at, _step, _rung, taken_by, author, pending, declined, lapsed in rows
    ]


def waiting_needs_count(network: Network) -> int:
    return _rung(network).count()


def _rung(network: Network) -> QuerySet[NeedTask]:
    # After the last alert `due_at` stays in the past.
    tasks = NeedTask.objects.filter(network=network, done_at__isnull=True, need__state=NeedState.OPEN)
    return tasks.filter(rung_at__isnull=False)


def due_to_ring(now: datetime) -> list[int]:
    rows = NeedTask.objects.filter(due_at__lte=now, done_at__isnull=True, need__state=NeedState.OPEN)
    return list(rows.exclude(rung_at__gte=F("due_at")).order_by("due_at", "pk").values_list("pk", flat=True))


def _number(state: SolicitationState) -> Count:
    return Count("need__solicitations", filter=Q(need__solicitations__state=state))


def told_of(task: NeedTask) -> set[int]:
    """Whoever looks after it; else those who animate its network, but for its author."""
    animators = Membership.objects.animating().filter(network=task.network_id)
    wanted = animators.filter(user=task.taken_by_id) if task.taken_by_id else animators
    return set((wanted if wanted.exists() else animators).values_list("user", flat=True)) - {_author_of(task)}


def tasks_told_to(user: User, ids: set[int]) -> dict[int, NeedTask]:
    """Those of these tasks that still wait, in networks that the person animates."""
    own = Membership.objects.animating().filter(user=user).values("network")
    rows = NeedTask.objects.filter(pk__in=ids, network__in=own, done_at__isnull=True, need__state=NeedState.OPEN)
    return {task.pk: task for task in rows.select_related("network")}


def _author_of(task: NeedTask) -> int:
    return Need.objects.values_list("author", flat=True).get(pk=task.need_id)
