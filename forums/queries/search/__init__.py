"""Searching what was said: full text over topics and posts, and the filters that narrow it.

French stems, accents free, the last word may be the beginning of one, phrases in quotes, exclusion with "-". Everything
that is found, counted, marked or offered as a filter was judged by `visible_to` for the person who asks.
See docs/adr/0017-search.md.
"""

from forums.queries.search.answers import (
    Answer,
    Facet,
    FacetValue,
    Hit,
    PageTooFar,
    known_categories,
    open_themes,
    search,
)
from forums.queries.search.criteria import STATUSES
from forums.queries.search.grammar import PARAMS, Asked, asked_from
from forums.queries.search.watching import newest_post_key, newest_posts

__all__ = [
    "PARAMS",
    "STATUSES",
    "Answer",
    "Asked",
    "Facet",
    "FacetValue",
    "Hit",
    "PageTooFar",
    "asked_from",
    "known_categories",
    "newest_post_key",
    "newest_posts",
    "open_themes",
    "search",
]
