"""Sessions as iCalendar (RFC 5545): one session, a person's feed, and the parts of mails (RFC 5546).

What leaves the platform here is read by other programs and by whoever shares the calendar. So: no names of those who
come, never the video link (it opens on the session's page, to those registered), and of a confidential session that
it takes place, never what. Every byte is a function of the rows: the same session gives the same text, and an ETag.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from email.utils import parseaddr
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vDDDTypes, vText

from peerhub.people.models import User
from sessions.models import PeerSession, PollGuest, SessionSeries
from sessions.queries.calendars import Dated
from sessions.queries.series import Recurring
from sessions.recurrence import CODES, parse
from sessions.vtimezones import vtimezone

PRODID = "-//PeerHub//sessions//FR"
MIMETYPE = "text/calendar; charset=utf-8"
MAX_DESCRIPTION = 2_000


class Method(StrEnum):
    """What a calendar program does with it: take note, update an invitation, or strike it out."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def session_calendar(
    session: PeerSession,
    *,
    method: Method = Method.PUBLISH,
    attendee: User | PollGuest | None = None,
    told_at: datetime | None = None,
) -> bytes:
    """One session; needs `network` and `circle` loaded. `attendee` is the one recipient of a REQUEST or CANCEL mail,
    without whom calendar programs would not apply it; nobody else is ever named. `told_at`, of a mail, puts it after
    the mails of one SEQUENCE that went before: who withdrew and comes again has the session in the calendar again."""
    calendar = _calendar(method)
    _add_zones(calendar, [(session.time_zone, session.starts_at)])
    event = _event(session, attendee)
    if told_at is not None:
        event["dtstamp"] = vDDDTypes(_second(max(told_at, session.updated_at)))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def withdrawal_calendar(session: PeerSession, *, attendee: User, told_at: datetime) -> bytes:
    """Strikes the session out of the calendar of one person, who does not come any more (RFC 5546, 3.2.5: it has no
    STATUS, for the session takes place; of one SEQUENCE, the later DTSTAMP wins). Neutral: that person may no longer
    read the session. Needs `network` and `circle` loaded."""
    zone = ZoneInfo(session.time_zone)
    calendar = _calendar(Method.CANCEL)
    _add_zones(calendar, [(session.time_zone, session.starts_at)])
    event = Event()
    event.add("uid", str(session.uid))
    event.add("sequence", session.sequence)
    event.add("dtstamp", _second(max(told_at, session.updated_at)))
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("summary", str(session.neutral_title))
    event.add("organizer", _organizer(session))
    event.add("attendee", _attendee(attendee))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed_calendar(
    sessions: Iterable[PeerSession], *, name: str, dates: Iterable[Dated] = (), series: Iterable[Recurring] = ()
) -> bytes:
    """A feed, whose programs are asked to look again every hour. Each of `series` is one event that repeats."""
    sessions, series = list(sessions), list(series)
    calendar = _calendar(Method.PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval;value=duration", vText("PT1H"))
    calendar.add("x-published-ttl", vText("PT1H"))
    together = [session for one in series for session in one.sessions]
    zones = [(session.time_zone, session.starts_at) for session in [*sessions, *together]]
    zones += [(one.series.time_zone, _occurs(one.sessions[0])) for one in series]
    _add_zones(calendar, zones)
    for session in sessions:
        calendar.add_component(_event(session, None))
    for one in series:
        for event in _events_of_series(one):
            calendar.add_component(event)
    for dated in dates:
        calendar.add_component(_dated_event(dated))
    return bytes(calendar.to_ical())


def file_name(session: PeerSession) -> str:
    """Neutral on purpose: attachments are listed by mail programs and scanners."""
    return f"seance-{session.pk}.ics"


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    return calendar


def _add_zones(calendar: Calendar, needed: Iterable[tuple[str, datetime]]) -> None:
    """The rules of each zone from its earliest moment on."""
    first_years: dict[str, int] = {}
    for zone, moment in needed:
        # The year before too, so that an event in January has the rule that holds since autumn.
        first_years[zone] = min(moment.year - 1, first_years.get(zone, moment.year))
    for name in sorted(first_years):
        calendar.add_component(vtimezone(name, first_years[name]))


def _event(session: PeerSession, attendee: User | PollGuest | None) -> Event:
    zone = ZoneInfo(session.time_zone)
    event = Event()
    event.add("uid", str(session.uid))
    event.add("sequence", session.sequence)
    # Of the row, not of the clock: the same revision is the same text.
    event.add("dtstamp", _second(session.updated_at))
    event.add("last-modified", _second(session.updated_at))
    event.add("created", _second(session.created_at))
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if session.is_cancelled else "OPAQUE")
    url = f"{settings.PUBLIC_URL}{session.get_absolute_url()}"
    _say(event, session, url, _("Tout ce qui concerne cette séance : %(url)s") % {"url": url})
    if attendee is not None:
        event.add("attendee", _attendee(attendee))
    return event


