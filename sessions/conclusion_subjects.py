"""What is told of conclusions, envelopes and requests: that something waits, in which network; never what it says."""

from collections.abc import Callable, Sequence

from django.urls import reverse

from peerhub.notifications.kinds import Load, Subject, by_target
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from sessions import when
from sessions.enums import ConclusionState
from sessions.models import Conclusion, LoweringRequest, PeerSession


def _subject(session: PeerSession, user: User, page: str, **more: object) -> Subject:
    context = {
        "title": str(session.public_title),
        "network_name": session.network.name,
        "day": when.date_words(session.starts_at, user.time_zone),
        **more,
    }
    return Subject(url=reverse(page, args=[session.pk]), context=context)


def load_conclusions(holds: Callable[[Conclusion], bool]) -> Load:
    """Those of the person's own groups that still give reason to tell."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {one.target_id for one in notifications}
        mine = PeerSession.objects.visible_to(user)
        rows = Conclusion.objects.filter(pk__in=ids, session__in=mine).select_related(
            "session__network", "session__circle"
        )
        found = {one.pk: _subject(one.session, user, "sessions:conclusions") for one in rows if holds(one)}
        return by_target(notifications, found)

    return load


def is_proposed(conclusion: Conclusion) -> bool:
    return conclusion.state == ConclusionState.PROPOSED


def is_closed(conclusion: Conclusion) -> bool:
    return conclusion.is_closed


def load_agoras(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    ids = {one.target_id for one in notifications}
    rows = PeerSession.objects.visible_to(user).filter(pk__in=ids).select_related("network", "circle")
    return by_target(notifications, {one.pk: _subject(one, user, "sessions:restitutions") for one in rows})


def load_requests(holds: Callable[[LoweringRequest], bool]) -> Load:
    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {one.target_id for one in notifications}
        mine = PeerSession.objects.visible_to(user)
        rows = LoweringRequest.objects.filter(pk__in=ids, session__in=mine).select_related(
            "session__network", "session__circle"
        )
        found = {
            one.pk: _subject(one.session, user, "sessions:confidentiality", is_granted=one.is_granted)
            for one in rows
            if holds(one)
        }
        return by_target(notifications, found)

    return load


def is_pending(request: LoweringRequest) -> bool:
    return request.closed_at is None


def is_settled(request: LoweringRequest) -> bool:
    return request.closed_at is not None
