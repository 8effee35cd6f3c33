"""Finding topics, by their titles and by their posts; ranked, counted by facet, cut into pages.

A search is three small steps, because the dear one must not depend on how much is shown:

1. the newest CANDIDATES posts and titles that match, as keys with their rank, facets included: one statement;
2. grouping, ordering, facets and pages: in Python, over a few hundred tuples;
3. the texts of the page that is shown, marked (`excerpts`).

So a word that is everywhere costs no more than a rare one, and what is counted was found for this person.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from forums.queries.search.conditions import Conditions, conditions_of
from forums.queries.search.criteria import Criteria
from forums.queries.search.words import TextQuery
from peerhub.people.models import Circle, User
from peerhub.people.prepared import ForPerson

# Of posts, and of titles, each: what is older than that many matches is not ranked.
CANDIDATES = 200
PER_PAGE = 20
# Of the rarest word of a search, how far it is counted before any other counts as rarer.
_RARE = 2000


# A post that was found (or, without a post, a topic by its title), and what it is counted by: topic, post, score,
# theme, kind, category, and when, in seconds of the epoch (of hundreds of moments, psycopg reads each in Python).
Candidate = tuple[int, int | None, float, int, str, int | None, float]


@dataclass(slots=True)
class Match:
    """A topic that was found: its best post, if it was found by one."""

    topic_id: int
    forum_id: int
    kind: str
    at: float
    title_score: float = 0.0
    post_id: int | None = None
    post_score: float = 0.0
    posts: int = 0
    categories: set[int] = field(default_factory=set)

    @property
    def score(self) -> float:
        """That of the title, of the best post, and a little for each further post."""
        return self.title_score + self.post_score * (1 + 0.02 * min(max(0, self.posts - 1), 10))


@dataclass(frozen=True)
class Counts:
    """How many of the topics found there are by theme, kind and category of who wrote (keys)."""

    forums: Counter[int]
    kinds: Counter[str]
    categories: Counter[int]


@dataclass(frozen=True)
class Matches:
    """All that was found, the best first. `is_capped`: there is more, older."""

    topics: Sequence[Match] = ()
    is_capped: bool = False

    def counts(self) -> Counts:
        return Counts(
            forums=Counter(one.forum_id for one in self.topics),
            kinds=Counter(one.kind for one in self.topics),
            categories=Counter(pk for one in self.topics for pk in one.categories),
        )


# What helped weighs a little: the answer that was kept, and one that others tried.
_WEIGHT = (
    "* (1 + 0.3 * (found.accepted_post_id IS NOT DISTINCT FROM found.post_id)::int + 0.1 * least(3, found.tried_count))"
    "::real"
)
# A constant wherever it serves, for the planner: a rare word by the GIN index, one that is everywhere by the newest
# posts first. The limit stands inside, so that nothing but the candidates is ranked and joined.
_POSTS = """
SELECT found.topic_id, found.post_id, {rank} {weight}, found.forum_id, found.kind, hat.category_id,
       extract(epoch FROM found.at)::float8
FROM (SELECT post.topic_id, post.id AS post_id, post.created_at AS at, post.affiliation_id, post.tried_count,
             post.body_vector, topic.forum_id, topic.kind, topic.accepted_post_id
      FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
      WHERE {match} {topic} AND {post} ORDER BY post.id DESC LIMIT %(candidates)s) found
LEFT JOIN people_affiliation hat ON hat.id = found.affiliation_id
"""
_TITLES = """
SELECT found.id, NULL::bigint, {rank}, found.forum_id, found.kind, hat.category_id,
       extract(epoch FROM found.last_post_at)::float8
FROM (SELECT topic.id, topic.forum_id, topic.kind, topic.last_post_at, topic.author_affiliation_id, topic.title_vector
      FROM forums_topic topic WHERE {match} {topic} AND {opening}
      ORDER BY topic.last_post_at DESC, topic.id DESC LIMIT %(candidates)s) found
