"""Publication: after COMMIT, never before, and never to the harm of a request."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import transaction

from peerhub.live.frames import channel, control_channel
from peerhub.live.publish import end_session, publish_on_commit, recheck_group_on_commit, recheck_on_commit
from peerhub.live.registry import UnknownGroup, live_group
from tests.live.conftest import Rights

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    def __init__(self, pubsub: Any) -> None:
        self._pubsub = pubsub

    def heard(self) -> list[tuple[str, Any]]:
        messages = iter(lambda: self._pubsub.get_message(timeout=0.3), None)
        return [(one["channel"].decode(), json.loads(one["data"])) for one in messages]


@pytest.fixture
def wire(redis_client: redis.Redis, rights: Rights) -> Iterator[Wire]:
    pubsub = redis_client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    pubsub.subscribe(control_channel(), channel("testroom.1", "fr"), channel("testroom.1", "en"))
    for _ in range(3):
        pubsub.get_message(timeout=1)
    yield Wire(pubsub)
    pubsub.close()


def test_publish_waits_for_the_commit(wire: Wire) -> None:
    with transaction.atomic():
        publish_on_commit("testroom.1", "post.created", seq=1, data={"n": 1})
        assert wire.heard() == []
    frame = {"type": "event", "group": "testroom.1", "kind": "post.created", "seq": 1, "data": {"n": 1}}
    assert wire.heard() == [(channel("testroom.1", "fr"), frame), (channel("testroom.1", "en"), frame)]


def test_publish_of_a_rolled_back_transaction_is_never_heard(wire: Wire) -> None:
    with transaction.atomic():
        publish_on_commit("testroom.1", "post.created", seq=1)
        recheck_on_commit(5)
        transaction.set_rollback(True)
    assert wire.heard() == []


def test_publish_outside_of_a_transaction_is_immediate(wire: Wire) -> None:
    publish_on_commit("testroom.1", "post.created", html={"fr": "<p>é</p>", "en": "<p>e</p>"})
    heard = {name: frame["html"] for name, frame in wire.heard()}
    assert heard == {channel("testroom.1", "fr"): "<p>é</p>", channel("testroom.1", "en"): "<p>e</p>"}


def test_control_messages_name_no_session_key(wire: Wire) -> None:
    recheck_on_commit(5)
    recheck_group_on_commit("testroom.1")
    end_session("a-secret-key")
    (_, person), (_, group), (_, ended) = wire.heard()
    assert person == {"type": "recheck", "user": 5}
    assert group == {"type": "recheck", "group": "testroom.1"}
    assert set(ended) == {"type", "session"}
    assert "secret" not in json.dumps(ended)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"group": "nothing.1", "kind": "post.created"}, UnknownGroup),
        ({"group": "testroom.x", "kind": "post.created"}, UnknownGroup),
        ({"group": "testroom.1", "kind": "Post Created"}, ValueError),
        ({"group": "testroom.1", "kind": "post.created", "html": {"fr": ""}}, ValueError),
        ({"group": "testroom.1", "kind": "post.created", "data": {"x": object()}}, TypeError),
        ({"group": "testroom.1", "kind": "post.created", "data": {"x": float("nan")}}, ValueError),
    ],
)
def test_publish_refuses_a_mistake_at_once(wire: Wire, arguments: dict[str, Any], error: type[Exception]) -> None:
    with transaction.atomic(), pytest.raises(error):
        publish_on_commit(**arguments)
    assert wire.heard() == []


def test_a_group_is_registered_once() -> None:
    with pytest.raises(ValueError, match="testroom"):
        live_group("testroom")(lambda user_id, pk: True)
    with pytest.raises(ValueError, match="Bad Name"):
        live_group("Bad Name")(lambda user_id, pk: True)


def test_a_lost_redis_breaks_no_request_and_logs_no_content(
    settings: Any, rights: Rights, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    publish_on_commit("testroom.1", "post.created", html={"fr": "<p>canary</p>", "en": "<p>canary</p>"})
    messages = [record.getMessage() for record in caplog.records if record.name == "peerhub.live.publish"]
    assert messages == ["live.publish_failed"]
    assert "canary" not in caplog.text
