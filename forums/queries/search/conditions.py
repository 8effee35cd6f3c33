"""The conditions of a search in SQL: constants of ours with named parameters, put together by what is asked.

`topic` is the row of forums_topic, `post` that of forums_post. The circles that are open to the person are keys in an
array: a constant, that the planner weighs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from forums.queries.search.criteria import OPEN, SOLVED, UNANSWERED, Criteria

_INSIDE = """EXISTS (
  SELECT FROM people_territory t0
  LEFT JOIN people_territory t1 ON t1.id = t0.parent_id
  LEFT JOIN people_territory t2 ON t2.id = t1.parent_id
  LEFT JOIN people_territory t3 ON t3.id = t2.parent_id
  WHERE t0.id = {column} AND %(territory)s IN (t0.id, t0.grouping_id, t1.id, t1.grouping_id, t2.id, t3.id))"""
_WORN_INSIDE = (
    "EXISTS (SELECT FROM people_affiliation worn JOIN people_user wearer ON wearer.id = worn.user_id "
    "WHERE worn.id = {hat} AND wearer.shows_territory AND " + _INSIDE.format(column="worn.territory_id") + ")"
)
_CATEGORY = "{hat} IN (SELECT id FROM people_affiliation WHERE category_id = %(category)s)"
_STATUSES = {
    UNANSWERED: "topic.kind = 'question' AND topic.accepted_post_id IS NULL AND topic.post_count <= 1",
    OPEN: "topic.kind = 'question' AND topic.accepted_post_id IS NULL",
    SOLVED: "topic.accepted_post_id IS NOT NULL",
}
_TAGGED = "EXISTS (SELECT FROM forums_topic_tags put WHERE put.topic_id = topic.id AND put.tag_id = ANY(%(tags)s))"

# (asked for?, condition on the topic, its parameter)
_OF_TOPIC: Sequence[tuple[Callable[[Criteria], Any], str, str]] = (
    (lambda it: it.network and it.network.pk, "topic.network_id = %(network)s", "network"),
    (lambda it: it.forums, "topic.forum_id = ANY(%(forums)s)", "forums"),
    (lambda it: it.kind, "topic.kind = %(kind)s", "kind"),
    (lambda it: it.tags, _TAGGED, "tags"),
)
# (asked for?, condition on who wrote, and when, its parameter)
_OF_WRITING: Sequence[tuple[Callable[[Criteria], Any], str, str]] = (
    (lambda it: it.authors, "{author} = ANY(%(authors)s)", "authors"),
    (lambda it: it.category, _CATEGORY, "category"),
    (
        lambda it: it.territory,
        f"({_INSIDE.format(column='topic.territory_id')} OR {_WORN_INSIDE})",
        "territory",
    ),
    (lambda it: it.after, "{at} >= %(after)s", "after"),
    (lambda it: it.before, "{at} < %(before)s", "before"),
)
_POST = {"author": "post.author_id", "hat": "post.affiliation_id", "at": "post.created_at"}
_OPENING = {"author": "topic.author_id", "hat": "topic.author_affiliation_id", "at": "topic.created_at"}


@dataclass
class Conditions:
    """SQL after WHERE: of the topic whatever found it; of a post; of a topic found by its title, as its author wrote
    it."""

    topic: str
    post: str
    opening: str
    params: dict[str, Any] = field(default_factory=dict)


def conditions_of(criteria: Criteria, circles: Sequence[int]) -> Conditions:
    # The discussion of a session stands empty until somebody writes there: it is no find.
    topic = ["topic.state IN ('open', 'archived')", "topic.circle_id = ANY(%(circles)s)", "topic.last_number > 0"]
    writing: list[str] = []
    params: dict[str, Any] = {"circles": list(circles)}
    for parts, known in ((topic, _OF_TOPIC), (writing, _OF_WRITING)):
        for value_of, condition, name in known:
            value = value_of(criteria)
            if value is not None and value != "":
                parts.append(condition)
                params[name] = value
    if criteria.status:
        topic.append(_STATUSES[criteria.status])
    return Conditions(
        topic=" AND ".join(topic),
        post=" AND ".join(["NOT post.is_removed", *(part.format(**_POST) for part in writing)]),
        opening=" AND ".join(["TRUE", *(part.format(**_OPENING) for part in writing)]),
        params=params,
    )
