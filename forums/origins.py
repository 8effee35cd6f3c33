"""Where a topic comes from: the rooms above the forums open threads of their own, and say here what they belong to.

A room registers a reader in `<app>/forum_origins.py`, found at start; the forums ask it for the threads of their
`SESSIONS` forum only.
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from forums.enums import ForumKind
from forums.models import Topic
from peerhub.people.models import User


class Origin(NamedTuple):
    """`prepares`: the discussion prepares a session; else, it is the conversation of what is called so, and `note`
    says what its people should know of it."""

    label: str
    url: str
    prepares: bool = True
    note: str = ""


# For those of these topics (ids) whose origin is open to the person: nothing is told of the others.
Reader = Callable[[User | AnonymousUser, Collection[int]], Mapping[int, Origin]]

_readers: list[Reader] = []


def register_origin(reader: Reader) -> Reader:
    _readers.append(reader)
    return reader


def origin_for(user: User | AnonymousUser, topic: Topic) -> Origin | None:
    """What this topic prepares, when the person may see it. Needs the topic's forum."""
    if topic.forum.kind != ForumKind.SESSIONS:
        return None
    for reader in _readers:
        if found := reader(user, [topic.pk]).get(topic.pk):
            return found
    return None
