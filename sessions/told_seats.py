"""What people are told of their seats, read again when it is shown or sent: the registration as it is by then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone

from peerhub.notifications.kinds import Attachment, Load, Subject
from peerhub.notifications.models import Notification
from peerhub.people.models import User
from peerhub.ui.times import in_words
from sessions.calendars import Method, file_name, withdrawal_calendar
from sessions.enums import RegistrationState
from sessions.models import PeerSession, Registration

MakeSubject = Callable[[PeerSession, User, Notification], Subject]
Holds = Callable[[Registration, Notification], bool]


def load_seats(make: MakeSubject, holds: Holds) -> Load:
    """A reader for one kind: two queries for any number of notifications."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {notification.target_id for notification in notifications}
        visible = PeerSession.objects.visible_to(user).filter(pk__in=ids).scheduled()
        sessions = {
            one.pk: one for one in visible.for_cards().defer("description_html", "search") if not one.has_begun()
        }
        rows = Registration.objects.filter(user=user, session__in=sessions).select_related("entered_by")
        seats = {row.session_id: row for row in rows}
        return {
            notification.pk: _with_seat(make(sessions[row.session_id], user, notification), row)
            for notification in notifications
            if (row := seats.get(notification.target_id)) and holds(row, notification)
        }

    return load


def load_withdrawals(make: MakeSubject) -> Load:
    """A reader for whoever does not come any more, and may see the session no more: then no more than the mail needs
    is said, that there was a session and when. Two queries for any number of notifications."""

    def load(user: User, notifications: Sequence[Notification]) -> dict[int, Subject]:
        ids = {notification.target_id for notification in notifications}
        readable = set(PeerSession.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
        rows = Registration.objects.filter(user=user, session__in=ids).select_related(
            "session__network", "session__circle"
        )
        left = {row.session_id: row.session for row in rows if not row.is_registered and not row.session.is_over()}
        return {
            notification.pk: _of_withdrawal(session, user, notification, make, is_readable=session.pk in readable)
            for notification in notifications
            if (session := left.get(notification.target_id))
        }

    return load


def _of_withdrawal(
    session: PeerSession, user: User, notification: Notification, make: MakeSubject, *, is_readable: bool
) -> Subject:
    subject = make(session, user, notification)
    calendar = partial(_withdrawn_calendar, session, user, notification)
    if is_readable:
        return replace(subject, attachments=calendar)
    context = {name: subject.context[name] for name in ("span", "zone", "span_there", "zone_there")}
    neutral = {"title": str(session.neutral_title), "is_confidential": True, "is_gone": True}
    return Subject(url=reverse("sessions:feed-page"), context={**context, **neutral}, attachments=calendar)


def _withdrawn_calendar(session: PeerSession, user: User, notification: Notification) -> list[Attachment]:
    content = withdrawal_calendar(session, attendee=user, told_at=notification.created_at)
    return [Attachment(file_name(session), content, f"text/calendar; method={Method.CANCEL}")]


def _with_seat(subject: Subject, row: Registration) -> Subject:
    context: dict[str, Any] = {
        **subject.context,
        "offer_ends": in_words(row.offer_ends_at, "datetime") if row.offer_ends_at else "",
        "entered_by": row.entered_by.full_name if row.entered_by else "",
        "state": row.state,
    }
    part = "offre" if row.state == RegistrationState.OFFERED else "places"
    return Subject(url=f"{subject.url}#{part}", context=context, attachments=subject.attachments)


def _is_of(row: Registration, notification: Notification) -> bool:
    """Whether the person did not change their mind since: the key ends with the version."""
    return notification.key.endswith(f":{row.version}")


def is_silent(row: Registration, _notification: Notification) -> bool:
    return row.state == RegistrationState.INVITED


def is_offered(row: Registration, notification: Notification) -> bool:
    is_open = row.offer_ends_at is not None and row.offer_ends_at > timezone.now()
    return is_open and row.state == RegistrationState.OFFERED and _is_of(row, notification)


def is_past_offer(row: Registration, notification: Notification) -> bool:
    return row.state == RegistrationState.WITHDRAWN and _is_of(row, notification)


def is_seated(row: Registration, notification: Notification) -> bool:
    return row.is_registered and _is_of(row, notification)


def is_answered(row: Registration, notification: Notification) -> bool:
    return row.entered_by_id is not None and _is_of(row, notification)
