"""What the open pages of minutes are told, and what threads do to the numbers of changes."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis

from peerhub.live.frames import channel
from peerhub.people.models import User
from sessions.minutes.document import MinutesDocument, client_of
from sessions.models import Minutes, MinutesUpdate, PeerSession
from sessions.services import minutes as services
from tests.concurrency import together
from tests.sessions.builders import animator_of
from tests.sessions.test_minutes import make_meeting, seated, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def frames(redis_client: redis.Redis) -> Iterator[Callable[[int], list[dict[str, Any]]]]:
    pubsub = redis_client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]

    def read(pk: int) -> list[dict[str, Any]]:
        """Subscribes the first time, then gives what came since."""
        name = channel(f"minutes.{pk}", "fr")
        if name.encode() not in pubsub.channels:
            pubsub.subscribe(name)
            pubsub.get_message(timeout=1)
            return []
        messages = iter(lambda: pubsub.get_message(timeout=0.3), None)
        return [json.loads(message["data"]) for message in messages]

    yield read
    pubsub.close()


def test_each_change_is_told_with_its_number(frames: Callable[[int], list[dict[str, Any]]]) -> None:
    session = make_meeting()
    user = seated(session)
    frames(session.pk)
    small, large = write(user, session, "Un mot."), write(user, session, "x" * 20_000)
    services.publish_minutes(actor=animator_of(session.network), session=session)
    services.reopen_minutes(actor=animator_of(session.network), session=session)
    seen = frames(session.pk)
    assert [(one["kind"], one["seq"]) for one in seen] == [
        ("minutes.updated", 1),
        ("minutes.updated", 2),
        ("minutes.published", 3),
        ("minutes.reopened", 4),
    ]
    update = base64.b64encode(bytes(small.update)).decode()
    # What is long is fetched.
    assert [one.get("data") for one in seen] == [
        {"by": user.full_name, "update": update},
        {"by": user.full_name},
        None,
        None,
    ]
    assert len(bytes(large.update)) > services.MAX_FRAME_BYTES


def test_what_is_refused_is_told_to_nobody(frames: Callable[[int], list[dict[str, Any]]]) -> None:
    session = make_meeting()
    user = seated(session)
    frames(session.pk)
    with pytest.raises(services.BadMinutes):
        services.add_update(author=user, session=session, update=b"\x00\x00", token=uuid4())
    assert frames(session.pk) == []


def _first_words(user: User) -> bytes:
    return MinutesDocument(("s2",), client=client_of(user.pk)).rewrite({"s2": f"[{user.pk}]"})


def _send(session: PeerSession, user: User, update: bytes, token: Any) -> Callable[[], object]:
    return lambda: services.add_update(author=user, session=session, update=update, token=token).number


def test_first_words_at_once_make_one_text_without_holes() -> None:
    """Six people send at the same moment, each of them twice, into minutes that do not exist yet."""
    session = make_meeting()
    people = [seated(session) for _ in range(6)]
    jobs = []
    for user in people:
        update, token = _first_words(user), uuid4()
        jobs += [_send(session, user, update, token)] * 2
    outcomes = together(*jobs)
    assert sorted(outcomes) == sorted([*range(1, 7)] * 2)  # type: ignore[type-var]
    assert outcomes[::2] == outcomes[1::2]
    minutes = Minutes.objects.get(session=session)
    assert minutes.number == 6
    assert MinutesUpdate.objects.count() == 6
    text = minutes.body.removeprefix("## Ce qui a été dit\n\n").strip()
    assert sorted(text.replace("][", "] [").split()) == sorted(f"[{user.pk}]" for user in people)


def test_who_publishes_and_who_writes_at_once_agree() -> None:
    """Either the word is in what was published, or its writer is told that it came too late."""
    session = make_meeting()
    user, animator = seated(session), animator_of(session.network)
    write(user, session, "Un.", "s1")
    publish = lambda: services.publish_minutes(actor=animator, session=session).number  # noqa: E731
    _published, sent = together(publish, _send(session, user, _first_words(user), uuid4()))
    minutes = Minutes.objects.get(session=session)
    assert minutes.published_at is not None
    assert (f"[{user.pk}]" in minutes.body_html) == isinstance(sent, int)
