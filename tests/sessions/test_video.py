"""The door of a session by video: who may enter and when, one room for all, and what is said when it is down."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peerhub.people.enums import MembershipStatus
from peerhub.people.models import User
from peerhub.people.services.circles import public_circle
from peerhub.people.services.memberships import end_membership
from sessions.enums import VideoProvider
from sessions.models import PeerSession, VideoRoom
from sessions.services.charters import accept_charter, write_charter
from sessions.services.registration import withdraw
from sessions.services.scheduling import cancel_session, move_session
from sessions.services.video import way_in
from tests.builders import make_animator, make_member, make_network, make_user
from tests.concurrency import at_once
from tests.conftest import Browser
from tests.sessions.builders import animator_of, confidential_circle, make_registration, make_session
from tests.sessions.video_servers import SECRET, VideoServer, video_server

pytestmark = pytest.mark.django_db
FALLBACK = "https://secours.example.org/canari"


@pytest.fixture
def server(settings: Any) -> Any:
    """A BigBlueButton server, configured."""
    with video_server() as made:
        settings.VIDEO_BBB_URL, settings.VIDEO_BBB_SECRET = f"{made.url}/bigbluebutton/", SECRET
        yield made


def shift(session: PeerSession, *, begins_in: timedelta) -> PeerSession:
    starts_at = timezone.now() + begins_in
    PeerSession.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    session.refresh_from_db()
    return session


def by_video(provider: str = VideoProvider.BIG_BLUE_BUTTON, **fields: Any) -> PeerSession:
    """A session whose room is open for ten minutes."""
    session = make_session(**fields)
    PeerSession.objects.filter(pk=session.pk).update(video_provider=provider)
    return shift(session, begins_in=timedelta(minutes=20))


def door(session: PeerSession) -> str:
    return reverse("sessions:video-join", args=[session.pk])


def joined(response: Any) -> dict[str, str]:
    """Whom the provider was told that it lets in, and where."""
    assert (response.status_code, response["Referrer-Policy"]) == (303, "no-referrer")
    assert "no-store" in response["Cache-Control"]
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


# --- Who, and when ------------------------------------------------------------------------------------------------


def test_the_door_opens_half_an_hour_before_and_closes_at_the_end(browser: Browser) -> None:
    session = make_session(video_url="https://visio.example.org/canari")
    people = [make_registration(session).user, animator_of(session.network)]
    shown = {}
    for minutes in (31, 29, -59, -61):
        shift(session, begins_in=timedelta(minutes=minutes))
        shown[minutes] = [browser.as_user(user).get(door(session)) for user in people]
    assert {minutes: [one.status_code for one in all_] for minutes, all_ in shown.items()} == {
        31: [403, 403],
        29: [303, 303],
        -59: [303, 303],
        -61: [403, 403],
    }
    assert [one["Location"] for one in shown[29]] == ["https://visio.example.org/canari"] * 2
    for minutes, sentence in ((31, "Le lien vidéo s’ouvrira ici"), (-61, "Cette séance est terminée.")):
        page = shown[minutes][0].content.decode()
        assert (sentence in page, "visio.example.org" in page) == (True, False)
    shift(session, begins_in=timedelta(minutes=31))
    other = browser.as_user(make_member(session.network).user).get(door(session)).content.decode()
    assert ("réservée aux personnes inscrites" in other, "s’ouvrira" in other) == (True, False)
    assert VideoRoom.objects.count() == 0


def test_nobody_else_gets_in_and_no_page_holds_the_address(browser: Browser, server: VideoServer) -> None:
    """Of a session that all the network sees: 403; of one in confidence: 404, for the administrator too."""
    session = by_video(video_url=FALLBACK)
    network = session.network
    left, gone = make_registration(session).user, make_registration(session).user
    shift(session, begins_in=timedelta(hours=2))
    withdraw(user=gone, session=session)
    end_membership(membership=left.memberships.get(), status=MembershipStatus.LEFT)
    shift(session, begins_in=timedelta(minutes=20))
    inside = make_registration(session).user
    others = {
        "member": make_member(network).user,
        "withdrawn": gone,
        "left": left,
        "stranger": make_user(),
        "animator of another network": make_animator(make_network()).user,
        "administrator": make_user(),
    }
    User.objects.filter(pk=others["administrator"].pk).update(is_staff=True, is_superuser=True)
    answers = {name: browser.as_user(user).get(door(session)) for name, user in others.items()}
    assert {name: one.status_code for name, one in answers.items()} == {
        "member": 403,
        "withdrawn": 403,
        "left": 404,
        "stranger": 404,
        "animator of another network": 404,
        "administrator": 404,
    }
    browser.logout()
    assert browser.get(door(session))["Location"].startswith(reverse("account_login"))
    assert (server.calls, VideoRoom.objects.count()) == ([], 0)
    room = joined(browser.as_user(inside).get(door(session)))["meetingID"]
    for user in (inside, *others.values()):
        browser.as_user(user)
        for address in (session.get_absolute_url(), reverse("sessions:session-list", args=[network.slug]), "/"):
            page = browser.get(address).content.decode()
            assert [secret for secret in (room, "canari", server.url) if secret in page] == []


def test_a_confidence_stays_closed_to_the_other_category_and_waits_for_the_charter(browser: Browser) -> None:
    network = make_network()
    elected, agent = make_member(network, category="elected").user, make_member(network, category="agent").user
    animator = animator_of(network)
    session = by_video(VideoProvider.LINK, network=network, circle=confidential_circle(network), video_url=FALLBACK)
    make_registration(session, elected)
    charter = write_charter(actor=animator, network=network, body="Ce qui se dit ici reste ici.")
    assert {browser.as_user(user).get(door(session)).status_code for user in (agent, animator)} == {404}
    refused = browser.as_user(elected).get(door(session))
    assert refused.status_code == 403
    assert "une fois la charte acceptée" in refused.content.decode()
    accept_charter(user=elected, network=network, version=charter.version)
    assert browser.get(door(session))["Location"] == FALLBACK


def test_a_cancelled_session_or_one_without_video_has_no_door(browser: Browser) -> None:
    cancelled, bare = by_video(video_url=FALLBACK), by_video(VideoProvider.LINK)
    for session, sentence in ((cancelled, "est annulée"), (bare, "pas de visioconférence")):
        user = make_registration(session).user
        cancel_session(actor=animator_of(cancelled.network), session=cancelled)
        response = browser.as_user(user).get(door(session))
        assert response.status_code == 403
        assert sentence in response.content.decode()


def test_who_facilitates_enters_without_a_seat_and_moderates(browser: Browser, server: VideoServer) -> None:
    session = by_video()
    facilitator, member = make_member(session.network).user, make_registration(session).user
    session.facilitators.add(facilitator)
    roles = {user.pk: joined(browser.as_user(user).get(door(session))) for user in (facilitator, member)}
    assert {pk: (one["role"], one["fullName"]) for pk, one in roles.items()} == {
        facilitator.pk: ("MODERATOR", facilitator.full_name),
        member.pk: ("VIEWER", member.full_name),
    }
    assert len({one["meetingID"] for one in roles.values()}) == 1


# --- One room -----------------------------------------------------------------------------------------------------


def test_the_room_is_made_late_and_asked_for_once_a_minute(
    browser: Browser, server: VideoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = by_video()
    browser.as_user(make_registration(session).user)
    browser.get(session.get_absolute_url())
    assert (server.calls, VideoRoom.objects.count()) == ([], 0)
    rooms = [joined(browser.get(door(session)))["meetingID"] for _time in range(3)]
    assert (server.calls, set(rooms)) == (["create"], set(server.rooms))
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    # A server that was restarted meanwhile has forgotten it.
    server.rooms.clear()
    assert joined(browser.get(door(session)))["meetingID"] in server.rooms
    assert (server.calls, len({*rooms, *server.rooms})) == (["create"] * 2, 1)
    assert server.wrong == []


@pytest.mark.django_db(transaction=True)
def test_twenty_who_come_at_once_are_in_one_room(server: VideoServer) -> None:
    session = by_video()
    people = [make_registration(session).user for _number in range(20)]
    server.pause = 0.2

    def enter(number: int) -> str:
        seen = PeerSession.objects.select_related("network", "circle").get()
        return way_in(user=people[number], session=seen).url

    urls = at_once(20, enter)
    facts = [parse_qs(urlsplit(url).query) for url in urls]
    assert {one["fullName"][0] for one in facts} == {user.full_name for user in people}
    assert {one["meetingID"][0] for one in facts} == {VideoRoom.objects.get().name}
    assert server.calls == ["create"]


def test_a_provider_learns_no_confidential_title(browser: Browser, server: VideoServer) -> None:
    network = make_network()
    elected = make_member(network, category="elected").user
    session = by_video(network=network, circle=confidential_circle(network), title="Crise CANARI", description="CANARI")
    make_registration(session, elected)
    for language in ("en", "fr"):
        User.objects.filter(pk=elected.pk).update(language=language)
        VideoRoom.objects.all().delete()
        joined(browser.as_user(elected).get(door(session)))
    # In one language, whoever comes first: another name would be another meeting.
    assert {one["name"] for one in server.rooms.values()} == {f"Séance confidentielle · {network.name}"[:64]}
    assert "canari" not in str(server.rooms).lower()
    assert elected.email not in str(server.rooms)


def test_a_session_that_moves_or_changes_provider_has_another_room(
    browser: Browser, server: VideoServer, settings: Any
) -> None:
    session = by_video()
    browser.as_user(make_registration(session).user)
    first = joined(browser.get(door(session)))["meetingID"]
    move_session(
        actor=animator_of(session.network),
        session=session,
        starts_at=session.starts_at + timedelta(days=1),
        ends_at=session.ends_at + timedelta(days=1),
        time_zone=session.time_zone,
        place="",
        video_url="",
    )
    shift(session, begins_in=timedelta(minutes=20))
    second = joined(browser.get(door(session)))["meetingID"]
    settings.VIDEO_JITSI_URL = server.url
    PeerSession.objects.filter(pk=session.pk).update(video_provider=VideoProvider.JITSI)
    third = urlsplit(browser.get(door(session))["Location"]).path.strip("/")
    assert len({first, second, third}) == 3
    assert VideoRoom.objects.get().name == third


# --- When it does not answer ----------------------------------------------------------------------------------------


def test_a_provider_that_is_down_gives_way_to_the_fallback(
    browser: Browser, server: VideoServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    session = by_video(video_url=FALLBACK)
    browser.as_user(make_registration(session).user)
    server.says = (500, b"canari")
    pages = [browser.get(door(session)) for _time in range(3)]
    assert [one.status_code for one in pages] == [200] * 3
    assert "voici le lien de secours" in pages[0].content.decode()
    assert f'href="{FALLBACK}"' in pages[0].content.decode()
    assert (pages[0]["Referrer-Policy"], "no-store" in pages[0]["Cache-Control"]) == ("no-referrer", True)
    # It is left in peace for a while: those who come meanwhile wait for nothing.
    assert server.calls == ["create"]
    assert VideoRoom.objects.get().failed_at is not None
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == ["video.provider_down"]
    assert [word for word in (SECRET, "canari", "checksum", VideoRoom.objects.get().name) if word in caplog.text] == []
    server.says = None
    later = timezone.now() + timedelta(seconds=30)
    monkeypatch.setattr(timezone, "now", lambda: later)
    joined(browser.get(door(session)))
    assert VideoRoom.objects.get().failed_at is None


@pytest.mark.parametrize("is_configured", [True, False])
def test_without_a_fallback_it_says_so_and_when_to_come_back(
    browser: Browser, server: VideoServer, settings: Any, is_configured: bool
) -> None:
    """Whether it is down, or has been taken away from the settings since."""
    session = by_video()
    browser.as_user(make_registration(session).user)
    server.says = (404, b"")
    if not is_configured:
        settings.VIDEO_BBB_SECRET = ""
    response = browser.get(door(session))
    assert (response.status_code, response["Retry-After"]) == (503, "20")
    assert "La salle ne répond pas" in response.content.decode()
    assert f'href="{door(session)}"' in response.content.decode()


def test_jitsi_makes_a_room_by_its_name(browser: Browser, settings: Any) -> None:
    session = by_video(VideoProvider.JITSI)
    user = make_registration(session).user
    with video_server() as jitsi:
        settings.VIDEO_JITSI_URL, settings.VIDEO_JITSI_SECRET = jitsi.url, "s3cret-canari"
        response = browser.as_user(user).get(door(session))
        assert set(joined(response)) == {"jwt"}
        assert urlsplit(response["Location"]).path == f"/{VideoRoom.objects.get().name}"
        assert jitsi.calls == [""]
    VideoRoom.objects.update(made_at=None)
    assert browser.get(door(session)).status_code == 503


# --- On pages -----------------------------------------------------------------------------------------------------


def test_pages_say_that_there_is_a_video_before_there_is_a_room(browser: Browser, server: VideoServer) -> None:
    session = shift(by_video(circle=public_circle()), begins_in=timedelta(days=2))
    user = make_registration(session).user
    calendar = browser.get(reverse("sessions:session-ics", args=[session.pk])).content.decode()
    assert ("En visioconférence" in calendar, server.url in calendar) == (True, False)
    assert "montré aux personnes inscrites" in browser.get(session.get_absolute_url()).content.decode()
    page = browser.as_user(user).get(session.get_absolute_url()).content.decode()
    assert "Le lien vidéo s’ouvrira ici" in page
    # For who waits on the page: the button stands in a template until its hour.
    waiting = re.findall(r'<opening-door data-at="([^"]+)" role="status"><template>(.*?)</template>', page)
    assert [datetime.fromisoformat(at) for at, _button in waiting] == [session.link_opens_at]
    assert page.count(door(session)) == waiting[0][1].count(f'href="{door(session)}"') == 1
    member = browser.as_user(make_member(session.network).user).get(session.get_absolute_url()).content.decode()
    assert door(session) not in member
    browser.as_user(user)
    shift(session, begins_in=timedelta(minutes=20))
    page = browser.get(session.get_absolute_url()).content.decode()
    assert f'href="{door(session)}" rel="noreferrer"' in page
    assert "<opening-door" not in page
    animator = browser.as_user(animator_of(session.network)).get(session.get_absolute_url()).content.decode()
    assert "Ni lieu ni lien vidéo" not in animator


def test_the_door_costs_few_reads(browser: Browser, server: VideoServer) -> None:
    session = by_video()
    user = make_registration(session).user
    session = PeerSession.objects.select_related("network", "circle").get(pk=session.pk)
    way_in(user=user, session=session)
    with CaptureQueriesContext(connection) as captured:
        way_in(user=user, session=session)
    assert len(captured) == 4
