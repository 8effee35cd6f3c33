"""What people are told of sessions, read again when it is shown or sent.

Of a confidential session, `title` is neutral and `place` and `reason` are empty: a mail says that something happens,
never what.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import get_language

from peerhub.notifications.kinds import Attachment, Load, Subject
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.people.prepared import InstancesForPerson
from peerhub.ui.times import zone_label
from sessions import when
from sessions.calendars import Method, file_name, session_calendar
from sessions.models import PeerSession, PeerSessionQuerySet
from sessions.queries.clashes import clashes_of
from sessions.queries.sessions import visible_among

Holds = Callable[[PeerSession, bool, Notification], bool]


def _readable(user: User | AnonymousUser) -> PeerSessionQuerySet:
    visible = PeerSession.objects.visible_to(user).with_mine(user)
    return visible.select_related("network", "circle").defer("description_html", "search")


_one_session = InstancesForPerson(lambda marks, user: _readable(user).filter(pk=marks.integer("session")))


def load_sessions(method: Method | None, holds: Holds) -> Load:
    """A reader of sessions for one kind: one query for any number of notifications.

    `holds` says whether a session, with whether the recipient has a seat in it, still gives reason to tell.
    """

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {notification.target_id for notification in notifications}
        # One, as mails ask, hundreds of times: a read that is planned once.
        is_one = len(ids) == 1
        rows = _one_session.all(user, session=ids.pop()) if is_one else _readable(user).filter(pk__in=ids)
        sessions = {session.pk: session for session in rows}
        return {
            notification.pk: subject_of(session, user, notification, method)
            for notification in notifications
            if (session := sessions.get(notification.target_id)) and holds(session, session.is_mine, notification)
        }

    return load


def subject_of(session: PeerSession, user: User, notification: Notification, method: Method | None) -> Subject:
    own, there = user.time_zone, session.time_zone
    context = {
        "title": str(session.public_title),
        "is_confidential": session.is_confidential,
        "is_between": session.is_between,
        "network_name": session.network.name,
        "span": when.span(session.starts_at, session.ends_at, own),
        "zone": zone_label(own),
        "start": when.hour(session.starts_at, own),
        "day": when.date_words(session.starts_at, own),
        "days_ahead": when.days_ahead(session.starts_at, timezone.now(), own),
        "span_there": ""
        if when.agree(session.starts_at, own, there)
        else when.span(session.starts_at, session.ends_at, there),
        "zone_there": zone_label(there),
        "is_of_series": session.series_id is not None,
        "place": "" if session.is_confidential else session.place,
        "has_video": session.meets_by_video,
        "to_prepare": "" if session.is_confidential else session.reminder_note,
        "reason": "" if session.is_confidential else session.cancelled_reason,
        # Called by the templates of mails alone: it asks the database, once.
        "clashes": cache(partial(_clash_titles, session, user)),
    }
    if method is None:
        return Subject(url=session.get_absolute_url(), context=context)
    attachments = partial(_attachments, session, user, notification, method)
    return Subject(url=session.get_absolute_url(), context=context, attachments=attachments)


def _attachments(session: PeerSession, user: User, notification: Notification, method: Method) -> list[Attachment]:
    if method == Method.PUBLISH:
        content = _published(session, session.updated_at, get_language())
    else:
        content = session_calendar(session, method=method, attendee=user, told_at=notification.created_at)
    return [Attachment(file_name(session), content, f"text/calendar; method={method}")]


@lru_cache(maxsize=32)
def _published(session: PeerSession, _revision: datetime, _language: str | None) -> bytes:
    """A reminder's calendar names nobody: it is one text for all who come, made once for each revision."""
    return session_calendar(session, method=Method.PUBLISH)


def _clash_titles(session: PeerSession, user: User) -> list[str]:
    return [str(other.public_title) for other in visible_among(user, clashes_of(user, session))]


def is_ahead(session: PeerSession, has_seat: bool, _notification: Notification) -> bool:
    return session.is_scheduled and has_seat and not session.has_begun()


def is_news_of_move(session: PeerSession, has_seat: bool, notification: Notification) -> bool:
    """Of several moves, the last one is told."""
    is_last = notification.key.endswith(f":{session.sequence}")
    return is_last and session.is_scheduled and has_seat and not session.is_over()


def is_news_of_cancel(session: PeerSession, has_seat: bool, _notification: Notification) -> bool:
    return session.is_cancelled and has_seat


def is_open(session: PeerSession, _has_seat: bool, _notification: Notification) -> bool:
    return session.is_scheduled and not session.has_begun()
