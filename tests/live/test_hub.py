"""Events that reach the pages, and those that must not."""

import asyncio
import json
import socket
import time
from contextlib import suppress

import pytest
import redis
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from websockets.asyncio.client import connect
from websockets.sync.client import connect as connect_sync

from peerhub.live import hub
from peerhub.live.consumer import BACKLOG_FRAMES
from peerhub.live.frames import channel
from peerhub.live.publish import (
    end_session,
    publish_on_commit,
    recheck_group_on_commit,
    recheck_on_commit,
)
from peerhub.people.models import User
from tests.builders import make_user
from tests.live.conftest import ORIGIN, LiveServer, Pages, Rights, until
from tests.live.wire import Page


def event(seq: int, html: str | None = None, group: str = "testroom.1") -> dict[str, object]:
    frame: dict[str, object] = {"type": "event", "group": group, "kind": "post.created", "seq": seq}
    return frame if html is None else {**frame, "html": html}


def test_each_language_receives_its_own_fragment(open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    pages = [open_page(language=language) for language in ("fr", "en", "fr", "xx")]
    for page in pages:
        page.subscribe("testroom.1")
    publish_on_commit("testroom.1", "post.created", seq=3, html={"fr": "<p>Été</p>", "en": "<p>Summer</p>"})
    publish_on_commit("testroom.1", "post.created", seq=4)
    expected = ["<p>Été</p>", "<p>Summer</p>", "<p>Été</p>", "<p>Été</p>"]
    assert [page.receive() for page in pages] == [event(3, html) for html in expected]
    assert [page.receive() for page in pages] == [event(4)] * 4


def test_an_event_reaches_its_group_only(open_page: Pages, rights: Rights) -> None:
    rights.public |= {1, 2}
    first, second = open_page(), open_page()
    first.subscribe("testroom.1")
    second.subscribe("testroom.2")
    publish_on_commit("testroom.2", "post.created", seq=9)
    assert second.receive() == event(9, group="testroom.2")
    assert first.hears_nothing()


@pytest.mark.django_db(transaction=True)
def test_fifty_sockets_receive_every_event_in_order(live: LiveServer, rights: Rights) -> None:
    rights.public.add(1)

    def publish(seq: int) -> None:
        publish_on_commit("testroom.1", "post.created", seq=seq)
        connection.close()

    async def watch(ready: asyncio.Semaphore) -> list[int]:
        async with connect(f"ws://127.0.0.1:{live.port}/live/", origin=ORIGIN, compression=None) as page:
            await page.send('{"type":"subscribe","group":"testroom.1"}')
            await page.recv()
            ready.release()
            return [json.loads(await page.recv())["seq"] for _ in range(100)]

    async def scene() -> list[list[int]]:
        ready = asyncio.Semaphore(0)
        watching = [asyncio.create_task(watch(ready)) for _ in range(50)]
        for _ in watching:
            await ready.acquire()
        for seq in range(100):
            await asyncio.to_thread(publish, seq)
        return await asyncio.wait_for(asyncio.gather(*watching), 20)

    assert asyncio.run(scene()) == [list(range(100))] * 50


def test_a_stalled_socket_delays_nobody_and_is_dropped(live: LiveServer, open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", live.port))
    other = open_page(max_size=None)
    other.subscribe("testroom.1")
    url = f"ws://127.0.0.1:{live.port}/live/"
    # With one place in its queue, and nobody who takes from it, the client stops reading from the network.
    with connect_sync(url, sock=raw, origin=ORIGIN, compression=None, max_queue=1, close_timeout=0.1) as held:
        Page(held).subscribe("testroom.1")
        large = {"text": "x" * 100_000}
        for seq in range(BACKLOG_FRAMES * 3):
            publish_on_commit("testroom.1", "post.created", seq=seq, data=large)
            assert other.receive(timeout=2)["seq"] == seq
        until(lambda: len(live.hub.watchers) == 1)
        publish_on_commit("testroom.1", "post.created", seq=1000)
        assert other.receive() == event(1000)


def test_a_removed_person_stops_receiving_at_once_on_every_tab(open_page: Pages, rights: Rights) -> None:
    removed, member = make_user(), make_user()
    rights.allowed |= {(removed.pk, 1), (removed.pk, 2), (member.pk, 1)}
    tabs = [open_page(removed), open_page(removed, language="en")]
    stays = open_page(member)
    for page in (*tabs, stays):
        page.subscribe("testroom.1")
    tabs[0].subscribe("testroom.2")
    with transaction.atomic():
        rights.allowed.remove((removed.pk, 1))
        recheck_on_commit(removed.pk)
        publish_on_commit("testroom.1", "post.created", seq=1, data={"canary": True})
        publish_on_commit("testroom.2", "post.created", seq=2)
    assert tabs[1].receive() == {"type": "refused", "group": "testroom.1", "reason": "forbidden"}
    received = [tabs[0].receive(), tabs[0].receive()]
    assert {"type": "refused", "group": "testroom.1", "reason": "forbidden"} in received
    assert event(2, group="testroom.2") in received
    assert tabs[0].hears_nothing()
    assert tabs[1].hears_nothing()
    assert stays.receive()["data"] == {"canary": True}


def test_a_removal_overtakes_a_verdict_on_its_way(live: LiveServer, open_page: Pages, rights: Rights) -> None:
    removed = make_user()
    rights.allowed.add((removed.pk, 1))
    rights.gate.clear()
    page = open_page(removed)
    page.send({"type": "subscribe", "group": "testroom.1"})
    until(lambda: rights.judged)
    rights.allowed.clear()
    before = live.hub.epoch
    recheck_on_commit(removed.pk)
    until(lambda: live.hub.epoch > before)
    rights.gate.set()
    assert page.receive() == {"type": "refused", "group": "testroom.1", "reason": "forbidden"}


def test_a_person_who_keeps_the_right_misses_nothing_of_a_recheck(open_page: Pages, rights: Rights) -> None:
    user = make_user()
    rights.allowed.add((user.pk, 1))
    page = open_page(user)
    page.subscribe("testroom.1")
    for seq in range(20):
        recheck_on_commit(user.pk)
        publish_on_commit("testroom.1", "post.created", seq=seq)
    assert [page.receive()["seq"] for _ in range(20)] == list(range(20))


def test_a_group_that_closes_is_judged_again_for_all(open_page: Pages, rights: Rights) -> None:
    member = make_user()
    rights.public.add(1)
    rights.allowed.add((member.pk, 1))
    inside, outside = open_page(member), open_page()
    for page in (inside, outside):
        page.subscribe("testroom.1")
    rights.public.clear()
    recheck_group_on_commit("testroom.1")
    publish_on_commit("testroom.1", "post.created", seq=1)
    assert outside.receive()["type"] == "refused"
    assert inside.receive() == event(1)
    assert outside.hears_nothing()


def test_an_inactive_person_is_disconnected(open_page: Pages, rights: Rights) -> None:
    user = make_user()
    rights.allowed.add((user.pk, 1))
    page = open_page(user)
    page.subscribe("testroom.1")
    User.objects.filter(pk=user.pk).update(is_active=False)
    recheck_on_commit(user.pk)
    assert page.close_code() == 4401


def test_a_session_that_ends_disconnects_its_pages_only(open_page: Pages, rights: Rights) -> None:
    user = make_user()
    rights.allowed.add((user.pk, 1))
    first = open_page(user)
    first.subscribe("testroom.1")
    ended = Session.objects.get().session_key
    second = open_page(user)
    second.subscribe("testroom.1")
    end_session(ended)
    assert first.close_code() == 4401
    publish_on_commit("testroom.1", "post.created", seq=1)
    assert second.receive() == event(1)


def test_signing_out_disconnects(live: LiveServer, rights: Rights) -> None:
    user = make_user()
    rights.allowed.add((user.pk, 1))
    client = Client()
    client.force_login(user, backend="peerhub.people.backends.AccountBackend")
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    url = f"ws://127.0.0.1:{live.port}/live/"
    with connect_sync(url, origin=ORIGIN, additional_headers={"Cookie": cookie}, compression=None) as socket_:
        page = Page(socket_)
        page.subscribe("testroom.1")
        client.logout()
        assert page.close_code() == 4401


def test_a_lost_redis_makes_pages_resynchronise(
    live: LiveServer, open_page: Pages, rights: Rights, redis_client: redis.Redis
) -> None:
    rights.public.add(1)
    page = open_page()
    page.subscribe("testroom.1")
    for client in redis_client.client_list(_type="pubsub"):
        with suppress(redis.ResponseError):
            if int(client["db"]) == redis_client.get_connection_kwargs()["db"]:
                redis_client.client_kill_filter(_id=client["id"])
    assert page.receive() == {"type": "resync"}
    rights.last_seq[1] = 7
    assert page.subscribe("testroom.1") == {"type": "subscribed", "group": "testroom.1", "seq": 7}
    publish_on_commit("testroom.1", "post.created", seq=8)
    assert page.receive() == event(8)


def test_a_publication_that_failed_makes_pages_resynchronise(
    open_page: Pages, rights: Rights, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    rights.public.add(1)
    page = open_page()
    page.subscribe("testroom.1")
    url = settings.REDIS_URL  # type: ignore[attr-defined]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/{url.rpartition('/')[2]}"  # type: ignore[attr-defined]
        began = time.monotonic()
        for seq in range(50):
            publish_on_commit("testroom.1", "post.created", seq=seq)
        # One time-out and its retry, not fifty.
        assert time.monotonic() - began < 5
    settings.REDIS_URL = url  # type: ignore[attr-defined]
    time.sleep(2.1)
    publish_on_commit("testroom.1", "post.created", seq=50)
    assert page.receive() == {"type": "resync"}


def test_every_socket_is_judged_again_with_time(
    open_page: Pages, rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A right that ends by its date, a session that expires: nobody sends a recheck."""
    monkeypatch.setattr(hub, "REJUDGE_SECONDS", 0.0)
    user = make_user()
    rights.allowed.add((user.pk, 1))
    page = open_page(user)
    page.subscribe("testroom.1")
    rights.allowed.clear()
    assert page.receive() == {"type": "refused", "group": "testroom.1", "reason": "forbidden"}


def test_a_channel_that_nobody_watches_is_left(open_page: Pages, rights: Rights, redis_client: redis.Redis) -> None:
    rights.public |= {1, 2}
    page = open_page()
    page.subscribe("testroom.1")
    page.subscribe("testroom.2")
    names = [channel(f"testroom.{pk}", "fr") for pk in (1, 2)]
    assert [count for _, count in redis_client.pubsub_numsub(*names)] == [1, 1]
    page.send({"type": "unsubscribe", "group": "testroom.1"})
    until(lambda: [count for _, count in redis_client.pubsub_numsub(*names)] == [0, 1])
    page.subscribe("testroom.1")
    publish_on_commit("testroom.1", "post.created", seq=1)
    assert page.receive() == event(1)


def test_the_stop_of_the_process_tells_pages_to_come_back(live: LiveServer, open_page: Pages, rights: Rights) -> None:
    rights.public.add(1)
    page = open_page()
    page.subscribe("testroom.1")
    live.server.should_exit = True
    assert page.close_code() == 1012
