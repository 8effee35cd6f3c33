"""The words that topics are found by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet

from forums.enums import ForumKind
from forums.models import Tag, TagSynonym, Topic
from peerhub.people.models import Network, User


@dataclass(frozen=True)
class TagLine:
    """A tag in the list of a network, with how many topics the person may see under it, and its other words."""

    tag: Tag
    topic_count: int
    synonyms: Sequence[str]


def tag_list(user: User | AnonymousUser, network: Network) -> list[TagLine]:
    """The tags of a network by name; counts leave out what the person may not open: three queries."""
    put_on = Topic.tags.through.objects.filter(topic__in=_listed(user, network).values("pk")).order_by()
    counts: dict[int, int] = dict(put_on.values_list("tag").annotate(Count("pk")))
    tags = Tag.objects.filter(network=network).order_by("name", "pk")
    words: dict[int, list[str]] = {}
    for pk, name in TagSynonym.objects.filter(network=network).order_by("name", "pk").values_list("tag", "name"):
        words.setdefault(pk, []).append(name)
    return [TagLine(tag, counts.get(tag.pk, 0), words.get(tag.pk, [])) for tag in tags]


def _listed(user: User | AnonymousUser, network: Network) -> QuerySet[Topic]:
    return Topic.objects.visible_to(user).listed().filter(network=network, forum__kind=ForumKind.THEMED)


def tag_for(network: Network, slug: str) -> Tag:
    """The tag of this slug, or the one that this slug is a synonym of: an old address leads to it. `Tag.DoesNotExist`.

    The list of a network's tags is open to whoever may open the network.
    """
    tag = Tag.objects.filter(network=network, slug=slug).first()
    if tag is None:
        synonym = TagSynonym.objects.filter(network=network, slug=slug).select_related("tag").first()
        if synonym is None:
            raise Tag.DoesNotExist
        tag = synonym.tag
    return tag


def tags_of(topic_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """(slug, name) of the tags of each of these topics, by name: one query. Topics without tags are left out.

    Whoever calls has judged that the topics may be seen.
    """
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Topic.tags.through.objects.filter(topic__in=list(topic_ids)).order_by("tag__name", "tag")
    for topic_id, slug, name in rows.values_list("topic", "tag__slug", "tag__name"):
        found.setdefault(topic_id, []).append((slug, name))
    return found
