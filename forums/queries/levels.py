"""What each person wants to be told of a topic: the level of the topic, else of its tags, else of its theme.

Of several tags the one that tells most counts: who follows a word follows it beside another that is muted. Without any
level a person is told of what names that person, and of nothing else.
"""

from collections.abc import Collection, Iterable

from forums.enums import SubscriptionLevel
from forums.models import ForumSubscription, TagSubscription, Topic, TopicSubscription

FROM_LEAST = (SubscriptionLevel.MUTED, SubscriptionLevel.MENTIONS, SubscriptionLevel.FIRST, SubscriptionLevel.ALL)


def levels_of(topic: Topic, only: Collection[int] | None = None) -> dict[int, SubscriptionLevel]:
    """The level of everyone (ids; or of those in `only`) who chose one for this topic, one of its tags, or its theme.

    Three queries. Whether they can see the topic is not judged here.
    """
    tags = TagSubscription.objects.filter(tag__topics=topic)
    rows = {
        "forum": ForumSubscription.objects.filter(forum=topic.forum_id).values_list("user", "level"),
        "tag": tags.values_list("user", "level"),
        "topic": TopicSubscription.objects.filter(topic=topic).values_list("user", "level"),
    }
    if only is not None:
        rows = {name: found.filter(user__in=only) for name, found in rows.items()}
    levels = {user: SubscriptionLevel(level) for user, level in rows["forum"]}
    levels |= _loudest((user, SubscriptionLevel(level)) for user, level in rows["tag"])
    levels |= {user: SubscriptionLevel(level) for user, level in rows["topic"]}
    return levels


def _loudest(rows: Iterable[tuple[int, SubscriptionLevel]]) -> dict[int, SubscriptionLevel]:
    levels: dict[int, SubscriptionLevel] = {}
    for user, level in rows:
        levels[user] = max(level, levels.get(user, level), key=FROM_LEAST.index)
    return levels
