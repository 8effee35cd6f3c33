"""What is told of minutes: that they are published, of which session by the name that may leave its circle."""

from collections.abc import Sequence

from django.urls import reverse

from peerhub.notifications.kinds import Subject, by_target
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from sessions import when
from sessions.models import Minutes, PeerSession


def load_minutes(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
    """Those that are still published, of sessions that the person still sees."""
    ids = {one.target_id for one in notifications}
    seen = PeerSession.objects.visible_to(user)
    rows = Minutes.objects.filter(pk__in=ids, session__in=seen, published_at__isnull=False)
    rows = rows.defer("state", "body", "body_html").select_related("session__network", "session__circle")
    found = {one.pk: _subject(one.session, user) for one in rows}
    return by_target(notifications, found)


def _subject(session: PeerSession, user: User) -> Subject:
    context = {
        "title": str(session.public_title),
        "is_confidential": session.is_confidential,
        "network_name": session.network.name,
        "day": when.date_words(session.starts_at, user.time_zone),
    }
    return Subject(url=reverse("sessions:minutes", args=[session.pk]), context=context)
