"""What one socket may ask, and what it gets."""

import json
from contextlib import suppress

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidStatus

from peerhub.live.consumer import MAX_GROUPS, REQUESTS_BURST, is_origin_allowed
from peerhub.live.publish import publish_on_commit
from tests.builders import make_user
from tests.live.conftest import Pages, Rights

SUBSCRIBED = {"type": "subscribed", "group": "testroom.1", "seq": None}


def refused(group: str, reason: str) -> dict[str, str]:
    return {"type": "refused", "group": group, "reason": reason}


def test_subscribe_answers_with_the_newest_sequence(open_page: Pages, rights: Rights) -> None:
    user = make_user()
    rights.allowed.add((user.pk, 1))
    rights.last_seq[1] = 41
    assert open_page(user).subscribe("testroom.1") == {**SUBSCRIBED, "seq": 41}
    assert rights.judged == [(user.pk, 1)]


def test_subscribe_refuses_whom_the_judge_refuses(open_page: Pages, rights: Rights) -> None:
    member, other = make_user(), make_user()
    rights.allowed.add((member.pk, 1))
    page = open_page(other)
    assert page.subscribe("testroom.1") == refused("testroom.1", "forbidden")
    publish_on_commit("testroom.1", "post.created", seq=1, data={"canary": True})
    assert page.hears_nothing()


def test_subscribe_is_open_to_the_anonymous_where_the_judge_says_so(open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    page = open_page()
    assert page.subscribe("testroom.1") == SUBSCRIBED
    assert page.subscribe("testroom.2") == refused("testroom.2", "forbidden")
    assert rights.judged == [(None, 1), (None, 2)]


STRANGE_COOKIES = ("unknown", "", "é" * 40, "=;=;", "x" * 500)


def test_subscribe_with_a_strange_cookie_is_anonymous(open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    for cookie in STRANGE_COOKIES:
        page = open_page(additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
        assert page.subscribe("testroom.1") == SUBSCRIBED
    # Who stays may be judged again meanwhile.
    assert set(rights.judged) == {(None, 1)}
    assert len(rights.judged) >= len(STRANGE_COOKIES)


def test_subscribe_as_an_inactive_person_is_anonymous(open_page: Pages, rights: Rights) -> None:
    user = make_user()
    rights.allowed.add((user.pk, 1))
    page = open_page(user)
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert page.subscribe("testroom.1") == refused("testroom.1", "forbidden")
    assert rights.judged == [(None, 1)]


UNKNOWN_GROUPS = (
    "", "testroom", "testroom.", "testroom.0", "testroom.-1", "testroom.1 ", "testroom.01", "testroom.1.2",
    "testroom." + "9" * 30, "testroom.١", "nothing.1", "TESTROOM.1", "testroom.1\n", "é" * 200,
)  # fmt: skip


def test_subscribe_refuses_an_unknown_group(open_page: Pages) -> None:
    page = open_page()
    assert [page.subscribe(group) for group in UNKNOWN_GROUPS] == [
        refused(group[:60], "unknown") for group in UNKNOWN_GROUPS
    ]


def test_half_a_pair_of_surrogates_is_an_unknown_group(open_page: Pages) -> None:
    assert open_page().subscribe("\ud800") == refused("?", "unknown")


def test_subscribe_twice_receives_once(open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    page = open_page()
    assert [page.subscribe("testroom.1") for _ in range(2)] == [SUBSCRIBED] * 2
    publish_on_commit("testroom.1", "post.created", seq=1)
    assert page.receive() == {"type": "event", "group": "testroom.1", "kind": "post.created", "seq": 1}
    assert page.hears_nothing()


def test_unsubscribe_stops_the_events(open_page: Pages, rights: Rights) -> None:
    rights.public |= {1, 2}
    page = open_page()
    page.subscribe("testroom.1")
    page.send({"type": "unsubscribe", "group": "testroom.1"})
    page.send({"type": "unsubscribe", "group": "testroom.7"})
    page.subscribe("testroom.2")
    publish_on_commit("testroom.1", "post.created", seq=1)
    publish_on_commit("testroom.2", "post.created", seq=5)
    assert page.receive()["seq"] == 5
    assert page.hears_nothing()


def test_subscribe_is_limited_in_groups(open_page: Pages, rights: Rights) -> None:
    rights.public |= set(range(1, MAX_GROUPS + 2))
    page = open_page()
    answers = [page.subscribe(f"testroom.{pk}")["type"] for pk in range(1, MAX_GROUPS + 1)]
    assert answers == ["subscribed"] * MAX_GROUPS
    assert page.subscribe(f"testroom.{MAX_GROUPS + 1}") == refused(f"testroom.{MAX_GROUPS + 1}", "limit")
    assert page.subscribe("testroom.1") == SUBSCRIBED


def test_requests_are_limited_in_rate(open_page: Pages) -> None:
    page = open_page()
    # The server may close before the last of them.
    with suppress(ConnectionClosed):
        for _ in range(REQUESTS_BURST + 5):
            page.send({"type": "unsubscribe", "group": "testroom.1"})
    assert page.close_code() == 4429


BAD_INPUT: tuple[tuple[str | bytes, int], ...] = (
    ("", 1007),
    ("{", 1007),
    ("null", 1007),
    ("[]", 1007),
    ('"subscribe"', 1007),
    ("{}", 1007),
    ('{"type":"subscribe"}', 1007),
    ('{"type":"subscribe","group":1}', 1007),
    ('{"type":"subscribe","group":["testroom.1"]}', 1007),
    ('{"type":"event","group":"testroom.1"}', 1007),
    ("[" * 1500, 1007),
    ("NaN", 1007),
    ("1" * 2000, 1007),
    (b'{"type":"subscribe","group":"testroom.1"}', 1003),
    (json.dumps({"type": "subscribe", "group": "x" * 2100}), 1009),
    ("é" * 1500, 1009),
)


def test_bad_input_closes_the_socket(open_page: Pages) -> None:
    codes = []
    for message, _ in BAD_INPUT:
        page = open_page()
        page.connection.send(message)
        codes.append(page.close_code())
    assert codes == [code for _, code in BAD_INPUT]


def test_a_judge_that_fails_opens_nothing(open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    rights.is_broken = True
    page = open_page()
    page.send({"type": "subscribe", "group": "testroom.1"})
    assert page.close_code() == 1011


FOREIGN_ORIGINS = (
    None, "", "http://evil.example", "null", "http://127.0.0.1:8000.evil.example", "file://", "http://[bad",
    "127.0.0.1:8000",
    "http://127.0.0.1", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://localhost:8000", "http://testserver",
)  # fmt: skip


def test_a_foreign_origin_is_refused(open_page: Pages) -> None:
    for origin in FOREIGN_ORIGINS:
        with pytest.raises(InvalidStatus) as refusal:
            open_page(origin=origin)
        assert refusal.value.response.status_code == 403


def test_other_origins_may_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LIVE_ALLOWED_ORIGINS", ["https://Pairs.example", "https://autre.example:8443"])
    allowed = ("https://pairs.example", "https://autre.example:8443")
    refused = ("http://pairs.example", "https://pairs.example:8443", "https://autre.example", "https://pairs.example/")
    assert [is_origin_allowed(origin) for origin in (*allowed, *refused)] == [True] * 2 + [False] * 4
