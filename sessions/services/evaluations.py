"""What people thought of a session, anonymously (docs/adr/0026-anonymous-evaluations.md)."""

from datetime import datetime, time, timedelta
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from peerhub.notifications.services import notify
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import require
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.text.markdown import one_line
from sessions.models import Evaluated, Evaluation, PeerSession
from sessions.policies.evaluations import OPEN_FOR, can_evaluate, is_closed
from sessions.queries.evaluations import asked_of, was_there
from sessions.services.holding import hold_session, hold_visible

ASK_AT = time(9)  # on the clocks of the session, the day after it ended


@transaction.atomic
def evaluate(
    *, user: User, session: PeerSession, usefulness: int, frankness: int, rhythm: int, comment: str = ""
) -> bool:
    """Keep one anonymous answer, and apart from it that the person has answered. False when that was known: the second
    answer of a person is dropped, since nobody knows any more which one was the first. Raises `Refused`.

    No event and no log: nothing else may tell who, when, and what at once.
    """
    current = hold_visible(session.pk, user)
    require(can_evaluate(current, was_there=was_there(user, membership_for(user, current.network), current)))
    if Evaluated.objects.filter(session=current, user=user).exists():
        return False
    Evaluated.objects.create(session=current, user=user)
    answer = Evaluation(
        pk=uuid4(),
        session=current,
        usefulness=usefulness,
        frankness=frankness,
        rhythm=rhythm,
        comment=one_line(comment)[:1000],
    )
    _mix(current, answer)
    return True


def _mix(session: PeerSession, answer: Evaluation) -> None:
    """Write all answers of the session anew, in the order of their random keys, and all who answered: otherwise the
    place of a row in its table, or the transaction that wrote it, would pair one with the other."""
    rows = [*Evaluation.objects.filter(session=session), answer]
    Evaluation.objects.filter(session=session).delete()
    Evaluation.objects.bulk_create(sorted(rows, key=lambda one: one.pk))
    Evaluated.objects.filter(session=session).update(session=session)


def ask_due(now: datetime | None = None, limit: int = 100) -> int:
    """Ask those who were there, once, the morning after the session ended, or later while answers are taken. Returns of
    how many sessions."""
    now = now or timezone.now()
    rows = PeerSession.objects.scheduled().filter(
        evaluation_asked_at__isnull=True, opens_to__isnull=True, ends_at__gt=now - OPEN_FOR, ends_at__lte=now
    )
    due = [row.pk for row in rows.only("ends_at", "time_zone").order_by("ends_at", "pk") if _is_hour(row, now)]
    return sweep("sessions.evaluations.ask", partial(_ask, now=now), due[:limit])


@transaction.atomic
def _ask(pk: int, now: datetime) -> bool:
    """The mark and the notifications, both or neither."""
    session = hold_session(pk)
    if session.evaluation_asked_at or not session.is_scheduled or session.is_draft or not _is_hour(session, now):
        return False
    if is_closed(session, now):
        return False
    PeerSession.objects.filter(pk=pk).update(evaluation_asked_at=now)
    notify(
        kind="sessions.evaluation_asked",
        recipients=asked_of(session),
        target_id=pk,
        dedupe_key=f"session:{pk}:evaluation",
        network_id=session.network_id,
        streak=f"session.{pk}",
    )
    return True


def _is_hour(session: PeerSession, now: datetime) -> bool:
    zone = ZoneInfo(session.time_zone)
    morning = datetime.combine(session.ends_at.astimezone(zone).date() + timedelta(days=1), ASK_AT)
    return morning <= now.astimezone(zone).replace(tzinfo=None)
