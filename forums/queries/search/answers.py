"""A page of what a search found, as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.text import capfirst

from forums.enums import TopicKind
from forums.models import Forum, post_url, topic_url
from forums.queries.search.criteria import Criteria, criteria_of
from forums.queries.search.excerpts import all_marked
from forums.queries.search.finding import CANDIDATES, PER_PAGE, Counts, Match, find
from forums.queries.search.grammar import Asked, terms_of
from forums.queries.search.words import TextQuery, text_query
from peerhub.caching import recent
from peerhub.people.models import ActorCategory, Network, User, name_of
from peerhub.people.prepared import ForPerson, PreparedInstances, rows_planned_once
from peerhub.people.queries import categories

# A match further into a very long post still finds it, without a highlight.
TEXT_CHARACTERS = 8000
FACET_VALUES = 8


class Hit(NamedTuple):
    """A topic that was found, by its title or by its best post. `title` and `excerpt` are plain text with highlight
    marks: show them through the filter `highlighted` of peerhub.text, nothing else."""

    topic_id: int
    kind: str
    title: str
    excerpt: str
    url: str
    number: int
    forum_title: str
    network_name: str
    author_given_name: str
    author_family_name: str
    category_slug: str | None
    category_fr: str | None
    category_en: str | None
    territory_name: str | None
    written_at: datetime
    post_count: int
    is_solved: bool
    is_accepted: bool
    tried_count: int
    is_confidential: bool

    @property
    def author_name(self) -> str:
        return name_of(self.author_given_name, self.author_family_name)

    @property
    def reply_count(self) -> int:
        return max(0, self.post_count - 1)


class FacetValue(NamedTuple):
    value: str  # of the field of `Asked`
    label: str
    number: int


@dataclass(frozen=True)
class Facet:
    """How many of the topics found there are for each value; `name` is the field of `Asked` that chooses one."""

    name: str
    values: Sequence[FacetValue]


@dataclass(frozen=True)
class Answer:
    """One page of what was found. `total` topics were found, and more, older ones, when `is_capped`."""

    asked: Asked
    criteria: Criteria
    hits: Sequence[Hit] = ()
    total: int = 0
    is_capped: bool = False
    number: int = 1
    facets: Sequence[Facet] = field(default=())
    themes: Sequence[tuple[Any, ...]] | None = None  # `open_themes`, where the facets had to read them

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    def __len__(self) -> int:
        return len(self.hits)


class PageTooFar(LookupError):
    """There is no such page."""


def search(user: User | AnonymousUser, network: Network | None, asked: Asked, number: int = 1) -> Answer:
    """A page of topics that the person can see (of one network, or of all), the best match first, with its facets.

    A search of stop words alone, or of nothing, finds nothing. Raises `PageTooFar`.
    """
    criteria = criteria_of(user, network, asked)
    query = text_query(terms_of(asked.words))
    found = find(user, criteria, query)
    total = len(found.topics)
    if number < 1 or (number > 1 and (number - 1) * PER_PAGE >= total):
        raise PageTooFar
    page = found.topics[(number - 1) * PER_PAGE : number * PER_PAGE]
    counts = found.counts()
    themes = open_themes(user) if total > 1 and not asked.theme and len(counts.forums) > 1 else None
    return Answer(
        asked=asked,
        criteria=criteria,
        hits=_hits(page, query),
        total=total,
        is_capped=found.is_capped,
        number=number,
        facets=_facets(asked, counts, themes or ()) if total > 1 else (),
        themes=themes,
    )


_SHOWN = """
SELECT topic.id, topic.slug, topic.kind, topic.title, left(post.body_text, %(characters)s::int), post.number,
       forum.title, network.name, author.given_name, author.family_name,
       category.slug, category.label_fr, category.label_en,
       CASE WHEN author.shows_territory THEN place.name END,
       post.created_at, topic.post_count, topic.accepted_post_id IS NOT NULL,
       topic.accepted_post_id IS NOT DISTINCT FROM post.id, post.tried_count, circle.is_confidential
