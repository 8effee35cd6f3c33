"""One session: its page, and its file for calendars."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from peerhub.notifications.services import mark_read
from peerhub.people.http import same_for_visitors, sign_in_if_absent
from peerhub.people.models import Membership, User
from peerhub.ui.shortcuts import or_404
from peerhub.ui.times import zone_label
from sessions import when
from sessions.aftermath import aftermath_of
from sessions.answer_words import reminders_to_come
from sessions.around_forms import CodeForm
from sessions.calendars import MIMETYPE, file_name, session_calendar
from sessions.confidence import confidence_of
from sessions.half_days import half_day_at, half_days
from sessions.models import PeerSession
from sessions.policies.around import can_check_in, can_facilitate
from sessions.policies.minutes import has_minutes
from sessions.policies.sessions import session_abilities
from sessions.queries import around
from sessions.queries import session_pages as pages
from sessions.queries import sessions as queries
from sessions.queries.seats import own_seat
from sessions.queries.series import place_in_series
from sessions.session_html import people_html


@require_safe
@sign_in_if_absent
@same_for_visitors
def session_page(request: HttpRequest, pk: int) -> HttpResponse:
    session = or_404(queries.session_for, request.user, pk)
    viewer = pages.viewer_of(request.user, session)
    if viewer.rings and isinstance(request.user, User):
        mark_read(user=request.user, streak=f"session.{session.pk}")
    return render(request, "sessions/session.html", page_context(request.user, session, viewer))


def page_context(
    user: User | AnonymousUser, session: PeerSession, viewer: pages.Viewer | None = None
) -> dict[str, Any]:
    """What the page of a session shows to this person now."""
    viewer = viewer or pages.viewer_of(user, session)
    now = timezone.now()
    zone = timezone.get_current_timezone_name()
    membership, registration = viewer.membership, viewer.registration
    surroundings = _around(user, session, viewer, now)
    can = session_abilities(
        membership,
        session,
        registration,
        now,
        is_facilitator=bool(surroundings["can_facilitate"]),
        must_promise=surroundings["charter"] is not None,
    )
    return {
        "network": session.network,
        "session": session,
        "membership": membership,
        "registration": registration,
        "is_registered": registration is not None and registration.is_registered,
        "seat": own_seat(user, session, membership, registration, has_rules=viewer.has_rules),
        "can": can,
        "span": when.span(session.starts_at, session.ends_at, zone),
        "span_there": ""
        if when.agree(session.starts_at, zone, session.time_zone)
        else when.span(session.starts_at, session.ends_at, session.time_zone),
        "zone_there": zone_label(session.time_zone),
        "is_over": session.is_over(now),
        "has_begun": session.has_begun(now),
        "has_minutes": has_minutes(session, now),
        **surroundings,
        "confidence": confidence_of(user, session, viewer),
        "series": place_in_series(user, session),
        "course": pages.course_of(user, session),
        "reminders": reminders_to_come(session, now),
        **_people(user, session, membership, now, with_names=bool(can.see_names)),
    }


def _people(
    user: User | AnonymousUser,
    session: PeerSession,
    membership: Membership | None,
    now: datetime,
    *,
    with_names: bool,
) -> dict[str, Any]:
    """Who comes, and what is left of it; among two or three there is nothing to count and nothing to report."""
    if session.is_between:
        return {"between": pages.people_between(session)}
    return {
        "aftermath": aftermath_of(user, session, membership, now),
        "participants": [
            (group, people_html(group)) for group in pages.participants_by_category(session, with_names=with_names)
        ],
    }


def _around(user: User | AnonymousUser, session: PeerSession, viewer: pages.Viewer, now: datetime) -> dict[str, Any]:
    """The steps; and what the person promises, signals and may print."""
    registration = viewer.registration
    charter = around.charter_to_accept(user, session, registration)
    may_check_in = bool(can_check_in(registration, session, now))
    presence = around.presence_of(user, session) if registration and (may_check_in or session.has_begun(now)) else []
    if may_check_in and presence:
        parts = half_days(session.starts_at, session.ends_at, session.time_zone)
        may_check_in = half_day_at(parts, now) not in presence  # once it is said, it is not asked again
    return {
        "steps": pages.timed_steps(session) if viewer.has_steps else [],
        "charter": charter,
        "can_check_in": may_check_in,
        "code_form": CodeForm() if may_check_in and session.place else None,
        "presence": presence,
        "can_facilitate": isinstance(user, User)
        and can_facilitate(user, viewer.membership, session, is_named=viewer.is_named_facilitator),
    }


@require_safe
@sign_in_if_absent
def session_ics(request: HttpRequest, pk: int) -> HttpResponse:
    session = or_404(queries.session_for, request.user, pk)
    response = HttpResponse(session_calendar(session), content_type=MIMETYPE)
    response["Content-Disposition"] = f'attachment; filename="{file_name(session)}"'
    response["Cache-Control"] = "private, no-cache"
    return response
