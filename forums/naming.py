"""Whom a text names: only people who can see the topic are ever told that it names them."""

from django.db.models import Q

from forums.models import Topic
from peerhub.people.enums import CircleKind
from peerhub.people.models import CircleMember, Membership, User
from peerhub.text.markdown import mentioned_categories, mentioned_ids


def named_people(source: str, topic: Topic) -> set[int]:
    """The people (ids) that a text of this topic names, of those who can see it, and where the whole web can, of the
    members of its network: nobody is written to by strangers. Needs the topic's circle.

    Who is named as one of a category (« @les élu·es ») is among them: a member of the topic's network who wears that
    hat there. Whether the author may name a category was judged when the text was written (`services.writing`).
    """
    ids = set(mentioned_ids(source))
    if categories := mentioned_categories(source):
        wearing = Membership.objects.active().filter(
            network=topic.network_id, affiliation__category__slug__in=categories
        )
        ids |= set(wearing.values_list("user", flat=True))
    if not ids:
        return set()
    active = set(User.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True))
    if topic.circle.kind == CircleKind.PUBLIC:
        return members_among(active, topic.network_id)
    return readers_among(active, topic)


def is_reader(topic: Topic) -> Q:
    """The condition, on rows that point to a `user`, that the person can see the topic. Needs the topic's circle."""
    if topic.circle.kind == CircleKind.PUBLIC:
        return Q()
    return Q(user__in=CircleMember.objects.filter(circle=topic.circle_id).values("user"))


def members_among(ids: set[int], network_id: int) -> set[int]:
    """Of these people (ids), the active members of a network."""
    found = Membership.objects.active().filter(network=network_id, user__in=ids)
    return set(found.values_list("user", flat=True))


def readers_among(ids: set[int], topic: Topic) -> set[int]:
    """Of these people (ids), those who can see the topic."""
    if not ids or topic.circle.kind == CircleKind.PUBLIC:
        return set(ids)
    members = CircleMember.objects.filter(circle=topic.circle_id, user__in=ids)
    return set(members.values_list("user", flat=True))
