"""Mails to the guests of a date poll, who have no account: no preferences, no page of their own but the signed link.

Of a confidential poll, they say that there is one, and when; never what for.
"""

from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from peerhub.notifications.channels.email import absolute, one_line, shortened
from peerhub.ui.times import in_words, zone_label
from sessions import when
from sessions.calendars import Method, file_name, session_calendar
from sessions.models import PollGuest
from sessions.services.poll_guests import link_token

# An invitation that later ones of the same UID update, or strike out.
METHODS = {"closed": Method.REQUEST, "moved": Method.REQUEST, "called_off": Method.CANCEL}


def send_to_guest(guest: PollGuest, what: str, wave: str) -> None:
    """Send one; `what` is that of `PollGuestToTell`; what is about the session holds its `.ics`. Needs the poll with
    its network, circle and session. Raises what the mail server raises: the outbox tries again."""
    zone = guest.poll.time_zone
    with translation.override(settings.LANGUAGE_CODE), timezone.override(ZoneInfo(zone)):
        message_of(guest, what, wave).send()


def message_of(guest: PollGuest, what: str, wave: str) -> EmailMultiAlternatives:
    poll = guest.poll
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    context = {
        "what": what,
        "name": guest.name,
        "title": str(poll.session.public_title if poll.session and not poll.is_confidential else poll.public_title),
        "network_name": poll.network.name,
        "is_confidential": poll.is_confidential,
        "deadline": in_words(poll.closes_at) if poll.closes_at else "",
        "zone": zone_label(poll.time_zone),
        "span": when.span(poll.session.starts_at, poll.session.ends_at, poll.time_zone) if poll.session else "",
        "url": absolute(reverse("sessions:poll-guest", args=[link_token(guest)])),
        "language": settings.LANGUAGE_CODE,
    }
    message = EmailMultiAlternatives(
        subject=shortened(one_line(render_to_string("emails/sessions/poll_guest.subject.txt", context))),
        body=render_to_string("emails/sessions/poll_guest.txt", context).strip() + "\n",
        to=[guest.email],
        headers={
            # Deterministic: a mail that is sent again after a crash is recognised as the same one.
            "Message-ID": f"<poll-guest-{guest.pk}-{what}-{wave or 0}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(render_to_string("emails/sessions/poll_guest.html", context), "text/html")
    method = METHODS.get(what)
    # A session that was opened since has a title, which is not for the guests of a poll in confidence.
    if method and poll.session and poll.session.is_confidential >= poll.is_confidential:
        calendar = session_calendar(poll.session, method=method, attendee=guest)
        message.attach(file_name(poll.session), calendar, f"text/calendar; method={method}")
    return message
