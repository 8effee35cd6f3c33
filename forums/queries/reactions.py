"""What readers told of posts, and what the viewer told of those of a page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from forums.enums import ReactionKind, TopicKind
from forums.models import Post, Reaction, Topic
from forums.policies import can_curate
from forums.queries.pages import topic_for
from peerhub.people.models import Membership, User
from peerhub.people.prepared import rows_planned_once

TRIALS_SHOWN = 3
KEPT = "kept"


class Trial(NamedTuple):
    """« Essayé par Claire Martin, élue, Saint-X (7 100 habitants) : "…" »; the territory is the one that was told, or
    else that of the hat."""

    given_name: str
    family_name: str
    category_slug: str | None
    category_fr: str | None
    category_en: str | None
    territory: str | None
    population: int | None
    note: str


class Counted(Protocol):
    """A post, or its row on a page."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def is_removed(self) -> bool: ...
    @property
    def thanks_count(self) -> int: ...
    @property
    def useful_count(self) -> int: ...
    @property
    def tried_count(self) -> int: ...


@dataclass(frozen=True)
class PageMarks:
    """Of the posts of a page: what the viewer told of each ("thanks", "useful", "tried"; "kept" for a bookmark), who
    tried what they say, and whether the viewer looks after the topic. `user_id` is 0 for a visitor."""

    user_id: int = 0
    is_curator: bool = False
    is_asked: bool = False  # a question, or an announcement: its opening post says nothing that one could try
    mine: Mapping[int, frozenset[str]] = field(default_factory=dict)
    trials: Mapping[int, Sequence[Trial]] = field(default_factory=dict)

    def of(self, post_id: int) -> frozenset[str]:
        return self.mine.get(post_id, frozenset())


NO_MARKS = PageMarks()

_MINE = """
SELECT post_id, kind FROM forums_reaction WHERE post_id = ANY(%(posts)s) AND user_id = %(user)s
UNION ALL SELECT post_id, 'kept' FROM forums_bookmark WHERE user_id = %(user)s AND post_id = ANY(%(posts)s)
UNION ALL SELECT 0, 'curator' FROM forums_forumanimator WHERE forum_id = %(forum)s AND user_id = %(user)s
"""
_TRIALS = """
SELECT post_id, given_name, family_name, slug, label_fr, label_en, name, population, note FROM (
  SELECT reaction.post_id, person.given_name, person.family_name, category.slug, category.label_fr, category.label_en,
         place.name, place.population, reaction.note,
         row_number() OVER (PARTITION BY reaction.post_id ORDER BY (reaction.note <> '') DESC, reaction.id DESC) AS rank
  FROM forums_reaction reaction
  JOIN people_user person ON person.id = reaction.user_id
  LEFT JOIN people_affiliation hat ON hat.id = reaction.affiliation_id
  LEFT JOIN people_actorcategory category ON category.id = hat.category_id
  LEFT JOIN people_territory place
    ON place.id = coalesce(reaction.territory_id, CASE WHEN person.shows_territory THEN hat.territory_id END)
  WHERE reaction.post_id = ANY(%s) AND reaction.kind = 'tried'
) ranked WHERE rank <= %s ORDER BY post_id, rank
"""


def marks_for(
    user: User | AnonymousUser, topic: Topic, membership: Membership | None, posts: Sequence[Counted]
) -> PageMarks:
    """What a page shows beside these posts of a topic: one query for a signed-in person, none for a visitor; one more
    where a post was tried."""
    trials = trials_of([post.id for post in posts if post.tried_count and not post.is_removed])
    is_asked = topic.kind in {TopicKind.QUESTION, TopicKind.ANNOUNCEMENT}
    if not user.is_authenticated or not posts:
        return PageMarks(trials=trials, is_asked=is_asked)
    asked: dict[str, Any] = {"posts": [post.id for post in posts], "forum": topic.forum_id, "user": user.pk}
    rows = rows_planned_once(_MINE, asked)
    marks: dict[int, set[str]] = {}
    for post_id, mark in rows:
        marks.setdefault(post_id, set()).add(mark)
    is_curator = bool(can_curate(membership, looks_after=0 in marks))
    return PageMarks(user.pk, is_curator, is_asked, {pk: frozenset(found) for pk, found in marks.items()}, trials)


def trials_of(post_ids: Collection[int], limit: int = TRIALS_SHOWN) -> dict[int, list[Trial]]:
    """The trials to show under these posts, those that tell something first: one query, none without posts.

    Whether the viewer sees the posts was judged before.
    """
    if not post_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TRIALS, [list(post_ids), limit])
        rows = cursor.fetchall()
    trials: dict[int, list[Trial]] = {}
    for post_id, *columns in rows:
        trials.setdefault(post_id, []).append(Trial._make(columns))
    return trials


def reactions_to(user: User | AnonymousUser, pk: int, kinds: Collection[ReactionKind]) -> tuple[Post, list[Reaction]]:
    """A post that the person can see, with who told these things of it, the newest first: three queries.

    `Post.DoesNotExist` or `Topic.DoesNotExist` when it is not visible, or was removed.
    """
    post = Post.objects.visible_to(user).select_related("author").defer("body_html", "body_vector").get(pk=pk)
    post.topic = topic_for(user, post.topic_id).topic
    related = ("user", "territory", "affiliation__category", "affiliation__territory")
    found = Reaction.objects.filter(post=post, kind__in=kinds).select_related(*related)
    return post, list(found.order_by("-created_at", "-pk"))


def counts_of(pk: int) -> Post:
    """A post with what the bar under it shows, as it is now. Whether the viewer sees it was judged before."""
    counts = ("thanks_count", "useful_count", "tried_count")
    return Post.objects.only("number", "author", "is_removed", *counts).get(pk=pk)


def own_trial(user: User, post: Post) -> Reaction | None:
    """What the person told of having tried this."""
    trials = Reaction.objects.select_related("territory").filter(post=post, user=user, kind=ReactionKind.TRIED)
    return trials.first()


def day_of(reaction: Reaction) -> date:
    """The day of a reaction, for the platform: its author is told once a day."""
    return timezone.localdate(reaction.created_at, timezone=ZoneInfo(settings.DEFAULT_TIME_ZONE))
