"""Full text over topics and posts: French stems, accents free, phrases in quotes, exclusion with "-".

Only the newest CANDIDATES that match are ranked (by title, then by how well a post matches), so that a word which is
everywhere costs no more than a rare one. Highlights are computed for the rows that are shown, and for them alone.
"""

from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from forums.models import post_url, topic_url
from peerhub.people.models import Circle, Network, User, name_of
from peerhub.text.safe import HIGHLIGHT_START, HIGHLIGHT_STOP

CANDIDATES = 300
EXCERPT_CHARACTERS = 240
# A match further into a very long post still finds it, without a highlight.
HEADLINE_CHARACTERS = 8000
QUERY_MAX_LENGTH = 200

# peerhub_fold writes these as two letters, and every other character as one.
_LIGATURES = frozenset("œŒæÆß")


class Hit(NamedTuple):
    """A topic that was found, by its title or by its best post. `title` and `excerpt` are plain text with highlight
    marks: show them through the filter `highlighted` of peerhub.text, nothing else."""

    topic_id: int
    kind: str
    title: str
    excerpt: str
    url: str
    forum_title: str
    network_name: str
    author_name: str
    category_slug: str | None
    category_fr: str | None
    category_en: str | None
    written_at: datetime
    post_count: int
    is_confidential: bool


# Written out wherever it serves: as a constant, which the planner weighs (a rare word by the GIN index, one that is
# everywhere by the newest posts first); from a subquery it could only guess.
_QUERY = "websearch_to_tsquery('french', peerhub_fold(%(words)s))"
_SQL = """
WITH found AS (
  (SELECT topic.id AS topic_id, NULL::bigint AS post_id, 4 * ts_rank(topic.title_vector, {query}) AS score
   FROM forums_topic topic
   WHERE topic.title_vector @@ {query} AND topic.state IN ('open', 'archived')
     AND topic.circle_id IN ({circles}) {in_network}
   ORDER BY topic.last_post_at DESC LIMIT {candidates})
  UNION ALL
  (SELECT post.topic_id, post.id, ts_rank(post.body_vector, {query})
   FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
   WHERE post.body_vector @@ {query} AND NOT post.is_removed AND topic.state IN ('open', 'archived')
     AND topic.circle_id IN ({circles}) {in_network}
   ORDER BY post.id DESC LIMIT {candidates})
),
best AS (
  SELECT topic_id, sum(score) AS score,
         (array_agg(post_id ORDER BY score DESC, post_id) FILTER (WHERE post_id IS NOT NULL))[1] AS post_id
  FROM found GROUP BY topic_id ORDER BY sum(score) DESC, topic_id DESC LIMIT %(limit)s
),
shown AS (
  SELECT topic_id, score, post_id IS NOT NULL AS is_in_post,
         coalesce(post_id, (SELECT first.id FROM forums_post first
                            WHERE first.topic_id = best.topic_id AND first.number = 1)) AS post_id
  FROM best
)
SELECT topic.id, topic.slug, topic.kind, topic.title,
       ts_headline('french', peerhub_fold(topic.title), {query}, %(marks)s),
       left(post.body_text, {headline}),
       ts_headline('french', peerhub_fold(left(post.body_text, {headline})), {query}, %(marks)s),
       post.number, shown.is_in_post, forum.title, network.name,
       author.given_name, author.family_name, category.slug, category.label_fr, category.label_en,
       post.created_at, topic.post_count, circle.is_confidential
FROM shown
JOIN forums_topic topic ON topic.id = shown.topic_id
JOIN forums_post post ON post.id = shown.post_id
JOIN forums_forum forum ON forum.id = topic.forum_id
JOIN people_network network ON network.id = topic.network_id
JOIN people_circle circle ON circle.id = topic.circle_id
JOIN people_user author ON author.id = post.author_id
LEFT JOIN people_affiliation hat ON hat.id = post.affiliation_id
LEFT JOIN people_actorcategory category ON category.id = hat.category_id
ORDER BY shown.score DESC, topic.id DESC
"""


def search_topics(user: User | AnonymousUser, network: Network | None, q: str, limit: int = 20) -> list[Hit]:
    """Topics that the person can see (of one network, or of all), the best match first; one query.

    A query of stop words alone finds nothing.
    """
    words = q.strip()[:QUERY_MAX_LENGTH]
    if not words:
        return []
    circles, circle_params = Circle.objects.visible_to(user).values("pk").query.sql_with_params()
    names = {f"circle_{index}": value for index, value in enumerate(circle_params)}
    sql = _SQL.format(
        circles=circles % tuple(f"%({name})s" for name in names),
        in_network="AND topic.network_id = %(network)s" if network else "",
        candidates=CANDIDATES,
        query=_QUERY,
        headline=HEADLINE_CHARACTERS,
    )
    params = {
        **names,
        "words": words,
        "limit": limit,
        "network": network.pk if network else None,
        "marks": f"HighlightAll=true, StartSel={HIGHLIGHT_START}, StopSel={HIGHLIGHT_STOP}",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [_hit(*row) for row in cursor.fetchall()]


def _hit(
    topic_id: int,
    slug: str,
    kind: str,
    title: str,
    folded_title: str,
    body: str,
    folded_body: str,
    number: int,
    is_in_post: bool,
    forum_title: str,
    network_name: str,
    given_name: str,
    family_name: str,
    category_slug: str | None,
    category_fr: str | None,
    category_en: str | None,
    written_at: datetime,
    post_count: int,
    is_confidential: bool,
) -> Hit:
    return Hit(
        topic_id=topic_id,
        kind=kind,
        title=transfer_marks(title, folded_title),
        excerpt=excerpt_of(transfer_marks(body, folded_body)),
        url=post_url(topic_id, slug, number) if is_in_post and number > 1 else topic_url(topic_id, slug),
        forum_title=forum_title,
        network_name=network_name,
        author_name=name_of(given_name, family_name),
        category_slug=category_slug,
        category_fr=category_fr,
        category_en=category_en,
        written_at=written_at,
        post_count=post_count,
        is_confidential=is_confidential,
    )


def transfer_marks(text: str, folded: str) -> str:
    """Put the marks of a folded text where they belong in the text with its accents."""
    pieces: list[str] = []
    position = 0
    half = False
    for char in folded:
        if char in {HIGHLIGHT_START, HIGHLIGHT_STOP}:
            pieces.append(char)
        elif half:
            half = False
        elif position < len(text):
            pieces.append(text[position])
            half = text[position] in _LIGATURES
            position += 1
    return "".join(pieces)


def excerpt_of(marked: str, characters: int = EXCERPT_CHARACTERS) -> str:
    """One line around the first mark, cut between words, with « … » where something is missing."""
    line = " ".join(marked.split())
    if len(line) <= characters:
        return line
    first = max(0, line.find(HIGHLIGHT_START))
    start = max(0, first - characters // 4)
    if start:
        start = line.find(" ", start, max(first, start + 1)) + 1 or first
    end = line.rfind(" ", start, start + characters)
    if end <= start or start + characters >= len(line):
        end = min(len(line), start + characters)
    return f"{'… ' if start else ''}{line[start:end]}{' …' if end < len(line) else ''}"
