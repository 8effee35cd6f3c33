"""What people of the demo say: a post as it stands in the database, and a conversation among few."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from forums.models import Post, Topic, TopicRead
from forums.services.counters import recount_topic
from peerhub.text.markdown import RENDER_VERSION, render


class Said(NamedTuple):
    """By whom, under which hat, what, when."""

    author_id: int
    hat_id: int
    body: str
    at: datetime


def token(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)


def post_of(topic: Topic, number: int, said: Said, token: UUID) -> Post:
    """Not saved."""
    rendered = render(said.body, names={})
    return Post(
        topic=topic,
        number=number,
        author_id=said.author_id,
        affiliation_id=said.hat_id,
        body=said.body,
        body_html=rendered.html,
        body_text=rendered.plain,
        render_version=RENDER_VERSION,
        token=token,
        created_at=said.at,
    )


def converse(
    topic: Topic,
    people: Iterable[int],
    said: Sequence[Said],
    *,
    opened_at: datetime,
    now: datetime,
    dice: random.Random,
) -> None:
    """What was said in a conversation just opened; those who are in it (keys of users) have read it all."""
    Post.objects.bulk_create(post_of(topic, number, one, token(dice)) for number, one in enumerate(said, start=1))
    topic.created_at = topic.last_post_at = opened_at
    topic.token = token(dice)
    topic.save()
    recount_topic(topic.pk)
    for user_id in people:
        TopicRead.objects.create(user_id=user_id, topic=topic, last_number=len(said), read_at=now)
