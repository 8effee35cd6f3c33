"""What time does to asks: a reminder at four days, then they lapse at seven, and go on to the next one by themselves.

Each row is judged again with its rows held, in a transaction of its own that also writes what follows: a worker killed
at any moment leaves all of it or nothing, and a second sweep finds nothing to do.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from mentoring.enums import SolicitationState
from mentoring.events import SolicitationLapsed, SolicitationReminded
from mentoring.models import Solicitation
from mentoring.queries.solicitations import due_to_lapse, due_to_remind
from mentoring.services.handing_on import go_on
from mentoring.services.suggesting import hold_need
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep


def tend_solicitations(now: datetime | None = None) -> int:
    """All of it, lapses first: what lapses is not reminded of."""
    return lapse_due(now) + remind_due(now)


def remind_due(now: datetime | None = None) -> int:
    """Remind whoever was asked four days ago and said nothing; how many."""
    now = now or timezone.now()
    return sweep("mentoring.solicitations.remind", partial(_remind, now=now), due_to_remind(now))


def lapse_due(now: datetime | None = None) -> int:
    """End what nobody answered within seven days, and hand it on; how many."""
    now = now or timezone.now()
    return sweep("mentoring.solicitations.lapse", partial(_lapse, now=now), due_to_lapse(now))


@transaction.atomic
def _remind(pk: int, *, now: datetime) -> bool:
    waiting = Solicitation.objects.sent().filter(pk=pk, reminded_at__isnull=True, remind_at__lte=now, due_at__gt=now)
    if not waiting.update(reminded_at=now):
        return False
    emit(SolicitationReminded(solicitation_id=pk))
    return True


@transaction.atomic
def _lapse(pk: int, *, now: datetime) -> bool:
    need = hold_need(Solicitation.objects.values_list("need", flat=True).get(pk=pk))
    waiting = Solicitation.objects.sent().filter(pk=pk, due_at__lte=now)
    if not waiting.update(state=SolicitationState.LAPSED, ended_at=now):
        return False
    emit(SolicitationLapsed(solicitation_id=pk))
    go_on(need, Solicitation.objects.get(pk=pk))
    return True
