"""Conversations of two or three people: a confidential circle of them, and a discussion that no list shows (ADR 27)."""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from forums.models import Topic
from forums.services.following import follow
from forums.services.topics import create_session_thread
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Network, User
from peerhub.people.services.circles import add_member, create_circle, create_conversations


@transaction.atomic
def private_circle(*, network: Network, people: Iterable[User]) -> Circle:
    """A confidential circle of these people alone; who animates the network is not in it. It has no name: wherever it
    is called something, that tells neither who nor what."""
    return create_circle(network=network, kind=CircleKind.CONVERSATION, name="", members=people, confidential=True)


def private_circles(*, network: Network, groups: Sequence[Collection[User]]) -> list[Circle]:
    """The same for many groups at once, in their order."""
    return create_conversations(network=network, groups=groups)


@transaction.atomic
def open_conversation(*, network: Network, circle: Circle, author: User) -> Topic:
    """The empty discussion of a private circle; nobody is told of its creation, everyone in it is told of what is
    written. Raises ValueError for another circle: a conversation is never opened by mistake to more people."""
    if circle.kind != CircleKind.CONVERSATION:
        raise ValueError("A conversation belongs to a circle made for it.")
    topic = create_session_thread(network=network, circle=circle, title=_("Conversation"), author=author)
    hear_each_other(topic=topic, people=circle.members.all())
    return topic


def hear_each_other(*, topic: Topic, people: Iterable[User]) -> None:
    """Tell each of these people what the others write there from now on, unless they chose otherwise."""
    for person in people:
        follow(user_id=person.pk, topic_id=topic.pk)


def let_in(*, circle: Circle, topic: Topic | None, user: User) -> None:
    """Let one more person into a conversation that goes on: they are told of what is written from now on."""
    if enter(circle=circle, user=user) and topic is not None:
        hear_each_other(topic=topic, people=[user])


def enter(*, circle: Circle, user: User) -> bool:
    """Let one more person into a private circle; False when the person was in already."""
    return add_member(circle=circle, user=user)
