from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from peerhub.outbox.sweeping import sweep
from peerhub.people.models import User
from peerhub.people.services.circles import public_circle
from sessions.models import PeerSession, Reminder
from tests.builders import make_network, make_user
from tests.conftest import Browser
from tests.sessions.builders import confidential_circle, make_registration, make_session

pytestmark = pytest.mark.django_db


def administrator() -> User:
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=user.pk)


def test_the_command_reports_and_repairs_wrong_counts() -> None:
    session = make_session()
    make_registration(session)
    out = StringIO()
    call_command("repair_sessions", stdout=out)
    assert out.getvalue() == ""
    PeerSession.objects.filter(pk=session.pk).update(registered_count=4)
    with pytest.raises(SystemExit):
        call_command("repair_sessions", stdout=out)
    call_command("repair_sessions", "--write", stdout=out)
    assert out.getvalue() == f"session {session.pk}: counts 4, has 1\n" * 2
    call_command("repair_sessions")


def test_an_administrator_reads_metadata_and_never_what_a_circle_says(browser: Browser) -> None:
    network = make_network()
    canary: dict[str, Any] = {
        "title": "CANARI",
        "description": "CANARI",
        "place": "CANARI",
        "video_url": "https://canari.example.org",
    }
    secret = make_session(network, circle=confidential_circle(network), **canary)
    public = make_session(network, circle=public_circle(), title="Webinaire ouvert")
    make_registration(public)
    browser.as_user(administrator())
    pages = [
        reverse("admin:peer_sessions_peersession_changelist"),
        reverse("admin:peer_sessions_peersession_change", args=[secret.pk]),
        reverse("admin:peer_sessions_reminder_changelist"),
        reverse("admin:peer_sessions_reminder_change", args=[Reminder.objects.earliest("pk").pk]),
    ]
    bodies = [browser.get(page).content.decode() for page in pages]
    assert ["canari" in body.lower() for body in bodies] == [False] * 4
    assert "Webinaire ouvert" in bodies[0]
    assert browser.get(secret.get_absolute_url()).status_code == 404


def test_what_fails_holds_back_nothing_after_it(caplog: pytest.LogCaptureFixture) -> None:
    def act(number: int) -> int:
        if number == 2:
            raise RuntimeError("CANARI")
        return number

    assert sweep("count", act, [1, 2, 3]) == 4
    assert "CANARI" not in caplog.text
    (record,) = [one for one in caplog.records if one.message == "sweep.failed"]
    assert vars(record)["error"] == "RuntimeError"
