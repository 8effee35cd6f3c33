"""What providers are asked, by their own documentation; and what they can do to us: nothing."""

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as laws
from hypothesis import strategies as st

from sessions.enums import VideoProvider
from sessions.services.video import new_room_name
from sessions.video.adapters import ADAPTERS, adapter_for, configured_providers
from sessions.video.bigbluebutton import BigBlueButton, facts_of
from sessions.video.fetching import LARGEST, fetch
from sessions.video.jitsi import Jitsi
from sessions.video.provider import MARGIN, Meeting, ProviderDown, Visitor
from tests.sessions.video_servers import SECRET, video_server

NAMES = st.text(min_size=1, max_size=160)


def make_meeting(**facts: Any) -> Meeting:
    ends_at = timezone.now() + timedelta(hours=2)
    return Meeting(
        **{"room": new_room_name(), "title": "Séance", "ends_at": ends_at, "back_url": "https://x/", **facts}
    )


def read_token(token: str, secret: str) -> dict[str, Any]:
    """As RFC 7519 says, from the other side: the signature is verified before a word is read."""
    head, body, signature = token.split(".")

    def decoded(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    expected = hmac.digest(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256)
    assert hmac.compare_digest(decoded(signature), expected)
    assert json.loads(decoded(head)) == {"alg": "HS256", "typ": "JWT"}
    claims: dict[str, Any] = json.loads(decoded(body))
    return claims


# --- Names of rooms -----------------------------------------------------------------------------------------------


def test_names_of_rooms_cannot_be_guessed() -> None:
    names = [new_room_name() for _number in range(500)]
    assert len(set(names)) == 500
    # Letters alone: no key of a session is in them, and 26 ** 32 is more than 2 ** 150.
    assert [name for name in names if not re.fullmatch(r"[a-z]{32}", name)] == []
    assert {letter for name in names for letter in name} == set("abcdefghijklmnopqrstuvwxyz")


# --- Jitsi --------------------------------------------------------------------------------------------------------


@laws(max_examples=40)
@given(name=NAMES, title=NAMES, is_moderator=st.booleans(), minutes=st.integers(1, 60 * 24 * 31))
def test_token_opens_one_room_until_the_meeting_is_over(
    name: str, title: str, is_moderator: bool, minutes: int
) -> None:
    now = timezone.now()
    meeting = make_meeting(title=title, ends_at=now + timedelta(minutes=minutes))
    url = Jitsi("https://meet.example.org/", app_id="peerhub", secret="s3cret-canari").join_url(
        meeting, Visitor(name, is_moderator)
    )
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "meet.example.org", f"/{meeting.room}")
    claims = read_token(parse_qs(parts.query)["jwt"][0], "s3cret-canari")
    user = claims.pop("context")["user"]
    assert user == {
        "name": name,
        "moderator": "true" if is_moderator else "false",
        "affiliation": "owner" if is_moderator else "member",
    }
    assert {type(value) for value in user.values()} == {str}
    assert claims["exp"] == int((meeting.ends_at + MARGIN).timestamp())
    assert claims["nbf"] <= now.timestamp() < claims["exp"]
    facts = {key: claims[key] for key in ("aud", "iss", "sub", "room")}
    assert facts == {"aud": "jitsi", "iss": "peerhub", "sub": "meet.example.org", "room": meeting.room}
    assert set(claims) == {*facts, "exp", "nbf"}
    # The title is told to the browser alone, behind the #.
    shown = dict(one.split("=", 1) for one in parts.fragment.split("&"))
    assert {key: json.loads(unquote(value)) for key, value in shown.items()} == {
        "userInfo.displayName": name,
        "config.localSubject": title,
    }


def test_without_a_secret_there_is_no_token() -> None:
    meeting = make_meeting()
    url = Jitsi("https://meet.example.org", app_id="peerhub", secret="").join_url(meeting, Visitor("Awa", True))
    assert urlsplit(url).query == ""
    assert urlsplit(url).path == f"/{meeting.room}"


def test_jitsi_is_asked_whether_it_is_there() -> None:
    with video_server() as server:
        jitsi = Jitsi(server.url, app_id="peerhub", secret="")
        jitsi.make_room(make_meeting())
        server.says = (503, b"")
        with pytest.raises(ProviderDown, match=r"^status 503$"):
            jitsi.make_room(make_meeting())


# --- BigBlueButton ------------------------------------------------------------------------------------------------


@laws(max_examples=25)
@given(title=NAMES)
def test_checksum_and_facts_of_a_meeting_arrive_whatever_its_title(title: str) -> None:
    with video_server() as server:
        adapter = BigBlueButton(f"{server.url}/bigbluebutton/", secret=SECRET)
        meeting = make_meeting(title=title, back_url="https://peerhub.example.org/seances/7/")
        adapter.make_room(meeting)
        adapter.make_room(meeting)
        assert (server.wrong, server.calls) == ([], ["create", "create"])
        facts = server.rooms[meeting.room]
        assert facts["name"] == title[:64]
        rest = {key: value for key, value in facts.items() if key != "name"}
        assert rest == {
            "meetingID": meeting.room,
            "duration": "180",
            "meetingExpireWhenLastUserLeftInMinutes": "0",
            "record": "false",
            "allowStartStopRecording": "false",
            "logoutURL": "https://peerhub.example.org/seances/7/",
        }


