"""Nobody misses a session because of us: from the seat that one takes to the reminder in the mail page, when its
time has come, by the tasks that the workers run."""

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.utils import timezone
from playwright.sync_api import Page, expect

from sessions.models import PeerSession, Reminder
from sessions.services.reminders import DAY_BEFORE, HOUR_BEFORE
from tests.browser.conftest import Visitors
from tests.browser.site import work
from tests.builders import make_member, make_network, make_user
from tests.sessions.builders import make_session

PARIS = ZoneInfo("Europe/Paris")
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FRENCH_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def at_two_in_paris() -> datetime:
    """In three days, at 14:00 in Paris."""
    day = timezone.now().astimezone(PARIS).date() + timedelta(days=3)
    return datetime.combine(day, time(14), tzinfo=PARIS)


def mails(page: Page, address: str) -> list[str]:
    """The subjects of this person's mails, as the mail page shows them: newest first."""
    page.goto(f"/courriels/?q={address}")
    return [" ".join(text.split()) for text in page.locator("main .items .item__title").all_inner_texts()]


def make_due(session: PeerSession, offset: int) -> None:
    """Its time has come: a second ago."""
    due = Reminder.objects.filter(session=session, offset_minutes=offset, skipped_reason="", sent_at=None)
    assert due.update(due_at=timezone.now() - timedelta(seconds=1)) == 1


def calendar_of(page: Page, folder: Path) -> vobject.base.Component:
    with page.expect_download() as download:
        page.get_by_role("link", name=".ics").click()
    path = folder / "mail.ics"
    download.value.save_as(path)
    return vobject.readOne(path.read_bytes().decode())


@pytest.mark.parametrize("offset", [DAY_BEFORE, HOUR_BEFORE])
@pytest.mark.parametrize(
    ("language", "zone", "clock", "days"),
    [("fr", "Europe/Paris", "14 h", FRENCH_DAYS), ("en", "Indian/Reunion", "{hour}:00", ENGLISH_DAYS)],
)
def test_one_reminder_comes_in_her_language_and_zone_with_a_calendar_that_others_read(
    visit: Visitors, tmp_path: Path, language: str, zone: str, clock: str, days: tuple[str, ...], offset: int
) -> None:
    starts_at = at_two_in_paris()
    there = starts_at.astimezone(ZoneInfo(zone))
    network = make_network(name="Catalyseurs")
    her = make_user(given_name="Maïmouna", language=language, time_zone=zone)
    make_member(network, her, category="elected")
    session = make_session(network, title="Cantines : un an après", starts_at=starts_at, place="Salle des fêtes")
    page = visit(her, locale=f"{language}-FR")
    page.goto(session.get_absolute_url())
    page.locator("#places form button").click()
    expect(page.locator("live-seats[data-mine]")).to_be_visible()
    work()
    before = mails(page, her.email)
    assert len(before) == 1  # her seat is confirmed, and nothing is due

    make_due(session, offset)
    work()
    work()
    subjects = mails(page, her.email)
    assert subjects[1:] == before
    assert "Cantines : un an après" in subjects[0].replace("\xa0", " ")

    page.locator("main .items a").first.click()
    text = page.locator("pre.mail-text").inner_text().replace("\xa0", " ")
    assert re.search(rf"\b{days[there.weekday()]} {there.day} ", text, re.IGNORECASE), text
    assert clock.format(hour=there.hour) in text
    frame = page.frame_locator("iframe.mail-frame")
    expect(frame.locator("html")).to_have_attribute("lang", language)
    calendar = calendar_of(page, tmp_path)
    event = calendar.vevent
    assert calendar.method.value == "PUBLISH"
    assert event.summary.value == "Cantines : un an après"
    assert event.dtstart.value.astimezone(UTC) == starts_at.astimezone(UTC)
    assert event.dtend.value - event.dtstart.value == timedelta(hours=2)
    assert event.location.value == "Salle des fêtes"
