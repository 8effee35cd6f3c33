from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from peerhub.mailbox import mails

HTML = '<p>Bonjour <script>parent.document.title = "x"</script><img src="https://ailleurs.example/pixel.gif"></p>'
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = tmp_path / "mails"


@pytest.fixture
def key() -> str:
    email = EmailMultiAlternatives(
        "Votre séance de demain",
        "Bonjour Solène, à demain.",
        "PeerHub <bonjour@example.org>",
        ["Solène <solene@example.org>"],
        headers={"X-Essai": "oui"},
        connection=get_connection("peerhub.mailbox.backend.EmailBackend"),
    )
    email.attach_alternative(HTML, "text/html")
    email.attach("seance.ics", ICS, "text/calendar")
    email.send()
    return next(mails.latest_mails()).key


def test_list_shows_who_and_what_newest_first(client: Client, key: str) -> None:
    page = client.get("/courriels/").content.decode()
    assert "Votre séance de demain" in page
    assert "solene@example.org" in page


@pytest.mark.parametrize(("search", "found"), [("SOLENE@", True), ("séance", True), ("marc@", False)])
def test_list_is_searched_by_address_and_subject(client: Client, key: str, search: str, found: bool) -> None:
    page = client.get("/courriels/", {"q": search}).content.decode()
    assert (reverse("mailbox:mail", args=[key]) in page) is found


def test_empty_list_says_what_brings_a_mail(client: Client) -> None:
    assert "demandez un code de connexion" in client.get("/courriels/").content.decode()


def test_mail_shows_text_headers_and_attachments(client: Client, key: str) -> None:
    page = client.get(reverse("mailbox:mail", args=[key])).content.decode()
    assert "Bonjour Solène, à demain." in page
    assert "X-Essai" in page
    assert "seance.ics" in page
    assert "parent.document.title" not in page, "the HTML body belongs in the frame"


def test_html_can_neither_run_nor_load_anything(client: Client, key: str) -> None:
    response = client.get(reverse("mailbox:mail-html", args=[key]))
    assert "<p>Bonjour " in response.content.decode()
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_only_the_mail_page_may_frame_and_only_ourselves(client: Client, key: str) -> None:
    response = client.get(reverse("mailbox:mail", args=[key]))
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-src" not in client.get("/courriels/")["Content-Security-Policy"]


def test_attachment_is_downloaded_as_it_was_sent(client: Client, key: str) -> None:
    response = client.get(reverse("mailbox:mail-attachment", args=[key, 0]))
    assert response.content == ICS
    assert response["Content-Type"] == "text/calendar"
    assert response["Content-Disposition"] == 'attachment; filename="seance.ics"'


@pytest.mark.parametrize(
    "path",
    [
        "/courriels/20260101T000000000000-0123456789abcdef0123456789abcdef/",
        "/courriels/passwd/",
        "/courriels/20260101T000000000000-0123456789abcdef0123456789abcdef/html/",
    ],
)
def test_unknown_mail_is_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_unknown_attachment_is_404(client: Client, key: str) -> None:
    assert client.get(reverse("mailbox:mail-attachment", args=[key, 1])).status_code == 404
