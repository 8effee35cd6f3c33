"""Who waits on the page of a session sees its door open."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.builders import make_network
from tests.sessions.builders import make_registration, make_session


def test_the_door_opens_under_the_eyes_of_who_waits(site: Site, visit: Visitors) -> None:
    network = make_network()
    session = make_session(
        network, starts_at=timezone.now() + timedelta(minutes=40), video_url="https://visio.example/x"
    )
    page = visit.on_phone(make_registration(session).user)
    page.clock.install()
    page.goto(session.get_absolute_url())
    expect(page.get_by_text("Le lien vidéo s’ouvrira ici")).to_be_visible()
    door = page.get_by_role("link", name="Rejoindre la visio")
    expect(door).to_have_count(0)
    page.clock.fast_forward("11:00")
    expect(door).to_be_visible()
    # The clock of the server says who enters: here, ten minutes are still to go.
    door.click()
    expect(page.get_by_role("heading", name="La visioconférence")).to_be_visible()
    expect(page.get_by_text("Le lien vidéo s’ouvrira ici")).to_be_visible()
