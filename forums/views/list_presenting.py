"""The lines of a list of topics, joined as strings: a page shows thirty of them (figures in docs/adr/0011)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from forums.enums import TopicKind
from forums.models import topic_url
from forums.queries import TopicRow
from forums.queries.lens import categories_around
from peerhub.people.enums import CircleKind
from peerhub.people.models import ActorCategory, Network, initials_of, name_of
from peerhub.ui.components.identity import icon
from peerhub.ui.components.shapes import local_time

EMPTY = SafeString()
# More categories than this that have not answered are summed up.
MISSING_SHOWN = 3


class CategoryName(NamedTuple):
    """What a line says of an actor category, in the active language."""

    id: int
    slug: str
    plural: str


class _Place(NamedTuple):
    """What a line depends on besides its row."""

    network_slug: str
    present: tuple[CategoryName, ...]
    every: tuple[CategoryName, ...]
    with_forum: bool
    level: int
    language: str
    zone: str
    year: int


def rows_html(
    rows: Sequence[TopicRow], network: Network, *, with_forum: bool = False, level: int = 2
) -> list[SafeString]:
    """The lines, in the active language. `level` is that of their headings."""
    asks = any(row.kind == TopicKind.QUESTION for row in rows)
    present, every = categories_around(network.pk) if asks else ([], [])
    place = _Place(
        network.slug,
        _names(present),
        _names(every),
        with_forum,
        level,
        get_language() or settings.LANGUAGE_CODE,
        timezone.get_current_timezone_name(),
        timezone.localdate().year,
    )
    return [_row_html(row._replace(read_number=None, is_unread=False), row.new_count, place) for row in rows]


def _names(categories: Sequence[ActorCategory]) -> tuple[CategoryName, ...]:
    return tuple(CategoryName(one.pk, one.slug, capfirst(one.plural)) for one in categories)


@lru_cache(maxsize=4096)
def _row_html(row: TopicRow, new_count: int, place: _Place) -> SafeString:
    """What is written depends on these arguments alone, as for posts: what was joined once is kept, never stale."""
    return format_html(
        '<li class="topic{unread}"><span class="avatar{color}" aria-hidden="true">{initials}</span>'
        '<div class="topic__text"><h{level} class="topic__heading">{said}<a class="topic__title" href="{url}">{title}'
        '</a></h{level}><p class="topic__meta">{states}{about}</p>{lens}{tags}</div>'
        '<p class="topic__side">{new}<span class="topic__replies">{replies}</span>'
        '<span class="topic__last">{last}</span></p></li>',
        unread=" topic--unread" if new_count else "",
        color=f" c-{row.category_slug}" if row.category_slug else "",
        initials=initials_of(row.author_given_name, row.author_family_name),
        level=place.level,
        said=format_html('<span class="visually-hidden">{} </span>', _("Non lu :")) if new_count else EMPTY,
        url=topic_url(row.id, row.slug) + ("?non-lu" if new_count else ""),
        title=row.title,
        states=_states(row),
        about=_about(row, place),
        lens=_lens(row, place) if row.kind == TopicKind.QUESTION else EMPTY,
        tags=_tags(row, place.network_slug),
        new=_new(new_count),
        replies=_replies(row.reply_count),
        last=local_time(row.last_post_at, "relative"),
    )


def _states(row: TopicRow) -> SafeString:
    badges = [
        ("badge", _("Épinglé")) if row.is_pinned else None,
        ("badge", _("Clos")) if row.is_locked else None,
        ("badge badge--brand", str(TopicKind(row.kind).label)) if row.kind != TopicKind.DISCUSSION else None,
    ]
    return format_html_join("", '<span class="{}">{}</span> ', (one for one in badges if one))


def _about(row: TopicRow, place: _Place) -> str:
    category = row.category_en if place.language == "en" else row.category_fr
    name = name_of(row.author_given_name, row.author_family_name)
    author = f"{name}, {category}" if category else name
    return " · ".join(part for part in (place.with_forum and row.forum_title, author, row.territory) if part)


def _lens(row: TopicRow, place: _Place) -> SafeString:
    """« Ont répondu : Agents — pas encore : Élu·es », of the categories that could answer in the topic's circle."""
    solved = (
        format_html('<span class="topic__solved">{}{}</span>', icon("check", size="small"), _("Réponse retenue"))
        if row.accepted_post_id
        else EMPTY
    )
    if row.circle_kind in {CircleKind.NETWORK, CircleKind.PUBLIC}:
        could = place.present
    elif row.circle_kind in {CircleKind.CATEGORY, CircleKind.CATEGORIES}:
        meant = {row.circle_category, *row.circle_categories}
        could = tuple(one for one in place.every if one.id in meant)
    else:
        could = ()
    answered = [one for one in place.every if one.id in row.answered_categories]
    missing = [one for one in could if one.id not in row.answered_categories]
    if not answered:
        waiting = EMPTY if solved or row.reply_count else _("Attend une première réponse")
        told = format_html('<span class="topic__waiting">{}</span>', waiting) if waiting else EMPTY
        return format_html('<p class="lens">{}{}</p>', solved, told) if solved or told else EMPTY
    return format_html(
        '<p class="lens">{}<span class="lens__label">{}</span>{}{}</p>',
        solved,
        _("Ont répondu :"),
        _hats(answered),
        _missing(missing) if missing else EMPTY,
    )


def _missing(missing: Sequence[CategoryName]) -> SafeString:
    shown = missing if len(missing) <= MISSING_SHOWN else missing[: MISSING_SHOWN - 1]
    rest = len(missing) - len(shown)
    names = ", ".join(one.plural for one in shown)
    if rest:
        names += " " + ngettext("et %(count)s autre", "et %(count)s autres", rest) % {"count": rest}
    return format_html('<span class="lens__missing">{} {}</span>', _("pas encore :"), names)


def _hats(categories: Sequence[CategoryName]) -> SafeString:
    html = '<span class="hat c-{}">{}</span>'
    return format_html_join("", html, ((one.slug, one.plural) for one in categories))


def _tags(row: TopicRow, network_slug: str) -> SafeString:
    if not row.tags:
        return EMPTY
    pairs = (written.split(" ", 1) for written in row.tags)
    html = '<a class="topic__tag" href="/r/{}/mots-cles/{}/">{}</a>'
    links = format_html_join("", html, ((network_slug, slug, name) for slug, name in pairs))
    return format_html('<p class="topic__tags"><span class="visually-hidden">{} </span>{}</p>', _("Mots-clés :"), links)


def _new(count: int) -> SafeString:
    if not count:
        return EMPTY
    label = ngettext("nouveau message", "nouveaux messages", count)
    html = '<span class="count">{}<span class="visually-hidden"> {}</span></span>'
    return format_html(html, count if count < 100 else "99+", label)


def _replies(count: int) -> str:
    return ngettext("%(n)s réponse", "%(n)s réponses", count) % {"n": count}
