"""Reading the kept mails: lists from headers alone, one mail with its bodies and attachments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist

_KEY = re.compile(r"\d{8}T\d{12}-[0-9a-f]{32}")


class MailNotFound(ObjectDoesNotExist):
    pass


@dataclass(frozen=True)
class Attachment:
    """A part that is neither of the two bodies: `content` is decoded."""

    number: int
    filename: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Mail:
    key: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def to(self) -> str:
        return ", ".join(str(header) for name in ("To", "Cc") for header in self.message.get_all(name, []))

    @property
    def kept_at(self) -> datetime:
        return datetime.strptime(self.key[:21] + "+0000", "%Y%m%dT%H%M%S%f%z")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str | None:
        return self._body("plain")

    @property
    def html(self) -> str | None:
        return self._body("html")

    @cached_property
    def attachments(self) -> list[Attachment]:
        bodies = {id(self.message.get_body((kind,))) for kind in ("plain", "html")}
        others = [part for part in self.message.walk() if not part.is_multipart() and id(part) not in bodies]
        return [_attachment(number, part) for number, part in enumerate(others)]

    def _body(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        return None if part is None else str(part.get_content())


def _attachment(number: int, part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes) and part.get_content_maintype() == "text":
        content = re.sub(rb"\r?\n", b"\r\n", content)  # how text travels in a mail, which the parser undid
    extension = {"text/calendar": "ics"}.get(part.get_content_type(), part.get_content_subtype())
    return Attachment(
        number=number,
        filename=part.get_filename() or f"partie-{number + 1}.{extension}",
        content_type=part.get_content_type(),
        content=content if isinstance(content, bytes) else b"",
    )


def latest_mails(search: str = "") -> Iterator[Mail]:
    """Newest first, headers only; `search` keeps those whose addresses or subject hold the word."""
    word = search.casefold()
    for key in _keys():
        mail = _read(key, headers_only=True)
        if mail is not None and word in f"{mail.to} {mail.subject}".casefold():
            yield mail


def mail_for(key: str) -> Mail:
    """Raise MailNotFound for a key that no kept mail has."""
    mail = _read(key) if _KEY.fullmatch(key) else None
    if mail is None:
        raise MailNotFound(key)
    return mail


def _keys() -> list[str]:
    folder = Path(settings.MAILBOX_DIR)
    names = (path.stem for path in folder.glob("*.eml")) if folder.is_dir() else ()
    return sorted((name for name in names if _KEY.fullmatch(name)), reverse=True)


def _read(key: str, *, headers_only: bool = False) -> Mail | None:
    try:
        with (Path(settings.MAILBOX_DIR) / f"{key}.eml").open("rb") as file:
            message = BytesParser(EmailMessage, policy=policy.default).parse(file, headersonly=headers_only)
    except FileNotFoundError:
        return None
    return Mail(key, message)
