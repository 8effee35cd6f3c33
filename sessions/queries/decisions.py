"""Reads of what sessions decided: on the page of one, and all that is somebody's to do."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, Membership, User
from peerhub.ui.pagination import Page, page_of
from peerhub.ui.times import day as day_words
from sessions.models import TEXTS, Decision, PeerSession, PeerSessionQuerySet, Registration
from sessions.policies.decisions import can_change_decision, can_tick_decision
from sessions.policies.standing import Standing

PAGE_SIZE = 20


def owners_for(session: PeerSession) -> QuerySet[User]:
    """Who may be given something to do: registered or facilitating, and still where the session is read."""
    inside = Membership.objects.active().filter(network=session.network_id, user=OuterRef("pk"))
    people = User.objects.filter(Exists(inside), is_active=True)
    if session.circle.kind != CircleKind.PUBLIC:
        people = people.filter(Exists(CircleMember.objects.filter(circle=session.circle_id, user=OuterRef("pk"))))
    seats = Registration.objects.registered().filter(session=session, user=OuterRef("pk"))
    named = PeerSession.objects.filter(pk=session.pk, facilitators=OuterRef("pk"))
    return people.filter(Exists(seats) | Exists(named)).order_by("family_name", "given_name", "pk")


@dataclass(frozen=True)
class DecisionCount:
    total: int
    open: int


def count_decisions(session: PeerSession) -> DecisionCount:
    rows = Decision.objects.filter(session=session)
    counts = rows.aggregate(total=Count("pk"), open=Count("pk", filter=Q(done_at__isnull=True)))
    return DecisionCount(**counts)


@dataclass(frozen=True)
class DecisionLine:
    """A decision, and what the person who looks may do with it."""

    decision: Decision
    can_change: bool
    can_tick: bool
    is_mine: bool
    is_late: bool

    @property
    def due_words(self) -> str:
        return day_words(self.decision.due_on) if self.decision.due_on else ""


def decision_lines(user: User, session: PeerSession, standing: Standing) -> list[DecisionLine]:
    """Those of a session whose decisions the person reads: open ones first, by their date. One query."""
    rows = Decision.objects.filter(session=session).select_related("owner", "created_by")
    lines = []
    for row in rows.order_by(F("done_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "created_at", "pk"):
        row.session = session
        lines.append(_line(user, row, standing))
    return lines


def _line(user: User, row: Decision, standing: Standing) -> DecisionLine:
    return DecisionLine(
        row,
        can_change=bool(can_change_decision(user, row, standing)),
        can_tick=bool(can_tick_decision(user, row, standing)),
        is_mine=row.owner_id == user.pk,
        is_late=is_late(row),
    )


def is_late(row: Decision, today: date | None = None) -> bool:
    return row.done_at is None and row.due_on is not None and row.due_on < (today or timezone.localdate())


def decision_for(session: PeerSession, pk: int) -> Decision:
    """One of a session whose decisions the person reads: callers have judged. Raises `Decision.DoesNotExist`."""
    decision = Decision.objects.select_related("owner", "created_by").get(pk=pk, session=session)
    decision.session = session
    return decision


def readable_sessions(user: User) -> PeerSessionQuerySet:
    """Those whose decisions the person may read: the queryset twin of `can_read_decisions`."""
    own = Membership.objects.active().filter(user=user).values("network_id")
    by_circle = ~Q(circle__kind=CircleKind.PUBLIC) | Q(network__in=own)
    return PeerSession.objects.visible_to(user).filter(by_circle, opens_to__isnull=True)


def open_decisions(user: User) -> QuerySet[Decision]:
    """What is this person's to do, of sessions that were not called off and that the person may read still."""
    rows = Decision.objects.filter(owner=user, done_at__isnull=True)
    rows = rows.filter(session__in=readable_sessions(user).scheduled())
    return rows.order_by(F("due_on").asc(nulls_last=True), "created_at", "pk")


def own_decisions(user: User, page: int = 1) -> Page[Decision]:
    """One page of them, with what names their sessions: the nearest date first. Two queries."""
    texts = [f"session__{name}" for name in TEXTS]
    rows = open_decisions(user).select_related("session__network", "session__circle__category").defer(*texts)
    return page_of(rows, page, PAGE_SIZE)
