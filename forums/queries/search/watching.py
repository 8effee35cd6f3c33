"""The newest posts that a search finds: for feeds, and for searches that tell of what they newly find."""

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from forums.models import Post
from forums.queries.search.conditions import conditions_of
from forums.queries.search.criteria import criteria_of
from forums.queries.search.finding import circles_of
from forums.queries.search.grammar import Asked, terms_of
from forums.queries.search.words import text_query
from peerhub.people.models import Network, User

# A post is found by what its title and itself say together, if it says some of it itself: not by its title alone,
# which would find every reply of a topic.
_FOUND = """
  (topic.title_vector || post.body_vector) @@ %(query)s::tsquery
  AND (post.number = 1 OR post.body_vector @@ %(any)s::tsquery)
"""
_OPENS = "post.number = 1"
_SQL = """
SELECT post.id FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
WHERE post.id > %(after)s AND post.id <= %(until)s AND {topic} AND {post} AND {found}
ORDER BY post.id DESC LIMIT %(limit)s
"""


def newest_posts(
    user: User | AnonymousUser,
    network: Network | None,
    asked: Asked,
    *,
    after: int = 0,
    until: int | None = None,
    limit: int = 30,
    is_own_left_out: bool = False,
) -> list[int]:
    """Keys of posts that the person can see, the newest first, written after the one of key `after`."""
    criteria = criteria_of(user, network, asked)
    query = text_query(terms_of(asked.words))
    if criteria.problems or not (query.parts or criteria.is_filtering):
        return []
    conditions = conditions_of(criteria, circles_of(user))
    post = f"{conditions.post} AND post.author_id <> %(own)s" if is_own_left_out else conditions.post
    found = _FOUND if query.parts else "TRUE" if criteria.is_about_posts else _OPENS
    params = conditions.params | {"query": query.whole, "any": query.any, "own": user.pk}
    params |= {"after": after, "until": 2**62 if until is None else until, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(topic=conditions.topic, post=post, found=found), params)
        return [pk for (pk,) in cursor.fetchall()]


def newest_post_key() -> int:
    """The key of the newest post of all; 0 without any. It tells nothing that a post's own address does not."""
    return Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
