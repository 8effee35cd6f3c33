"""What each person wants to be told of a topic: the level of the topic, else of its tags, else of its theme.

Of several tags the one that tells most counts: who follows a word follows it beside another that is muted. Without any
level a person is told of what names that person, and of nothing else.
"""

from collections.abc import Collection, Iterable

from forums.enums import SubscriptionLevel
from forums.models import Topic
from peerhub.people.prepared import rows_planned_once

FROM_LEAST = (SubscriptionLevel.MUTED, SubscriptionLevel.MENTIONS, SubscriptionLevel.FIRST, SubscriptionLevel.ALL)


def levels_of(topic: Topic, only: Collection[int] | None = None) -> dict[int, SubscriptionLevel]:
    """The level of everyone (ids; or of those in `only`) who chose one for this topic, one of its tags, or its theme.

    One query. Whether they can see the topic is not judged here.
    """
    named: dict[str, list[tuple[int, SubscriptionLevel]]] = {"forum": [], "tag": [], "topic": []}
    wanted = None if only is None else list(only)
    for place, user, level in rows_planned_once(_LEVELS, {"topic": topic.pk, "forum": topic.forum_id, "only": wanted}):
        named[place].append((user, SubscriptionLevel(level)))
    return dict(named["forum"]) | _loudest(named["tag"]) | dict(named["topic"])


_LEVELS = """
SELECT said.place, said.user_id, said.level FROM (
  SELECT 'forum' AS place, user_id, level FROM forums_forumsubscription WHERE forum_id = %(forum)s
  UNION ALL
  SELECT 'tag', user_id, level FROM forums_tagsubscription
  WHERE tag_id IN (SELECT tag_id FROM forums_topic_tags WHERE topic_id = %(topic)s)
  UNION ALL
  SELECT 'topic', user_id, level FROM forums_topicsubscription WHERE topic_id = %(topic)s) said
WHERE %(only)s::bigint[] IS NULL OR said.user_id = ANY(%(only)s::bigint[])
"""


def _loudest(rows: Iterable[tuple[int, SubscriptionLevel]]) -> dict[int, SubscriptionLevel]:
    levels: dict[int, SubscriptionLevel] = {}
    for user, level in rows:
        levels[user] = max(level, levels.get(user, level), key=FROM_LEAST.index)
    return levels
