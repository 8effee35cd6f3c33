"""The denormalised counters, compared with the rows they count, and set right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from forums.models import Forum, Topic
from forums.models.topics import READABLE

_TRUTH = """
SELECT topic.id, topic.post_count, topic.last_number, topic.last_post_at, topic.last_author_id,
       topic.answered_categories,
       truth.post_count, truth.last_number, truth.last_post_at, truth.last_author_id, truth.answered
FROM forums_topic topic
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE NOT post.is_removed) AS post_count,
         coalesce(max(post.number), 0) AS last_number,
         coalesce((array_agg(post.created_at ORDER BY post.number DESC))[1], topic.created_at) AS last_post_at,
         coalesce((array_agg(post.author_id ORDER BY post.number DESC))[1], topic.author_id) AS last_author_id,
         coalesce(array_agg(DISTINCT hat.category_id ORDER BY hat.category_id) FILTER (
           WHERE NOT post.is_removed AND post.author_id <> topic.author_id
             AND hat.category_id IS NOT NULL), '{}') AS answered
  FROM forums_post post LEFT JOIN people_affiliation hat ON hat.id = post.affiliation_id
  WHERE post.topic_id = topic.id
) truth
WHERE topic.id > %s AND topic.id <= %s
  AND (topic.post_count, topic.last_number, topic.last_post_at, topic.last_author_id, topic.answered_categories)
   IS DISTINCT FROM
      (truth.post_count, truth.last_number, truth.last_post_at, truth.last_author_id, truth.answered)
ORDER BY topic.id
"""
_FIELDS = ("post_count", "last_number", "last_post_at", "last_author_id", "answered_categories")


@dataclass(frozen=True)
class Drift:
    """A row whose counters are wrong: what they say, and what they must say."""

    model: str
    pk: int
    was: dict[str, Any]
    truth: dict[str, Any]


def find_drifts(batch: int = 5000) -> Iterator[Drift]:
    """Every topic and forum whose counters disagree with its rows; nothing is written."""
    last = Topic.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for start in range(0, last, batch):
        with connection.cursor() as cursor:
            cursor.execute(_TRUTH, [start, start + batch])
            rows = cursor.fetchall()
        for pk, *values in rows:
            was, truth = dict(zip(_FIELDS, values[:5], strict=True)), dict(zip(_FIELDS, values[5:], strict=True))
            yield Drift("topic", pk, was, truth)
    topics = (
        Topic.objects.filter(forum=OuterRef("pk"), state__in=READABLE)
        .order_by()
        .values("forum")
        .annotate(n=Count("pk"))
    )
    truth_count = Coalesce(Subquery(topics.values("n")), 0)
    wrong = Forum.objects.annotate(truth=truth_count).exclude(topic_count=F("truth"))
    for pk, count, right in wrong.values_list("pk", "topic_count", "truth"):
        yield Drift("forum", pk, {"topic_count": count}, {"topic_count": right})


def repair(drift: Drift) -> bool:
    """Set one row right, unless it was written meanwhile. Whether it was."""
    model = Topic if drift.model == "topic" else Forum
    with transaction.atomic():
        return bool(model.objects.filter(pk=drift.pk, **drift.was).update(**drift.truth))


def recount_topic(pk: int) -> None:
    """Set the counters of a topic right, in the transaction that moved its posts."""
    with connection.cursor() as cursor:
        cursor.execute(_TRUTH, [pk - 1, pk])
        rows = cursor.fetchall()
    for row in rows:
        Topic.objects.filter(pk=pk).update(**dict(zip(_FIELDS, row[6:], strict=True)))
