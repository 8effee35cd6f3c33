"""What the people of an introduction answer, and what becomes of it."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.enums import IntroductionState
from mentoring.events import IntroductionDeclined, IntroductionMoved
from mentoring.models import Introduced, Introduction, IntroductionOptIn
from mentoring.policies.introductions import can_answer, present
from mentoring.queries.introduction_draw import MINUTES
from mentoring.queries.introductions import awaiting_in, loaded_introduction, to_close
from mentoring.services.conversations import open_conversation
from peerhub.outbox.services import emit
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import DomainError, require
from peerhub.people.models import User
from peerhub.people.services.circles import remove_member
from sessions.services.between import plan_between

SOONEST = timedelta(hours=1)
LATEST = timedelta(days=90)


@transaction.atomic
def accept(*, user: User, introduction: Introduction, moment: datetime) -> Introduction:
    """Say yes to the moment that one has read. With the first yes the conversation opens; with the last, the meeting is
    in every agenda. Said twice, it is said once. Raises `Refused`, `DomainError` for a moment that is no longer it."""
    current = _hold(introduction.pk)
    if current.state == IntroductionState.PLANNED:
        return current
    require(can_answer(user, current))
    if current.proposed_at != moment:
        raise DomainError(_("Un autre moment est proposé entre-temps : relisez-le avant de répondre."))
    if moment < timezone.now() + SOONEST:
        raise DomainError(_("Ce moment est passé ou trop proche : proposez-en un autre."))
    return _accepted(user, current)


@transaction.atomic
def propose_moment(*, user: User, introduction: Introduction, moment: datetime) -> Introduction:
    """Say yes to another moment; the others are asked anew. Raises `Refused`, `DomainError`."""
    current = _hold(introduction.pk)
    require(can_answer(user, current))
    now = timezone.now()
    if not now + SOONEST <= moment <= now + LATEST:
        raise DomainError(_("Choisissez un moment à venir, dans les trois mois."))
    if current.proposed_at != moment:
        current.proposed_at = moment
        current.save(update_fields=["proposed_at"])
        current.people.filter(declined_at__isnull=True).exclude(user=user).update(accepted_at=None)
        emit(IntroductionMoved(introduction_id=current.pk, actor_id=user.pk, at=int(moment.timestamp())))
        current = _hold(introduction.pk)
    return _accepted(user, current)


@transaction.atomic
def decline(*, user: User, introduction: Introduction) -> Introduction:
    """Say no, without a reason. Of three, the two others go on; of two, it ends. Raises `Refused`."""
    current = _hold(introduction.pk)
    require(can_answer(user, current))
    Introduced.objects.filter(introduction=current, user=user).update(accepted_at=None, declined_at=timezone.now())
    current = _hold(introduction.pk)
    staying = present(current)
    if len(staying) < 2:
        current.state = IntroductionState.DECLINED
        current.save(update_fields=["state"])
    else:
        # The two go on among themselves.
        remove_member(circle=current.circle, user=user)
    emit(IntroductionDeclined(introduction_id=current.pk, user_id=user.pk))
    if len(staying) > 1 and current.proposed_at and current.proposed_at >= timezone.now() + SOONEST:
        # Whoever declines has declined, also when the two others cannot meet then: they propose another moment.
        with suppress(DomainError), transaction.atomic():
            current = _plan_if_all_accepted(staying[0].user, current)
    return current


@transaction.atomic
def leave_network(*, user: User, network_id: int) -> int:
    """Who left a network is introduced there no more, and comes to no meeting that waits for an answer; how many."""
    IntroductionOptIn.objects.filter(user=user, network=network_id).delete()
    waiting = awaiting_in(user, network_id)
    for pk in waiting:
        decline(user=user, introduction=Introduction(pk=pk))
    return len(waiting)


def close_over(now: datetime | None = None) -> int:
    """Those that were met, called off, or never answered are over; how many. Beat asks again."""
    now = now or timezone.now()
    return sweep("mentoring.introductions.close", lambda pk: _close(pk, now), to_close(now))


@transaction.atomic
def _close(pk: int, now: datetime) -> bool:
    current = Introduction.objects.select_for_update(of=("self",), no_key=True).select_related("session").get(pk=pk)
    # Somebody may have answered meanwhile.
    if pk not in to_close(now):
        return False
    session = current.session
    was_met = current.state == IntroductionState.PLANNED and session is not None and session.is_scheduled
    current.state = IntroductionState.DONE if was_met else IntroductionState.LAPSED
    current.save(update_fields=["state"])
    return True


def _hold(pk: int) -> Introduction:
    """The row, held, with its people as they are now."""
    Introduction.objects.select_for_update(no_key=True).get(pk=pk)
    current = loaded_introduction(pk)
    if current is None:  # pragma: no cover (it is held)
        raise Introduction.DoesNotExist
    return current


def _accepted(user: User, current: Introduction) -> Introduction:
    own = Introduced.objects.filter(introduction=current, user=user, accepted_at__isnull=True)
    own.update(accepted_at=timezone.now())
    if current.topic_id is None:
        current.topic = open_conversation(network=current.network, circle=current.circle, author=user)
        current.save(update_fields=["topic"])
    return _plan_if_all_accepted(user, _hold(current.pk))


def _plan_if_all_accepted(actor: User, current: Introduction) -> Introduction:
    """Put it in the agendas once everyone who stays said yes to the same moment."""
    people = present(current)
    if current.proposed_at is None or any(one.accepted_at is None for one in people):
        return current
    current.session = plan_between(
        actor=actor,
        circle=current.circle,
        people=[one.user for one in people],
        starts_at=current.proposed_at,
        minutes=MINUTES,
        token=uuid4(),
        timezone_name=actor.time_zone,
    )
    current.state = IntroductionState.PLANNED
    current.save(update_fields=["session", "state"])
    return current
