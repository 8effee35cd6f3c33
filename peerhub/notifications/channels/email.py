"""Notifications by e-mail: one at once, or a digest; text and HTML, in the recipient's language and zone."""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from peerhub.notifications.queries import Line
from peerhub.people.models import User

SUBJECT_MAX_LENGTH = 78
UNSUBSCRIBE_SALT = "notifications.unsubscribe"


def single_message(user: User, line: Line, delivery_id: int) -> EmailMultiAlternatives:
    """The mail of one notification."""
    return _single(user, line, f"delivery-{delivery_id}", {})


def review_message(user: User, line: Line) -> EmailMultiAlternatives:
    """The same mail for whoever reads it before it leaves: the links that act for its recipient only lead to a page."""
    page = absolute(reverse("notifications:preferences"))
    return _single(user, line, "review", {"unsubscribe_url": page})


def _single(user: User, line: Line, message_id: str, frame: dict[str, object]) -> EmailMultiAlternatives:
    with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
        context = {
            **line.subject.context,
            **_frame(user, line.kind.key),
            **frame,
            "subject": line.subject,
            "notification": line.notification,
            "kind": line.kind,
            "url": absolute(line.subject.url),
        }
        stem = f"emails/{line.kind.template_stem}"
        message = _message(user, stem, context, message_id=message_id)
        for attachment in line.subject.attachments():
            message.attach(attachment.filename, attachment.content, attachment.mimetype)
    return message


def digest_message(user: User, lines: Sequence[Line], delivery_id: int) -> EmailMultiAlternatives:
    """One mail for what waited, grouped by network, newest first. `lines` must not be empty."""
    with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
        groups: dict[str, list[dict[str, str]]] = {}
        for line in lines:
            network = line.notification.network
            sentence = render_to_string(
                f"notifications/{line.kind.template_stem}.html",
                {**line.subject.context, "notification": line.notification, "subject": line.subject},
            )
            entry = {"sentence": one_line(sentence), "url": absolute(line.subject.url)}
            groups.setdefault(network.name if network else "PeerHub", []).append(entry)
        context = {**_frame(user, ""), "groups": groups, "count": len(lines)}
        return _message(user, "emails/digest", context, message_id=f"digest-{delivery_id}")


def one_line(text: str) -> str:
    """A template's output on one line. The no-break spaces of French stay: `str.split` would take them for spaces."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def shortened(text: str) -> str:
    """Cut after a word, with « … » for the rest: what a telephone shows of a subject."""
    if len(text) <= SUBJECT_MAX_LENGTH:
        return text
    return text[: SUBJECT_MAX_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,:;«“\u00a0\u202f") + "…"


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def unsubscribe_token(user: User, kind_key: str) -> str:
    return signing.dumps([user.pk, kind_key], salt=UNSUBSCRIBE_SALT)


def read_unsubscribe_token(token: str) -> tuple[int, str]:
    """(user id, kind key, empty for all); raises `signing.BadSignature` for a token that is not ours."""
    user_id, kind_key = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    return int(user_id), str(kind_key)


def _frame(user: User, kind_key: str) -> dict[str, object]:
    return {
        "recipient": user,
        "language": user.language,
        "home_url": absolute(_path("portal:home")),
        "preferences_url": absolute(_path("notifications:preferences")),
        "unsubscribe_url": absolute(
            # A token holds nothing that an address would quote.
            _path("notifications:unsubscribe", "-").replace("/-/", f"/{unsubscribe_token(user, kind_key)}/")
        ),
    }


@lru_cache(maxsize=8)
def _path(name: str, *args: str) -> str:
    return reverse(name, args=args)


def _message(user: User, stem: str, context: dict[str, object], *, message_id: str) -> EmailMultiAlternatives:
    subject = shortened(one_line(render_to_string(f"{stem}.subject.txt", context)))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"{stem}.txt", context).strip() + "\n",
        to=[user.email],
        headers={
            # Deterministic: a mail that is sent again after a crash is recognised as the same one.
            "Message-ID": f"<{message_id}@{domain}>",
            "List-Unsubscribe": f"<{context['unsubscribe_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(render_to_string(f"{stem}.html", context), "text/html")
    return message
