"""Reads of the minutes that are waited for."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, Membership, User
from sessions.models import TEXTS, Minutes, PeerSession, PeerSessionQuerySet, Programme
from sessions.policies.reports import WITHOUT_REPORT, ReportState, report_state


def is_published(session: PeerSession) -> bool:
    return Minutes.objects.filter(session=session, published_at__isnull=False).exists()


def state_of(session: PeerSession, now: datetime | None = None) -> ReportState:
    """One query, for a session that is over."""
    return report_state(session, is_published=session.is_over(now) and is_published(session), now=now)


def awaiting(now: datetime | None = None) -> PeerSessionQuerySet:
    """Those whose minutes are waited for: the queryset twin of `report_state`."""
    published = Minutes.objects.filter(session=OuterRef("pk"), published_at__isnull=False)
    held = PeerSession.objects.scheduled().past(now).filter(opens_to__isnull=True, registered_count__gt=0)
    return held.exclude(format__in=WITHOUT_REPORT).filter(~Exists(published), report_waived_at__isnull=True)


def awaited_in(user: User, programme: Programme) -> list[PeerSession]:
    """The sessions of a programme that the person sees and whose minutes are waited for, the oldest first."""
    rows = awaiting().visible_to(user).filter(programme=programme)
    return list(rows.for_cards().defer(*TEXTS).order_by("ends_at", "pk"))


def writers_of(session: PeerSession) -> set[int]:
    """Who is asked for the minutes first: who facilitates; else who planned it; else the animators. Only those who may
    open the session."""
    for wanted in (set(session.facilitators.values_list("pk", flat=True)), {session.created_by_id}):
        if found := _inside(session, wanted):
            return found
    return animators_of(session)


def animators_of(session: PeerSession) -> set[int]:
    """Those of the network who may open the session."""
    rows = Membership.objects.animating().filter(network=session.network_id)
    return _inside(session, set(rows.values_list("user_id", flat=True)))


def _inside(session: PeerSession, users: set[int] | set[int | None]) -> set[int]:
    members = Membership.objects.active().filter(network=session.network_id, user__in=users, user__is_active=True)
    ids = set(members.values_list("user_id", flat=True))
    if session.circle.kind == CircleKind.PUBLIC:
        return ids
    return set(CircleMember.objects.filter(circle=session.circle_id, user__in=ids).values_list("user_id", flat=True))
