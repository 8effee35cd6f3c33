"""Sessions as iCalendar (RFC 5545): one session, a person's feed, and the parts of mails (RFC 5546).

What leaves the platform here is read by other programs and by whoever shares the calendar. So: no names of those who
come, never the video link (it opens on the session's page, to those registered), and of a confidential session that
it takes place, never what. Every byte is a function of the rows: the same session gives the same text, and an ETag.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from email.utils import parseaddr
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from peerhub.people.models import User
from sessions.models import PeerSession
from sessions.queries.calendars import Dated
from sessions.vtimezones import vtimezone

PRODID = "-//PeerHub//sessions//FR"
MIMETYPE = "text/calendar; charset=utf-8"
MAX_DESCRIPTION = 2_000


class Method(StrEnum):
    """What a calendar program does with it: take note, update an invitation, or strike it out."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def session_calendar(session: PeerSession, *, method: Method = Method.PUBLISH, attendee: User | None = None) -> bytes:
    """One session; needs `network` and `circle` loaded. `attendee` is the one recipient of a REQUEST or CANCEL mail,
    without whom calendar programs would not apply it; nobody else is ever named."""
    calendar = _calendar(method)
    _add_zones(calendar, [session])
    calendar.add_component(_event(session, attendee))
    return bytes(calendar.to_ical())


def feed_calendar(sessions: Iterable[PeerSession], *, name: str, dates: Iterable[Dated] = ()) -> bytes:
    """A feed, whose programs are asked to look again every hour."""
    sessions = list(sessions)
    calendar = _calendar(Method.PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval;value=duration", vText("PT1H"))
    calendar.add("x-published-ttl", vText("PT1H"))
    _add_zones(calendar, sessions)
    for session in sessions:
        calendar.add_component(_event(session, None))
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


def _add_zones(calendar: Calendar, sessions: list[PeerSession]) -> None:
    first_years: dict[str, int] = {}
    for session in sessions:
        # The year before too, so that an event in January has the rule that holds since autumn.
        year = session.starts_at.year - 1
        first_years[session.time_zone] = min(year, first_years.get(session.time_zone, year))
    for name in sorted(first_years):
        calendar.add_component(vtimezone(name, first_years[name]))


def _event(session: PeerSession, attendee: User | None) -> Event:
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
    event.add("summary", str(session.public_title))
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if session.is_cancelled else "OPAQUE")
    url = f"{settings.PUBLIC_URL}{session.get_absolute_url()}"
    event.add("url", url)
    event.add("description", _description(session, url))
    if session.is_confidential:
        event.add("class", "PRIVATE")
    elif session.place:
        event.add("location", session.place)
    elif session.video_url:
        event.add("location", _("En visioconférence"))
    event.add("organizer", _organizer(session))
    if attendee is not None:
        event.add("attendee", _attendee(attendee))
    return event


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


def _description(session: PeerSession, url: str) -> str:
    lines = [_("Tout ce qui concerne cette séance : %(url)s") % {"url": url}]
    if not session.is_confidential and session.description_text:
        lines.insert(0, session.description_text[:MAX_DESCRIPTION] + "\n")
    return "\n".join(lines)


def _organizer(session: PeerSession) -> vCalAddress:
    """The platform's own address: nobody's private one."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = vText(session.network.name)
    return organizer


def _attendee(user: User) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{user.email}")
    attendee.params["partstat"] = vText("ACCEPTED")
    attendee.params["rsvp"] = vText("FALSE")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    return attendee


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
