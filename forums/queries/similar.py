"""Topics like the one that someone begins to write: by the words of its title, the rare ones first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from forums.enums import TopicKind
from forums.models import topic_url
from forums.queries.search.finding import circles_of
from peerhub.people.models import Network, User

LIMIT = 5
# The rarest words tell what a title is about; the others tell nothing more.
WORDS = 6
MIN_LENGTH = 3
# How much of the weight of its words another title must share.
SHARE = 0.4
# Of a word that the statistics of the table do not know: rarer than those that they name. Of a few titles, statistics
# would call each word that two of them share a common one: there, all words weigh the same.
_UNKNOWN = 0.0005

_LEXEMES = """
WITH common AS (
  SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS share
  FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'forums_topic' AND attname = 'title_vector'
    AND (SELECT reltuples FROM pg_class WHERE oid = 'forums_topic'::regclass) >= 500
)
SELECT asked.lexeme, max(common.share)
FROM unnest(tsvector_to_array(to_tsvector('french', peerhub_fold(%s)))) AS asked (lexeme)
LEFT JOIN common ON common.lexeme = asked.lexeme GROUP BY asked.lexeme
"""
_SIMILAR = """
SELECT topic.id, topic.slug, topic.kind, topic.title, topic.post_count, topic.accepted_post_id IS NOT NULL,
       topic.last_post_at, circle.is_confidential
FROM (
  SELECT found.id, {weights} AS weight
  FROM forums_topic found
  WHERE found.title_vector @@ %(any)s::tsquery AND found.state IN ('open', 'archived') AND found.last_number > 0
    AND found.network_id = %(network)s AND found.circle_id = ANY(%(circles)s)
) weighed
JOIN forums_topic topic ON topic.id = weighed.id
JOIN people_circle circle ON circle.id = topic.circle_id
JOIN forums_forum forum ON forum.id = topic.forum_id AND forum.kind = 'themed'
WHERE weighed.weight >= %(least)s
ORDER BY weighed.weight * CASE topic.kind WHEN 'report' THEN 1.25 ELSE 1 END DESC, topic.last_post_at DESC, topic.id
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class SimilarTopic:
    id: int
    slug: str
    kind: str
    title: str
    post_count: int
    is_solved: bool
    last_post_at: datetime
    is_confidential: bool

    @property
    def url(self) -> str:
        return topic_url(self.id, self.slug)

    @property
    def reply_count(self) -> int:
        return max(0, self.post_count - 1)

    @property
    def is_report(self) -> bool:
        return self.kind == TopicKind.REPORT


def similar_topics(user: User | AnonymousUser, network: Network, title: str, limit: int = LIMIT) -> list[SimilarTopic]:
    """Topics of a network that the person can see, whose titles share the words of this one; reports come before
    others that share as much. Three queries; how rare a word is, is read from the statistics of the table."""
    weights = _weights(title)
    if not weights:
        return []
    params: dict[str, Any] = {f"word_{place}": _quoted(word) for place, (word, _weight) in enumerate(weights)}
    sums = [
        f"(found.title_vector @@ %(word_{place})s::tsquery)::int * {weight:.4f}"
        for place, (_word, weight) in enumerate(weights)
    ]
    params |= {
        "any": " | ".join(_quoted(word) for word, _weight in weights),
        "network": network.pk,
        "circles": circles_of(user),
        "least": SHARE * sum(weight for _word, weight in weights),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR.format(weights=" + ".join(sums)), params)
        found = [SimilarTopic(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: not one.is_report)


def _weights(title: str) -> Sequence[tuple[str, float]]:
    """The rarest words of a title (lexemes), each with its weight."""
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [title])
        rows: list[tuple[str, float | None]] = cursor.fetchall()
    weighed = [(word, -math.log(share or _UNKNOWN)) for word, share in rows if len(word) >= MIN_LENGTH]
    return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))[:WORDS]


def _quoted(lexeme: str) -> str:
    return "'{}'".format(lexeme.replace("\\", "\\\\").replace("'", "''"))