@pytest.mark.parametrize(("is_moderator", "role"), [(True, "MODERATOR"), (False, "VIEWER")])
def test_join_is_signed_for_one_person(is_moderator: bool, role: str) -> None:
    meeting = make_meeting()
    adapter = BigBlueButton("https://bbb.example.org/bigbluebutton/api/", secret=SECRET)
    url = adapter.join_url(meeting, Visitor("Zoé d’Or & Cie", is_moderator))
    address, _mark, query = url.partition("?")
    assert address == "https://bbb.example.org/bigbluebutton/api/join"
    asked, _mark, checksum = query.rpartition("&checksum=")
    assert checksum == hashlib.sha256(f"join{asked}{SECRET}".encode()).hexdigest()
    assert parse_qs(asked) == {"meetingID": [meeting.room], "fullName": ["Zoé d’Or & Cie"], "role": [role]}
    assert SECRET not in url


def test_a_room_that_stands_is_left_as_it_is_by_old_servers_too() -> None:
    with video_server(is_old=True) as server:
        adapter = BigBlueButton(f"{server.url}/bigbluebutton", secret=SECRET)
        meeting = make_meeting()
        adapter.make_room(meeting)
        adapter.make_room(meeting)
        assert list(server.rooms) == [meeting.room]


def test_a_wrong_secret_is_a_provider_that_is_down() -> None:
    with video_server() as server:
        adapter = BigBlueButton(f"{server.url}/bigbluebutton", secret="another")
        with pytest.raises(ProviderDown, match=r"^checksumError$"):
            adapter.make_room(make_meeting())


BILLION = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<response><returncode>SUCCESS</returncode><x>&b;&b;&b;</x></response>"""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, b""), "not its answer"),
        ((200, b"<html><body>Bonjour</body></html>"), "not its answer"),
        ((200, b"<response><returncode>SUCCESS"), "not its answer"),
        ((200, BILLION), "not its answer"),
        ((200, b"<response><returncode>FAILED</returncode></response>"), "refused"),
        ((200, b"<response><messageKey>secret=1&amp;x</messageKey></response>"), "refused"),
        ((200, b"<response><a><returncode>SUCCESS</returncode></a></response>"), "refused"),
        ((200, b"<response>" + b" " * LARGEST + b"</response>"), "too large"),
        ((302, b""), "status 302"),
        ((500, b""), "status 500"),
    ],
)
def test_what_is_no_answer_is_a_provider_that_is_down(answer: tuple[int, bytes], why: str) -> None:
    """And nothing of it is repeated: what is said is a word of ours, or a key of its documentation."""
    with video_server(says=answer, headers={"Location": "http://127.0.0.1:9/"}) as server:
        adapter = BigBlueButton(f"{server.url}/bigbluebutton", secret=SECRET)
        with pytest.raises(ProviderDown, match=f"^{why}$"):
            adapter.make_room(make_meeting())
        assert server.calls == ["create"]


def test_answers_are_read_by_name_and_level() -> None:
    assert facts_of(b"<response> <a> 1 </a><b><a>2</a></b><c><![CDATA[3]]>4</c></response>") == {"a": "1", "c": "34"}


# --- Asking -------------------------------------------------------------------------------------------------------


def test_who_does_not_answer_in_time_is_down() -> None:
    with video_server(pause=1) as server, pytest.raises(ProviderDown, match=r"^TimeoutError$"):
        fetch(server.url, timeout=0.1)


def test_who_answers_drop_by_drop_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each drop comes in time, and the whole does not."""
    clock = iter([0.0, 1.0, 6.0, 7.0])
    monkeypatch.setattr("sessions.video.fetching.time", SimpleNamespace(monotonic=lambda: next(clock)))
    with video_server(says=(200, b" " * 20_000)) as server, pytest.raises(ProviderDown, match=r"^too slow$"):
        fetch(server.url)


def test_who_is_not_there_is_down() -> None:
    with video_server() as server:
        gone = server.url
    with pytest.raises(ProviderDown, match=r"^ConnectionRefusedError$"):
        fetch(f"{gone}/bigbluebutton/api/create?checksum=canari")


# --- What is configured -------------------------------------------------------------------------------------------


def test_only_what_is_configured_makes_rooms(settings: Any) -> None:
    assert set(ADAPTERS) == set(VideoProvider) - {VideoProvider.LINK}
    assert configured_providers() == []
    settings.VIDEO_BBB_URL = "https://bbb.example.org/bigbluebutton/"
    assert configured_providers() == []
    settings.VIDEO_BBB_SECRET = SECRET
    assert configured_providers() == [VideoProvider.BIG_BLUE_BUTTON]
    settings.VIDEO_JITSI_URL = "https://meet.example.org"
    assert configured_providers() == [VideoProvider.JITSI, VideoProvider.BIG_BLUE_BUTTON]
    assert isinstance(adapter_for("jitsi"), Jitsi)
    assert adapter_for("link") is None
