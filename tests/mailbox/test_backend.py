import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings

from peerhub.mailbox import mails
from peerhub.mailbox.backend import EmailBackend

BACKEND = "peerhub.mailbox.backend.EmailBackend"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = tmp_path / "mails"
    return tmp_path / "mails"


def _email(subject: str, *to: str) -> EmailMessage:
    return EmailMessage(subject, "Bonjour", "PeerHub <a@example.org>", list(to), connection=get_connection(BACKEND))


def test_backend_keeps_each_mail_in_one_whole_file(folder: Path) -> None:
    sent = EmailBackend().send_messages([_email("Un", "x@example.org"), _email("Deux", "y@example.org")])

    assert sent == 2
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2
    assert all(re.fullmatch(r"\d{8}T\d{12}-[0-9a-f]{32}\.eml", name) for name in names)
    assert [mail.subject for mail in mails.latest_mails()] == ["Deux", "Un"]


def test_backend_keeps_nothing_for_nobody(folder: Path) -> None:
    assert EmailBackend().send_messages([_email("Personne")]) == 0
    assert list(folder.iterdir()) == []


def test_backend_refuses_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="set EMAIL_URL"):
        EmailBackend()


def test_a_partial_file_is_not_a_mail(folder: Path) -> None:
    folder.mkdir()
    (folder / ".20260101T000000000000-0123456789abcdef0123456789abcdef").write_bytes(b"Subject: moit")
    assert list(mails.latest_mails()) == []
