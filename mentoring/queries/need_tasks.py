"""The needs that nobody accepted yet, as animators see them: ages and states, and the title of those that are open to
who looks, as to others of the network. Nothing else reads a word of them.

Whoever keeps an animator away is not on that animator's desk: others see to it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from forums.models import Topic
from mentoring.enums import NeedState, SolicitationState
from mentoring.models import Need, NeedTask
from mentoring.queries.links import is_kept_apart, kept_apart_from
from peerhub.people.models import Membership, Network, User

LISTED = 50
FINISHED = 10
_COLUMNS = ("pk", "need", "need__author", "need__opened_at", "taken_by", "topic", "written_by", "written_at")


@dataclass(frozen=True)
class WaitingNeed:
    """One of them: who looks for help and since when, how many were asked and what came of it; which animator wrote to
    them last. `need` and `topic` are there when they are open to who looks."""

    pk: int
    author: User
    days: int
    taken_by: User | None
    pending: int
    declined: int
    lapsed: int
    need: Need | None
    topic: Topic | None
    written_by: User | None
    written_at: datetime | None

    @property
    def asked(self) -> int:
        return self.pending + self.declined + self.lapsed

    @property
    def is_late(self) -> bool:
        return self.days >= 9


def waiting_needs(animator: User, network: Network, now: datetime | None = None) -> list[WaitingNeed]:
    """Those of a network whose alert has rung, the oldest first: four queries."""
    now = now or timezone.now()
    rows = list(
        _rung(animator, network)
        .annotate(
            pending=_number(SolicitationState.SENT),
            declined=_number(SolicitationState.DECLINED),
            lapsed=_number(SolicitationState.LAPSED),
        )
        .order_by("need__opened_at", "pk")
        .values_list(*_COLUMNS, "pending", "declined", "lapsed")[:LISTED]
    )
    people = User.objects.in_bulk({pk for row in rows for pk in (row[2], row[4], row[6]) if pk})
    needs = Need.objects.visible_to(animator).only("title").in_bulk([row[1] for row in rows])
    topics = Topic.objects.visible_to(animator).in_bulk([row[5] for row in rows if row[5]])
    return [
        WaitingNeed(
            pk=pk,
            author=people[author],
            days=(now - opened_at).days,
            taken_by=people.get(taken_by),
            pending=pending,
            declined=declined,
            lapsed=lapsed,
            need=needs.get(need),
            topic=topics.get(topic),
            written_by=people.get(written_by),
            written_at=written_at,
        )
        for pk, need, author, opened_at, taken_by, topic, written_by, written_at, pending, declined, lapsed in rows
    ]


def waiting_needs_count(animator: User, network: Network) -> int:
    return _rung(animator, network).count()


def conversations_about_finished(animator: User, network: Network) -> list[NeedTask]:
    """What the animator wrote about needs that wait no more, the latest first: one query."""
    tasks = NeedTask.objects.filter(network=network).exclude(done_at__isnull=True, need__state=NeedState.OPEN)
    seen = tasks.filter(topic__in=Topic.objects.visible_to(animator)).exclude(need__author=animator)
    shown = seen.select_related("need__author", "topic").defer("need__title", "need__details")
    return list(shown.order_by("-written_at", "-pk")[:FINISHED])


def task_for(animator: User, network: Network, pk: int) -> NeedTask:
    """One that has rung, as who animates its network sees it; raises `NeedTask.DoesNotExist`."""
    shown = _told_to(animator, network).select_related("need__author", "network", "topic")
    return shown.defer("need__title", "need__details").get(pk=pk)


def conversation_about(animator: User, task: NeedTask) -> Topic | None:
    """The conversation with the author of its need, for who is in it."""
    return Topic.objects.visible_to(animator).filter(pk=task.topic_id).first() if task.topic_id else None


def task_of(author: User, need: Need) -> NeedTask | None:
    """Where its author was written to about a need, if they were and are in it still."""
    seen = Topic.objects.visible_to(author)
    tasks = NeedTask.objects.filter(need=need, need__author=author, topic__in=seen)
    return tasks.select_related("topic", "written_by").first()


def is_on_desk_of(animator: User, network: Network, pk: int) -> bool:
    """Whether this one, however it stands, is not hidden from the animator."""
    return not NeedTask.objects.filter(is_kept_apart(animator.pk, network, of="need__author"), pk=pk).exists()


def _rung(animator: User, network: Network) -> QuerySet[NeedTask]:
    return _told_to(animator, network).filter(done_at__isnull=True, need__state=NeedState.OPEN)


def _told_to(animator: User, network: Network) -> QuerySet[NeedTask]:
    # After the last alert `due_at` stays in the past.
    tasks = NeedTask.objects.filter(network=network, rung_at__isnull=False)
    return tasks.exclude(is_kept_apart(animator.pk, network, of="need__author"))


def due_to_ring(now: datetime) -> list[int]:
    rows = NeedTask.objects.filter(due_at__lte=now, done_at__isnull=True, need__state=NeedState.OPEN)
    return list(rows.exclude(rung_at__gte=F("due_at")).order_by("due_at", "pk").values_list("pk", flat=True))


def _number(state: SolicitationState) -> Count:
    return Count("need__solicitations", filter=Q(need__solicitations__state=state))


def told_of(task: NeedTask) -> set[int]:
    """Whoever looks after it; else those who animate its network, but for its author and whom its author keeps away."""
    author = _author_of(task)
    left_out = {author, *kept_apart_from(author, task.network)}
    animators = Membership.objects.animating().filter(network=task.network_id).exclude(user__in=left_out)
    wanted = animators.filter(user=task.taken_by_id) if task.taken_by_id else animators
    return set((wanted if wanted.exists() else animators).values_list("user", flat=True))


def tasks_told_to(user: User, ids: set[int]) -> dict[int, NeedTask]:
    """Those of these tasks that still wait, in networks that the person animates."""
    own = Membership.objects.animating().filter(user=user).values("network")
    rows = NeedTask.objects.filter(pk__in=ids, network__in=own, done_at__isnull=True, need__state=NeedState.OPEN)
    return {task.pk: task for task in rows.select_related("network")}


def conversations_told_to(user: User, ids: set[int]) -> dict[int, tuple[NeedTask, int]]:
    """Those of these tasks about a need of the person, in whose conversation they are; for how many days it waits."""
    rows = NeedTask.objects.filter(pk__in=ids, need__author=user, topic__in=Topic.objects.visible_to(user))
    found = rows.select_related("need", "network", "topic")
    return {task.pk: (task, days_waited(task)) for task in found}


def days_waited(task: NeedTask, now: datetime | None = None) -> int:
    """Since it was opened; once it waits no more, until its author was last written to. Needs its need."""
    opened_at = task.need.opened_at
    is_waiting = task.done_at is None and task.need.is_open
    until = (now or timezone.now()) if is_waiting else (task.written_at or task.done_at)
    return max(0, (until - opened_at).days) if opened_at and until else 0


def _author_of(task: NeedTask) -> int:
    return Need.objects.values_list("author", flat=True).get(pk=task.need_id)
