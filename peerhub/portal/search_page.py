"""What the page of the search shows beside its results: fields, filters that are set, facets as links."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from forums.enums import TopicKind
from forums.hits import hit_html
from forums.queries.search import STATUSES, Answer, Asked, Hit, known_categories, open_themes
from peerhub.people.folding import fold
from peerhub.people.models import ActorCategory, Network, User
from peerhub.people.queries import network_for
from peerhub.portal.queries import Found
from peerhub.portal.shell import Shell
from peerhub.ui.pagination import Page
from peerhub.ui.times import reader_now

THEMES = 100


class Choice(NamedTuple):
    value: str
    label: str
    href: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the address without it."""

    name: str
    value: str
    href: str


@dataclass(frozen=True)
class SearchPage:
    asked: Asked
    network: Network | None
    # The fields beside the words, by what they are: a piece of the page that searches of other words share.
    filters: Asked
    networks: tuple[Choice, ...]
    themes: SafeString  # the options of a select
    kinds: tuple[Choice, ...]
    categories: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    chips: Sequence[Chip]
    problems: Sequence[str]
    facets: SafeString
    sorts: Sequence[Choice]
    hits: SafeString  # the lines of a list
    pages: Page[Hit] | None
    query_string: str
    feed_href: str  # of what everyone may read


def search_page(
    user: User | AnonymousUser, shell: Shell, asked: Asked, network: Network | None, found: Found | None
) -> SearchPage:
    """Two queries at most: the themes that are open to the person, the categories."""
    answer = found.topics if found else None
    known = known_categories()
    is_wide = len(shell.networks) > 1 and network is None
    reader, hits = reader_now(), answer.hits if answer else ()
    return SearchPage(
        asked=asked,
        network=network,
        filters=asked.without("words"),
        networks=tuple(Choice(one.slug, one.name) for one in shell.networks),
        themes=_themes(user, network, asked, answer.themes if answer else None),
        kinds=tuple(Choice(str(one), str(one.label), is_chosen=_is(asked.kind, one, one.label)) for one in TopicKind),
        categories=tuple(
            Choice(one.slug, capfirst(one.plural), is_chosen=_is(asked.category, one.slug, one.plural)) for one in known
        ),
        statuses=tuple(
            Choice(key, capfirst(str(label)), is_chosen=asked.status == key) for key, label in STATUSES.items()
        ),
        chips=_chips(asked, answer) if answer else [],
        problems=list(answer.criteria.problems.values()) if answer else [],
        facets=_facets(asked, answer, known) if answer else SafeString(),
        sorts=_sorts(asked) if answer and answer.total > 1 and asked.words else [],
        hits=format_html_join("\n", "{}", ((hit_html(hit, reader, shows_network=is_wide),) for hit in hits)),
        pages=Page(answer.hits, answer.number, answer.page_count, answer.total) if answer else None,
        query_string=asked.query_string(),
        feed_href=f"/recherche.atom?{asked.query_string()}",
    )


def network_asked(user: User | AnonymousUser, shell: Shell, slug: str) -> Network | None:
    """The network to search in: one of the person's, or one that anyone may see. None for all of them."""
    if not slug:
        return None
    membership = shell.membership_in(slug)
    if membership:
        return membership.network
    try:
        return network_for(user, slug)
    except Network.DoesNotExist:
        return None


def _names() -> dict[str, str]:
    return {
        "theme": _("Thème"),
        "kind": _("Nature"),
        "author": _("Auteur·rice"),
        "category": _("Écrit par"),
        "territory": _("Territoire"),
        "tag": _("Mot-clé"),
        "status": _("Statut"),
        "after": _("Depuis le"),
        "before": _("Avant le"),
    }


def _is(value: str, *names: object) -> bool:
    return bool(value) and fold(value) in {fold(str(name)) for name in names}


def _themes(
    user: User | AnonymousUser, network: Network | None, asked: Asked, read: Sequence[tuple[Any, ...]] | None
) -> SafeString:
    """Each title once: themes of several networks may share one. `read`: the open themes, if they were read already."""
    rows = open_themes(user) if read is None else read
    titles = dict.fromkeys(title for _pk, title, pk in rows if network is None or pk == network.pk)
    return _options(tuple(titles)[:THEMES], asked.theme)


@lru_cache(maxsize=128)
def _options(titles: tuple[str, ...], chosen: str) -> SafeString:
    """Of a select: a hundred of them took a fifth of the page's time. Kept by what is written, which is all of it."""
    pairs = ((" selected" if _is(chosen, title) else "", title) for title in titles)
    return format_html_join("", "<option{}>{}</option>", pairs)


def _chips(asked: Asked, answer: Answer) -> list[Chip]:
    names, labels = _names(), answer.criteria.labels
    return [
        Chip(names[name], labels[name], f"?{asked.without(name).query_string()}") for name in names if name in labels
    ]


def _facets(asked: Asked, answer: Answer, known: Sequence[ActorCategory]) -> SafeString:
    """A row of links for each: joined here, since the lookups of a template took three times as long."""
    titles, slugs, more = _names(), {one.slug for one in known}, "+" if answer.is_capped else ""
    rows = []
    for facet in answer.facets:
        chips = format_html_join(
            "",
            '<a class="chip" href="?{}">{}{}<span class="chip__count">{}{}</span></a>',
            (
                (
                    replace(asked, **{facet.name: one.value}).query_string(),
                    format_html('<span class="hat c-{}"></span>', one.value) if one.value in slugs else "",
                    one.label,
                    one.number,
                    more,
                )
                for one in facet.values
            ),
        )
        rows.append((titles[facet.name], chips))
    return format_html_join(
        "",
        '<div class="results__facet" role="group" aria-label="{0}"><span class="small muted">{0}</span>{1}</div>',
        rows,
    )


def _sorts(asked: Asked) -> list[Choice]:
    return [
        Choice(
            value,
            label,
            href=f"?{replace(asked, sort=value).query_string()}",
            is_chosen=(asked.sort == value),
        )
        for value, label in (("", _("Les plus pertinents")), ("recent", _("Les plus récents")))
    ]
