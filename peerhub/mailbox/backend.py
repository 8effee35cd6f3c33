"""An e-mail backend that keeps each mail as a file instead of sending it."""

import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Keep mails in MAILBOX_DIR: one file each, whole or not at all. Refuses to be built in production."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently, **kwargs)
        if settings.PRODUCTION:
            raise ImproperlyConfigured("The demo's mailbox cannot exist in production: set EMAIL_URL.")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        kept = 0
        for email in email_messages:
            if email.recipients():
                _keep(folder, email.message().as_bytes())
                kept += 1
        return kept


def _keep(folder: Path, content: bytes) -> None:
    """Write a file whose name sorts by time; readers see it only when it is whole."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex}"
    partial = folder / f".{name}"
    try:
        partial.write_bytes(content)
        os.replace(partial, folder / f"{name}.eml")
    finally:
        partial.unlink(missing_ok=True)
