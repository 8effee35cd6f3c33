"""The minutes that do not come: asked for at three days, and at seven, once each, in the morning where it was held."""

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from peerhub.notifications.services import notify
from peerhub.outbox.sweeping import sweep
from peerhub.people.errors import require
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from sessions.models import PeerSession
from sessions.policies.reports import ReportState, can_waive_report
from sessions.queries.reports import animators_of, awaiting, state_of, writers_of
from sessions.services.holding import hold_session, hold_visible

CHASE_AT = time(9)
# After how many days each chase leaves. What nobody chased for three weeks (a server at rest) is left alone.
DAYS = (3, 7)
FORGOTTEN = timedelta(days=21)


@transaction.atomic
def waive_report(*, actor: User, session: PeerSession, waived: bool) -> bool:
    """Say that there will be no minutes: nobody is asked for them; or that they are waited for after all. False when
    it was so already. Raises `Refused`."""
    current = hold_visible(session.pk, actor)
    state = state_of(current)
    require(can_waive_report(membership_for(actor, current.network), current, state))
    if (state == ReportState.WAIVED) == waived:
        return False
    PeerSession.objects.filter(pk=current.pk).update(report_waived_at=timezone.now() if waived else None)
    return True


def chase_due(now: datetime | None = None, limit: int = 100) -> int:
    """Ask for the minutes that are late; returns for how many sessions."""
    now = now or timezone.now()
    first = now - timedelta(days=DAYS[0] - 1)  # by its own clock, below
    rows = awaiting(now).filter(report_chases__lt=len(DAYS), ends_at__gt=now - FORGOTTEN, ends_at__lte=first)
    late = rows.only("ends_at", "time_zone", "report_chases").order_by("ends_at", "pk")
    due = [row.pk for row in late if _chases_due(row, now) > row.report_chases]
    return sweep("sessions.reports.chase", partial(_chase, now=now), due[:limit])


@transaction.atomic
def _chase(pk: int, now: datetime) -> bool:
    """The mark and the notifications, both or neither; after a long rest, the last chase alone."""
    session = hold_session(pk)
    wave = _chases_due(session, now)
    if wave <= session.report_chases or state_of(session, now) != ReportState.AWAITED:
        return False
    PeerSession.objects.filter(pk=pk).update(report_chases=wave)
    people = writers_of(session) if wave == 1 else writers_of(session) | animators_of(session)
    notify(
        kind="sessions.report_late",
        recipients=people,
        target_id=pk,
        dedupe_key=f"session:{pk}:report:{wave}",
        network_id=session.network_id,
        streak=f"session.{pk}",
    )
    return True


def _chases_due(session: PeerSession, now: datetime) -> int:
    """How many chases should have left by now."""
    zone = ZoneInfo(session.time_zone)
    ended, local = session.ends_at.astimezone(zone).date(), now.astimezone(zone).replace(tzinfo=None)
    return sum(datetime.combine(ended + timedelta(days=days), CHASE_AT) <= local for days in DAYS)
