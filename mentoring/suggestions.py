"""Peers who declared what a text is about."""

from django.contrib.auth.models import AnonymousUser

from forums.enums import SubscriptionLevel
from forums.models import Post, Topic
from forums.naming import is_reader, named_people
from forums.queries.levels import levels_of
from mentoring.models import DirectoryEntry
from mentoring.naming import named_in
from mentoring.queries.competences import tree
from mentoring.queries.links import kept_apart_from
from peerhub.people.models import Membership, Network, User

LIMIT = 3
# Of those who can help with a question, how many are asked: the others find it where they read.
ASKED = 5
_BY_NAME = ("name_folded", "membership_id")


def peers_for(user: User | AnonymousUser, network: Network, text: str, limit: int = LIMIT) -> list[DirectoryEntry]:
    """Others of the network that the person may see, who offer help with a competence that the text names, and whom
    nobody keeps from them; those who help with the most of it first, then by name."""
    named = _named_in(text)
    if not named or not user.is_authenticated:
        return []
    entries = DirectoryEntry.objects.visible_to(user).with_person().filter(network=network, helps__overlap=list(named))
    others = entries.exclude(user__in={user.pk, *kept_apart_from(user.pk, network)})
    return _best(list(others.order_by(*_BY_NAME)[:100]), named)[:limit]


def helpers_for(topic: Topic, limit: int = ASKED) -> list[int]:
    """The members (ids) who can see the topic and offer help with a competence that its title or its tags name; not its
    author, not who muted it, nor who is told of it already: those whom it names, its followers, the animators."""
    named = _named_in(" ".join([topic.title, *topic.tags.values_list("name", flat=True)]))
    if not named:
        return []
    entries = DirectoryEntry.objects.filter(is_reader(topic), network=topic.network_id, helps__overlap=list(named))
    found = _best(list(entries.exclude(user__in=_not_asked(topic)).order_by(*_BY_NAME)[:100]), named)
    return [entry.user_id for entry in found[:limit]]


def _not_asked(topic: Topic) -> set[int]:
    """Other handlers of the same event may run after ours: who is told by them is read where they read it."""
    opening = Post.objects.filter(topic=topic, number=1).only("body").first()
    told = {level for level in SubscriptionLevel if level != SubscriptionLevel.MENTIONS}
    heard = {user for user, level in levels_of(topic).items() if level in told}
    animators = Membership.objects.animating().filter(network=topic.network_id)
    named = named_people(opening.body, topic) if opening else set()
    apart = kept_apart_from(topic.author_id, topic.network)
    return {topic.author_id, *heard, *named, *apart, *animators.values_list("user", flat=True)}


def _best(entries: list[DirectoryEntry], named: set[int]) -> list[DirectoryEntry]:
    return sorted(entries, key=lambda entry: -len(named.intersection(entry.helps)))


def _named_in(text: str) -> set[int]:
    return named_in(text, tree())