FROM unnest(%(topics)s::bigint[], %(posts)s::bigint[]) WITH ORDINALITY AS shown (topic_id, post_id, place)
JOIN forums_topic topic ON topic.id = shown.topic_id
JOIN forums_post post ON post.id = coalesce(shown.post_id, (
  SELECT first.id FROM forums_post first WHERE first.topic_id = shown.topic_id AND first.number = 1))
JOIN forums_forum forum ON forum.id = topic.forum_id
JOIN people_network network ON network.id = topic.network_id
JOIN people_circle circle ON circle.id = topic.circle_id
JOIN people_user author ON author.id = post.author_id
LEFT JOIN people_affiliation hat ON hat.id = post.affiliation_id
LEFT JOIN people_actorcategory category ON category.id = hat.category_id
LEFT JOIN people_territory place ON place.id = hat.territory_id
ORDER BY shown.place
"""


def _hits(page: Sequence[Match], query: TextQuery) -> list[Hit]:
    """Two queries; what was found a moment ago was judged then."""
    if not page:
        return []
    # Nine joins: planned each time, they cost as much as running them.
    rows = rows_planned_once(
        _SHOWN,
        {
            "topics": [one.topic_id for one in page],
            "posts": [one.post_id for one in page],
            "characters": TEXT_CHARACTERS,
        },
    )
    texts = all_marked([(row[3], row[4]) for row in rows], query)
    hits = []
    for row, (title, excerpt) in zip(rows, texts, strict=True):
        topic_id, slug, kind, _title, _body, number, *more = row
        url = post_url(topic_id, slug, number) if number > 1 else topic_url(topic_id, slug)
        hit = Hit._make((topic_id, kind, title, excerpt, url, number, *more))
        hits.append(hit._replace(is_accepted=hit.is_accepted and number > 1))
    return hits


def _facets(asked: Asked, counts: Counts, themes: Sequence[tuple[Any, ...]]) -> list[Facet]:
    """Of what is not chosen already, and tells something apart."""
    facets = [
        Facet("theme", _themes(themes, counts)),
        Facet("kind", [] if asked.kind else _kinds(counts)),
        Facet("category", [] if asked.category else _categories(counts)),
    ]
    return [facet for facet in facets if len(facet.values) > 1]


def _themes(themes: Sequence[tuple[Any, ...]], counts: Counts) -> list[FacetValue]:
    """Themes of one name (in several networks) are one value."""
    numbers: dict[str, int] = {}
    for pk, title, _network_id in themes:
        if pk in counts.forums:
            numbers[title] = numbers.get(title, 0) + counts.forums[pk]
    most = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    return [FacetValue(title, title, number) for title, number in most[:FACET_VALUES]]


_open_themes = ForPerson(
    lambda _marks, user: (
        Forum.objects.themed().visible_to(user).order_by("title", "pk").values_list("pk", "title", "network_id")
    )
)


def open_themes(user: User | AnonymousUser) -> list[tuple[Any, ...]]:
    """(key, title, key of the network) of every theme that is open to the person, by title; one query."""
    return _open_themes.rows(user)


_all_categories = PreparedInstances(lambda _marks: categories())


@recent
def known_categories() -> list[ActorCategory]:
    """The categories of people, in their order: the same for everyone, kept for a moment."""
    return _all_categories.all()


def _kinds(counts: Counts) -> list[FacetValue]:
    return [FacetValue(str(kind), str(kind.label), counts.kinds[kind]) for kind in TopicKind if counts.kinds[kind]]


def _categories(counts: Counts) -> list[FacetValue]:
    if len(counts.categories) < 2:
        return []
    return [
        FacetValue(one.slug, capfirst(one.plural), counts.categories[one.pk])
        for one in known_categories()
        if counts.categories[one.pk]
    ]


__all__ = ["CANDIDATES", "PER_PAGE", "Answer", "Facet", "FacetValue", "Hit", "PageTooFar", "search"]
