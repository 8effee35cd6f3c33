"""Who reads and who writes: told to the circle, once for each person, seldom, and by no process that died."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from peerhub.live import presence
from peerhub.live.presence import NAMED_ROOM, NAMES, WRITING_SECONDS, presence_frame, room_key
from peerhub.live.publish import recheck_group_on_commit, recheck_on_commit
from peerhub.people.models import User
from tests.builders import make_user
from tests.live.conftest import LiveServer, Pages, Rights, until
from tests.live.wire import Page

ROOM = "testroom.1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(presence, "FRAME_SECONDS", 0.1)


@pytest.fixture
def people(rights: Rights) -> list[User]:
    people = [make_user(given_name=name) for name in ("Ana", "Bo", "Cy")]
    rights.allowed |= {(user.pk, 1) for user in people}
    rights.names = {(user.pk, 1): f"{user.given_name} T." for user in people}
    return people


def enter(page: Page, state: str = "reading") -> None:
    assert page.subscribe(ROOM)["type"] == "subscribed"
    say(page, state)


def say(page: Page, state: str) -> None:
    page.send({"type": "presence", "group": ROOM, "state": state})


def told(page: Page, readers: list[str], writers: list[str] | None = None) -> dict[str, Any]:
    """Reads on until the page is told this."""
    while True:
        frame = page.receive()
        names = [[name for _, name in frame.get(kind, [])] for kind in ("readers", "writers")]
        if frame["type"] == "presence" and names == [readers, writers or []]:
            assert (frame["count"], frame["writing"]) == (len(readers), len(writers or []))
            return frame


def test_those_who_read_see_each_other_come_and_go(open_page: Pages, people: list[User]) -> None:
    first, second = open_page(people[0]), open_page(people[1], language="en")
    enter(first)
    assert told(first, ["Ana T."])["readers"] == [[people[0].pk, "Ana T."]]
    enter(second)
    for page in (first, second):
        told(page, ["Ana T.", "Bo T."])
    second.connection.close()
    told(first, ["Ana T."])


def test_several_tabs_are_one_person_and_the_last_to_go_counts(open_page: Pages, people: list[User]) -> None:
    watching = open_page(people[0])
    enter(watching)
    tabs = [open_page(people[1]), open_page(people[1])]
    for tab in tabs:
        enter(tab)
    told(watching, ["Ana T.", "Bo T."])
    say(tabs[0], "away")
    assert watching.hears_nothing()
    tabs[1].connection.close()
    told(watching, ["Ana T."])


def test_whoever_writes_is_told_until_the_page_falls_silent(
    open_page: Pages, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "WRITING_SECONDS", 0.6)
    watching, writing = open_page(people[0]), open_page(people[1])
    enter(watching)
    enter(writing, "writing")
    told(watching, ["Ana T.", "Bo T."], ["Bo T."])
    began = time.monotonic()
    for _ in range(4):
        time.sleep(0.3)
        say(writing, "writing")
    told(watching, ["Ana T.", "Bo T."])
    assert time.monotonic() - began > 1.2
    say(writing, "writing")
    told(watching, ["Ana T.", "Bo T."], ["Bo T."])
    say(writing, "reading")
    told(watching, ["Ana T.", "Bo T."])


def test_whoever_hides_sees_others_and_is_not_seen(open_page: Pages, people: list[User], rights: Rights) -> None:
    rights.names[people[1].pk, 1] = ""
    watching, hidden = open_page(people[0]), open_page(people[1])
    enter(hidden, "writing")
    enter(watching)
    for page in (watching, hidden):
        told(page, ["Ana T."])
    assert watching.hears_nothing()


def test_hiding_while_one_reads_is_seen_by_the_others(open_page: Pages, people: list[User], rights: Rights) -> None:
    watching, hiding = open_page(people[0]), open_page(people[1])
    for page in (watching, hiding):
        enter(page)
    told(watching, ["Ana T.", "Bo T."])
    rights.names[people[1].pk, 1] = ""
    recheck_on_commit(people[1].pk)
    told(watching, ["Ana T."])
    told(hiding, ["Ana T."])


def test_a_removed_person_disappears_and_is_told_nothing_more(
    open_page: Pages, people: list[User], rights: Rights
) -> None:
    watching, removed = open_page(people[0]), open_page(people[1])
    for page in (watching, removed):
        enter(page)
    told(watching, ["Ana T.", "Bo T."])
    told(removed, ["Ana T.", "Bo T."])
    rights.allowed.remove((people[1].pk, 1))
    recheck_on_commit(people[1].pk)
    assert removed.receive() == {"type": "refused", "group": ROOM, "reason": "forbidden"}
    told(watching, ["Ana T."])
    say(removed, "writing")
    third = open_page(people[2])
    enter(third)
    told(watching, ["Ana T.", "Cy T."])
    assert removed.hears_nothing()


def test_a_room_that_opens_to_all_tells_nobody_any_more(
    open_page: Pages, people: list[User], rights: Rights, redis_client: redis.Redis
) -> None:
    page = open_page(people[0])
    enter(page)
    told(page, ["Ana T."])
    rights.public.add(1)
    rights.names.clear()
    recheck_group_on_commit(ROOM)
    until(lambda: redis_client.zcard(room_key(ROOM)) == 0)
    say(page, "writing")
    assert page.hears_nothing()
    assert redis_client.zcard(room_key(ROOM)) == 0


def test_the_anonymous_and_who_did_not_enter_are_told_nothing(
    open_page: Pages, people: list[User], rights: Rights
) -> None:
    rights.public.add(1)
    rights.names[0, 1] = "Nobody"
    anonymous, outside, inside = open_page(), open_page(people[1]), open_page(people[0])
    for page in (anonymous, outside):
        page.subscribe(ROOM)
    say(anonymous, "writing")
    enter(inside)
    told(inside, ["Ana T."])
    assert anonymous.hears_nothing()
    assert outside.hears_nothing()


def test_before_the_subscription_presence_says_nothing(
    open_page: Pages, people: list[User], redis_client: redis.Redis
) -> None:
    page = open_page(people[0])
    say(page, "reading")
    assert page.hears_nothing()
    assert redis_client.exists(room_key(ROOM)) == 0


@pytest.fixture
def other_process(live: LiveServer) -> Iterator[LiveServer]:
    other = LiveServer()
    other.start()
    yield other
    if other.thread.is_alive():
        other.stop()


def test_two_processes_agree(
    open_page: Pages, people: list[User], other_process: LiveServer, redis_client: redis.Redis
) -> None:
    elsewhere = Pages(other_process)
    here, there = open_page(people[0]), elsewhere(people[1])
    both = elsewhere(people[0])
    for page in (here, there, both):
        enter(page)
    assert told(here, ["Ana T.", "Bo T."]) == told(there, ["Ana T.", "Bo T."])
    assert redis_client.zcard(room_key(ROOM)) == 3
    # Where it stops, its people leave at once; the person of both stays.
    other_process.stop()
    told(here, ["Ana T."])


def test_entries_of_a_process_that_died_expire(
    open_page: Pages, people: list[User], redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "REFRESH_SECONDS", 0.2)
    dead = json.dumps(["r", "dead", people[1].pk, "Bo T."], separators=(",", ":"))
    redis_client.zadd(room_key(ROOM), {dead: time.time() + 0.5})
    page = open_page(people[0])
    enter(page)
    told(page, ["Ana T.", "Bo T."])
    told(page, ["Ana T."])


def test_our_entries_are_kept_alive_and_have_an_end(
    open_page: Pages, people: list[User], redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "REFRESH_SECONDS", 0.2)
    monkeypatch.setattr(presence, "READING_SECONDS", 1.0)
    page = open_page(people[0])
    enter(page)
    told(page, ["Ana T."])
    time.sleep(1.5)
    assert page.hears_nothing()
    assert 0 < redis_client.pttl(room_key(ROOM)) <= 1000


def test_a_crowd_is_told_seldom_and_only_counted(
    open_page: Pages, rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "FRAME_SECONDS", 1.0)
    crowd = [make_user() for _ in range(NAMED_ROOM + 1)]
    rights.allowed |= {(user.pk, 1) for user in crowd}
    rights.names = {(user.pk, 1): "X" for user in crowd}
    first = open_page(crowd[0])
    enter(first)
    began = time.monotonic()
    frames: list[dict[str, Any]] = []
    for user in crowd[1:]:
        enter(open_page(user))
    while not frames or frames[-1]["count"] <= NAMED_ROOM:
        frames.append(first.receive())
    assert len(frames) <= 2 + (time.monotonic() - began)
    assert frames[-1] == {"type": "presence", "group": ROOM, "count": NAMED_ROOM + 1, "writing": 0}


def test_frames_name_the_first_only_and_no_writer_who_left() -> None:
    entries = [json.dumps(["r", "p", pk, f"N{pk:02}"]) for pk in range(20)] + [json.dumps(["w", "p", 99, "Z"])]
    frame = json.loads(presence_frame(ROOM, entries))
    assert [name for _, name in frame["readers"]] == [f"N{pk:02}" for pk in range(NAMES)]
    assert (frame["count"], frame["writing"], frame["writers"]) == (20, 0, [])


def test_a_page_says_that_someone_writes_more_often_than_it_is_forgotten() -> None:
    """The throttle of the element (elements/live-presence.js) and the memory of the process belong together."""
    assert WRITING_SECONDS >= 2 * 3.5
