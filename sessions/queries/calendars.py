"""Reads for calendar programs: what everyone may see of a network, and the dates of a person that are no session."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from peerhub.notifications.enums import DeliveryState, Frequency
from peerhub.notifications.models import Delivery
from peerhub.people.models import Network, User
from sessions.enums import PollState
from sessions.models import TEXTS, DatePoll, Decision, Milestone, PeerSession, Programme
from sessions.queries.decisions import open_decisions
from sessions.queries.sessions import CANCELLED_KEPT, FEED_KEEPS

SESSIONS, DEADLINES, POLLS = "seances", "echeances", "sondages"
KINDS = (SESSIONS, DEADLINES, POLLS)
# The kinds of notification whose mails put a session in the calendar of one person.
REQUESTING = ("sessions.confirmed", "sessions.moved", "sessions.substituted")


@dataclass(frozen=True)
class Dated:
    """A date that is no session: `on` a whole day, or an instant. `key` names it for ever; `path` leads to its page."""

    key: str
    on: date | datetime
    title: str
    path: str


def has_in_calendar(user_id: int, session_id: int) -> bool:
    """Whether a mail put the session in the person's calendar, or is about to: it left, or is being sent."""
    mails = Delivery.objects.filter(
        Q(state=DeliveryState.SENT) | Q(state=DeliveryState.PENDING, lease_until__isnull=False),
        frequency=Frequency.NOW,  # digests bring no calendar
        notification__recipient=user_id,
        notification__kind__in=REQUESTING,
        notification__target_id=session_id,
    )
    return mails.exists()


def public_sessions(network: Network, now: datetime | None = None) -> list[PeerSession]:
    """What everyone on the web may see: those to come and those over for less than 90 days; those cancelled stay for
    30 days as cancelled."""
    now = now or timezone.now()
    sessions = PeerSession.objects.visible_to(AnonymousUser()).filter(network=network, ends_at__gt=now - FEED_KEEPS)
    rows = sessions.for_cards().order_by("starts_at", "pk")
    return [session for session in rows if not session.cancelled_at or session.cancelled_at > now - CANCELLED_KEPT]


def own_dates(user: User, kinds: Collection[str], now: datetime | None = None) -> list[Dated]:
    """The milestones of the programmes that the person follows, what is the person's to do by a date, and the deadlines
    of polls not answered yet."""
    now = now or timezone.now()
    if not user.is_active:
        return []
    deadlines = [*_milestones(user, now), *_decisions(user)] if DEADLINES in kinds else []
    return [*deadlines, *(_polls(user, now) if POLLS in kinds else [])]


def _milestones(user: User, now: datetime) -> list[Dated]:
    since = now.date() - timedelta(days=30)
    rows = Milestone.objects.filter(programme__in=Programme.objects.visible_to(user), on__gte=since)
    return [
        Dated(f"milestone-{row.pk}", row.on, row.title, row.programme.get_absolute_url())
        for row in rows.select_related("programme").order_by("on", "pk")
    ]


def _decisions(user: User) -> list[Dated]:
    rows = open_decisions(user).filter(due_on__isnull=False).select_related("session__circle")
    return [
        Dated(f"decision-{row.pk}", row.due_on, _decision_title(row), reverse("sessions:my-decisions"))
        for row in rows.defer(*(f"session__{name}" for name in TEXTS))
        if row.due_on
    ]


def _decision_title(row: Decision) -> str:
    if row.session.is_confidential:
        return _("Échéance d’une décision de séance")
    return _("À faire : %(text)s") % {"text": row.text}


def _polls(user: User, now: datetime) -> list[Dated]:
    rows = DatePoll.objects.visible_to(user).unanswered_by(user_id=user.pk)
    rows = rows.filter(state=PollState.OPEN, closes_at__gt=now)
    return [
        Dated(f"poll-{row.pk}", row.closes_at, _poll_title(row), row.get_absolute_url())
        for row in rows.select_related("circle").order_by("closes_at", "pk")
        if row.closes_at
    ]


def _poll_title(poll: DatePoll) -> str:
    if poll.circle.is_confidential:
        return _("Dernier jour pour répondre à un sondage de dates")
    return _("Répondre au sondage : %(title)s") % {"title": poll.title}