LEFT JOIN people_affiliation hat ON hat.id = found.author_affiliation_id
"""


def find(user: User | AnonymousUser, criteria: Criteria, query: TextQuery) -> Matches:
    """Topics that the person can see, by words, by filters, or both. Two queries; four when words are spread over the
    title and posts of one topic."""
    if not query.parts and not criteria.is_filtering:
        return Matches()
    conditions = conditions_of(criteria, circles_of(user))
    candidates = _candidates(conditions, criteria, query)
    is_capped = max(Counter(one[1] is None for one in candidates).values(), default=0) >= CANDIDATES
    if len(query.parts) > 1 and len({one[0] for one in candidates}) < PER_PAGE:
        candidates += _spread(conditions, query)
    return Matches(_ranked(candidates, by_date=criteria.by_date or not query.parts), is_capped)


def circles_of(user: User | AnonymousUser) -> list[int]:
    """The circles that are open to the person; one query."""
    return [pk for (pk,) in _circles.rows(user)]


_circles = ForPerson(lambda _marks, user: Circle.objects.visible_to(user).order_by().values_list("pk"))


def _candidates(conditions: Conditions, criteria: Criteria, query: TextQuery) -> list[Candidate]:
    arms = []
    if query.parts or criteria.is_about_posts:
        arms.append(_filled(_POSTS, conditions, query, "post.body_vector", "ts_rank(found.body_vector, {query})"))
    if query.parts or not criteria.is_about_posts:
        arms.append(
            _filled(_TITLES, conditions, query, "topic.title_vector", "4 * ts_rank(found.title_vector, {query})")
        )
    return _run(" UNION ALL ".join(f"({arm})" for arm in arms), conditions, query)


def _filled(arm: str, conditions: Conditions, query: TextQuery, vector: str, rank: str) -> str:
    asked = "%(query)s::tsquery"
    return arm.format(
        weight=_WEIGHT,
        rank=rank.format(query=asked) if query.parts else "0::real",
        match=f"{vector} @@ {asked} AND " if query.whole else "",
        topic=conditions.topic,
        post=conditions.post,
        opening=conditions.opening,
    )


def _run(sql: str, conditions: Conditions, query: TextQuery) -> list[Candidate]:
    with connection.cursor() as cursor:
        asked = {"query": query.whole, "any": query.any, "not": query.unwanted, "candidates": CANDIDATES}
        cursor.execute(sql, conditions.params | asked)
        found: list[Candidate] = cursor.fetchall()
    return found


def _spread(conditions: Conditions, query: TextQuery) -> list[Candidate]:
    """Topics whose title and posts hold all the words between them: among those of the rarest word.

    Their best post is the one that holds most of it. They come after the topics that hold all in one place.
    """
    names = [f"part_{number}" for number in range(len(query.parts))]
    parts = dict(zip(names, query.parts, strict=True))
    holds = [
        f"((topic.title_vector @@ %({name})s::tsquery AND {conditions.opening}) OR EXISTS (SELECT FROM forums_post post"
        f" WHERE post.topic_id = topic.id AND post.body_vector @@ %({name})s::tsquery AND {conditions.post}))"
        for name in names
    ]
    clean = "NOT {vector} @@ %(not)s::tsquery" if query.excluded else "TRUE"
    sql = f"""
    WITH seeds AS (
      (SELECT topic.id FROM forums_topic topic WHERE topic.title_vector @@ %(rarest)s::tsquery AND {conditions.topic}
       ORDER BY topic.last_post_at DESC LIMIT {CANDIDATES})
      UNION
      (SELECT topic.id FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
       WHERE post.body_vector @@ %(rarest)s::tsquery AND {conditions.topic} AND {conditions.post}
       ORDER BY post.id DESC LIMIT {CANDIDATES})
    )
    SELECT topic.id, best.id, (0.0001 * coalesce(best.score, 0))::real, topic.forum_id, topic.kind, hat.category_id,
           extract(epoch FROM topic.last_post_at)::float8
    FROM seeds JOIN forums_topic topic ON topic.id = seeds.id
    LEFT JOIN LATERAL (
      SELECT post.id, post.affiliation_id, ts_rank(post.body_vector, %(any)s::tsquery) AS score
      FROM forums_post post
      WHERE post.topic_id = topic.id AND post.body_vector @@ %(any)s::tsquery AND {conditions.post}
        AND {clean.format(vector="post.body_vector")}
      ORDER BY score DESC, post.id LIMIT 1) best ON TRUE
    LEFT JOIN people_affiliation hat ON hat.id = coalesce(best.affiliation_id, topic.author_affiliation_id)
    WHERE {" AND ".join(holds)} AND {clean.format(vector="topic.title_vector")}
    """  # noqa: S608 - constants of this module, parameters apart
    conditions.params.update(parts, rarest=_rarest(query))
    return _run(sql, conditions, query)


def _rarest(query: TextQuery) -> str:
    """The part that the fewest posts hold, counted so far and no further; one query."""
    arm = (
        "SELECT {place}, (SELECT count(*) FROM (SELECT FROM forums_post WHERE body_vector @@ %(part_{place})s::tsquery "
        "LIMIT %(rare)s) held)"
    )
    sql = " UNION ALL ".join(arm.format(place=place) for place in range(len(query.parts)))
    with connection.cursor() as cursor:
        cursor.execute(sql, {f"part_{place}": part for place, part in enumerate(query.parts)} | {"rare": _RARE})
        counts: dict[int, int] = dict(cursor.fetchall())
    return query.parts[min(counts, key=lambda place: counts[place])]


def _ranked(candidates: Sequence[Candidate], *, by_date: bool) -> list[Match]:
    """One match for each topic, the best or the newest first; of posts that are as good, the first."""
    matches: dict[int, Match] = {}
    for topic_id, post_id, score, forum_id, kind, category_id, at in candidates:
        match = matches.get(topic_id)
        if match is None:
            match = matches[topic_id] = Match(topic_id, forum_id, kind, at)
        match.at = max(match.at, at)
        if category_id is not None:
            match.categories.add(category_id)
        if post_id is None:
            match.title_score += score
            continue
        match.posts += 1
        if match.post_id is None or (score, -post_id) > (match.post_score, -match.post_id):
            match.post_id, match.post_score = post_id, score
    if by_date:
        return sorted(matches.values(), key=lambda one: (one.at, one.topic_id), reverse=True)
    return sorted(matches.values(), key=lambda one: (round(one.score, 4), one.at, one.topic_id), reverse=True)