def _events_of_series(recurring: Recurring) -> list[Event]:
    """The event that repeats, then what differs from it: dates that were moved, cancelled, or say something else."""
    series = recurring.series
    model = next((one for one in recurring.sessions if one.is_scheduled), recurring.sessions[0])
    return [
        _repeated(recurring, model),
        *(_exception(series, one) for one in recurring.sessions if _differs(series, one, model)),
    ]


def _repeated(recurring: Recurring, model: PeerSession) -> Event:
    series, sessions = recurring.series, recurring.sessions
    zone = ZoneInfo(series.time_zone)
    first, last = (_occurs(one).astimezone(zone) for one in (sessions[0], sessions[-1]))
    event = Event()
    event.add("uid", str(series.uid))
    event.add("sequence", series.sequence)
    latest = _second(max(one.updated_at for one in sessions))
    event.add("dtstamp", latest)
    event.add("last-modified", latest)
    event.add("created", _second(series.created_at))
    event.add("dtstart", first)
    event.add("dtend", (first.astimezone(UTC) + timedelta(minutes=series.minutes)).astimezone(zone))
    event.add("rrule", _rrule(series.rule, last))
    if absent := [local.replace(tzinfo=zone) for local in recurring.absent]:
        event.add("exdate", absent)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    url = f"{settings.PUBLIC_URL}{series.get_absolute_url()}"
    _say(event, model, url, _("Toutes les dates de cette série : %(url)s") % {"url": url})
    return event


def _rrule(text: str, last: datetime) -> dict[str, Any]:
    """Up to the last date that is shown: how many more there may be is nobody's business."""
    rule = parse(text)
    parts: dict[str, Any] = {"freq": rule.frequency.value, "interval": rule.interval, "until": last.astimezone(UTC)}
    if rule.weekdays:
        parts["byday"] = [f"{rule.nth or ''}{CODES[one]}" for one in rule.weekdays]
    if rule.month_day:
        parts["bymonthday"] = rule.month_day
    return parts


def _exception(series: SessionSeries, session: PeerSession) -> Event:
    event = _event(session, None)
    event["uid"] = vText(str(series.uid))
    del event["sequence"]
    # Not behind that of the event that repeats, or programs would take it for overtaken.
    event.add("sequence", series.sequence + session.sequence)
    event.add("recurrence-id", _occurs(session).astimezone(ZoneInfo(series.time_zone)))
    return event


def _differs(series: SessionSeries, session: PeerSession, model: PeerSession) -> bool:
    if session.is_cancelled or session.starts_at != session.occurs_at:
        return True
    if session.ends_at - session.starts_at != timedelta(minutes=series.minutes):
        return True
    return _facts(session) != _facts(model)


def _facts(session: PeerSession) -> tuple[str, ...]:
    """What an event says beside when, and where its page is."""
    if session.is_confidential:
        return (str(session.public_title),)
    return (session.title, session.description_text, session.place, str(session.meets_by_video))


def _occurs(session: PeerSession) -> datetime:
    if session.occurs_at is None:  # those of a `Recurring` follow its rule
        raise AssertionError
    return session.occurs_at


def _say(event: Event, session: PeerSession, url: str, leads: str) -> None:
    """What the event is about, as far as the world may know; `leads` is the sentence that leads to its page."""
    event.add("summary", str(session.public_title))
    event.add("url", url)
    event.add("description", _description(session, leads))
    if session.is_confidential:
        event.add("class", "PRIVATE")
    elif session.place:
        event.add("location", session.place)
    elif session.meets_by_video:
        event.add("location", _("En visioconférence"))
    event.add("organizer", _organizer(session))


def _dated_event(dated: Dated) -> Event:
    """A whole day, or the hour that ends at an instant; it takes nobody's time."""
    event = Event()
    url = f"{settings.PUBLIC_URL}{dated.path}"
    event.add("uid", str(uuid5(NAMESPACE_URL, f"{settings.PUBLIC_URL}/{dated.key}")))
    if isinstance(dated.on, datetime):
        event.add("dtstamp", _second(dated.on))
        event.add("dtstart", _second(dated.on))
        event.add("dtend", _second(dated.on))
    else:
        event.add("dtstamp", datetime.combine(dated.on, time(), tzinfo=UTC))
        event.add("dtstart", dated.on)
    event.add("summary", dated.title)
    event.add("transp", "TRANSPARENT")
    event.add("url", url)
    return event


def _description(session: PeerSession, leads: str) -> str:
    if session.is_confidential or not session.description_text:
        return leads
    return f"{session.description_text[:MAX_DESCRIPTION]}\n\n{leads}"


def _organizer(session: PeerSession) -> vCalAddress:
    """The platform's own address: nobody's private one."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = vText(session.network.name)
    return organizer


def _attendee(invited: User | PollGuest) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{invited.email}")
    # Who has a seat has accepted; a guest of a poll has named dates, no more.
    attendee.params["partstat"] = vText("ACCEPTED" if isinstance(invited, User) else "NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    return attendee


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
