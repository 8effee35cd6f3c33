"""What asks tell: that somebody asks, or answered; never the question, what is looked for, or who. To who animates:
that a need waits."""

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentoring.enums import SolicitationState
from mentoring.models import Solicitation
from mentoring.queries.need_tasks import conversations_told_to, tasks_told_to
from peerhub.notifications.kinds import Kind, Load, Subject, by_target, register
from peerhub.notifications.models import Notification
from peerhub.people.models import User

Holds = Callable[[Solicitation, User], bool]


def _load(holds: Holds) -> Load:
    """A reader for one kind, in one query; `holds` says whether there is still something to tell."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {one.target_id for one in notifications}
        rows = Solicitation.objects.visible_to(user).filter(pk__in=ids).select_related("network")
        subjects = {
            one.pk: Subject(url=one.get_absolute_url(), context={"network_name": one.network.name})
            for one in rows
            if holds(one, user)
        }
        return by_target(notifications, subjects)

    return load


def _waits(solicitation: Solicitation, user: User) -> bool:
    return solicitation.is_pending and solicitation.peer_id == user.pk


def _is_closed(solicitation: Solicitation, user: User) -> bool:
    return solicitation.closed_at is not None and user.pk in {solicitation.asker_id, solicitation.peer_id}


def _in_state(state: SolicitationState) -> Holds:
    return lambda solicitation, user: solicitation.state == state and solicitation.asker_id == user.pk


def load_tasks(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    tasks = tasks_told_to(user, {one.target_id for one in notifications})
    found = {
        pk: Subject(
            url=reverse("mentoring:need-tasks", args=[task.network.slug]), context={"network_name": task.network.name}
        )
        for pk, task in tasks.items()
    }
    return by_target(notifications, found)


def load_conversations(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Who animates the network writes to the author of a need: since when it waits, as long as it does."""
    tasks = conversations_told_to(user, {one.target_id for one in notifications})
    found = {
        pk: Subject(url=task.topic.get_absolute_url(), context={"network_name": task.network.name, "days": days})
        for pk, (task, days) in tasks.items()
        if task.topic is not None
    }
    return by_target(notifications, found)


for _key, _label, _reader in (
    ("solicitation_sent", _("Quelqu’un me sollicite"), _load(_waits)),
    ("solicitation_reminded", _("Le rappel d’une demande à laquelle je n’ai pas répondu"), _load(_waits)),
    (
        "solicitation_accepted",
        _("Une personne que j’ai sollicitée répond présent"),
        _load(_in_state(SolicitationState.ACCEPTED)),
    ),
    (
        "solicitation_declined",
        _("Une personne que j’ai sollicitée ne peut pas"),
        _load(_in_state(SolicitationState.DECLINED)),
    ),
    (
        "solicitation_lapsed",
        _("Une demande restée sans réponse"),
        _load(_in_state(SolicitationState.LAPSED)),
    ),
    ("exchange_closed", _("La fin d’un échange que j’avais avec un pair"), _load(_is_closed)),
    ("asker_written_to", _("L’animation m’écrit à propos d’un besoin qui attend"), load_conversations),
    ("need_task", _("Un besoin sans réponse dans un réseau que j’anime"), load_tasks),
):
    register(Kind(key=f"mentoring.{_key}", label=_label, load=_reader))
