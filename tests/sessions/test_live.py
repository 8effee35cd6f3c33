import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from peerhub.live.frames import channel
from sessions.services.registration import withdraw
from sessions.services.scheduling import change_capacity
from tests.builders import make_member
from tests.sessions.builders import animator_of, make_registration, make_session
from tests.sessions.poll_builders import make_poll, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def frames(redis_client: redis.Redis) -> Iterator[Any]:
    pubsub = redis_client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]

    def read() -> list[dict[str, Any]]:
        messages = iter(lambda: pubsub.get_message(timeout=0.3), None)
        return [json.loads(message["data"]) for message in messages]

    def watch(pk: int, group: str = "session") -> Any:
        pubsub.subscribe(channel(f"{group}.{pk}", "fr"))
        pubsub.get_message(timeout=1)
        return read

    yield watch
    pubsub.close()


def test_those_who_look_see_the_seats_change(frames: Any) -> None:
    session = make_session(capacity=2)
    read = frames(session.pk)
    registration = make_registration(session)
    change_capacity(actor=animator_of(session.network), session=session, capacity=3)
    withdraw(user=registration.user, session=session)
    seen = [frame for frame in read() if frame["kind"] == "seats.changed"]
    assert [frame["data"] for frame in seen] == [
        {"taken": 1, "capacity": 2},
        {"taken": 1, "capacity": 3},
        {"taken": 0, "capacity": 3},
    ]
    assert "1 place prise sur 2" in seen[0]["html"].replace("\u00a0", " ")
    assert registration.user.family_name not in json.dumps(seen)


def test_those_who_run_a_poll_see_how_many_have_still_to_answer(frames: Any) -> None:
    poll = make_poll(is_hidden=True)
    user = make_member(poll.network).user
    read = frames(poll.pk, "poll")
    say(poll, user, "yes", "no")
    (frame,) = read()
    assert frame["kind"] == "poll.answered"
    # The animator is asked too.
    assert "1 personne sur 2 n’a pas encore répondu à tout." in frame["html"].replace("\u00a0", " ")
    assert f'href="/sondages/{poll.pk}/"' in frame["html"]
    assert user.family_name not in json.dumps(frame)
