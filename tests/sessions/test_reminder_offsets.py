"""Reminders that each session chooses: a week, a day and an hour before, unless it says otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from peerhub.people.errors import DomainError
from sessions.models import PeerSession, Reminder
from sessions.services.reminders import DAY_BEFORE, HOUR_BEFORE, WEEK_BEFORE, deliver_due
from sessions.services.scheduling import change_reminders
from tests.conftest import Browser
from tests.sessions.builders import animator_of, make_registration, make_session
from tests.sessions.test_reminders import bring_forward

pytestmark = pytest.mark.django_db


def states(session: PeerSession) -> dict[int, str]:
    rows = Reminder.objects.filter(session=session)
    return {row.offset_minutes: row.skipped_reason or ("sent" if row.sent_at else "pending") for row in rows}


def test_a_session_reminds_a_week_a_day_and_an_hour_before() -> None:
    session = make_session(reminder_minutes=[WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE])
    make_registration(session)
    assert states(session) == {10080: "pending", 1440: "pending", 60: "pending"}
    bring_forward(session, timedelta(days=6, hours=23))
    assert (deliver_due(), states(session)) == (1, {10080: "sent", 1440: "pending", 60: "pending"})
    bring_forward(session, timedelta(minutes=30))
    assert deliver_due() == 2
    assert states(session) == {10080: "sent", 1440: "merged", 60: "sent"}


def test_what_is_no_longer_wanted_is_set_aside_and_what_is_new_is_planned() -> None:
    session = make_session(reminder_minutes=[DAY_BEFORE, HOUR_BEFORE])
    make_registration(session)
    actor = animator_of(session.network)
    change_reminders(actor=actor, session=session, reminder_minutes=[2880, 60], reminder_note="")
    assert states(session) == {2880: "pending", 1440: "not_wanted", 60: "pending"}
    change_reminders(actor=actor, session=session, reminder_minutes=[1440], reminder_note="")
    assert states(session) == {2880: "not_wanted", 1440: "pending", 60: "not_wanted"}
    with pytest.raises(DomainError):
        change_reminders(actor=actor, session=session, reminder_minutes=[0], reminder_note="")
    with pytest.raises(DomainError):
        change_reminders(actor=actor, session=session, reminder_minutes=range(1, 7), reminder_note="")


def test_the_form_sets_them(browser: Browser) -> None:
    session = make_session(reminder_minutes=[DAY_BEFORE], reminder_note="Apporter un cas")
    page = browser.as_user(animator_of(session.network)).get(f"/seances/{session.pk}/modifier/")
    form = page.context["form"]
    assert (form["reminder_minutes"].value(), form["reminder_note"].value()) == ([1440], "Apporter un cas")
    local = timezone.localtime(session.starts_at)
    data = {
        "title": session.title,
        "format": session.format,
        "starts_on": local.date().isoformat(),
        "starts_time": f"{local:%H:%M}",
        "ends_time": f"{timezone.localtime(session.ends_at):%H:%M}",
        "ends_on": timezone.localtime(session.ends_at).date().isoformat(),
        "time_zone": "Europe/Paris",
        "reminder_minutes": ["10080", "60"],
        "reminder_note": "Lire  le compte rendu",
    }
    assert browser.post(f"/seances/{session.pk}/modifier/", data).status_code == 303
    session.refresh_from_db()
    assert (session.reminder_minutes, session.reminder_note) == ([10080, 60], "Lire le compte rendu")
