"""The HTML of posts: one function serves the page, the catch-up, the answer to a reply, and the live frames.

In Python instead of a template, because a page shows twenty of them: joined strings cost a fifth of the same
template (figures in docs/adr/0011). Nothing here depends on the viewer: times are `<local-time>` elements, and a
viewer's own controls are given by the page.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forums.enums import RemovalKind
from forums.models import Post
from peerhub.people.models import initials_of, name_of
from peerhub.text.safe import as_safe
from peerhub.ui.components.identity import icon
from peerhub.ui.components.shapes import moment_html
from peerhub.ui.times import Reader, reader_now

NARROW = "\N{NARROW NO-BREAK SPACE}"
EMPTY = SafeString()
# Where the key of a post goes in a piece that is the same under many (`under`). No text of ours holds it.
KEY = "\ue000"


class PostRow(NamedTuple):
    """One post with its author and the hat worn then: the columns of `queries.pages.POST_COLUMNS`, in that order."""

    id: int
    number: int
    author_id: int
    given_name: str
    family_name: str
    category_slug: str | None
    category_fr: str | None
    category_en: str | None
    title: str | None
    organisation: str | None
    territory: str | None
    population: int | None
    body_html: str
    created_at: datetime
    edited_at: datetime | None
    is_removed: bool
    removal_kind: str
    moved_to_id: int | None
    entered_by_id: int | None
    thanks_count: int
    useful_count: int
    tried_count: int
    edit_reason: str | None  # of the last edit by somebody else than the author

    @classmethod
    def of(cls, post: Post) -> "PostRow":
        hat = post.affiliation
        worn = hat if hat and post.author.shows_function else None
        place = hat.territory if hat and post.author.shows_territory else None
        return cls(
            post.pk,
            post.number,
            post.author_id,
            post.author.given_name,
            post.author.family_name,
            hat.category.slug if hat else None,
            hat.category.label_fr if hat else None,
            hat.category.label_en if hat else None,
            worn.title if worn else None,
            worn.organisation.name if worn and worn.organisation else None,
            place.name if place else None,
            place.population if place else None,
            post.body_html,
            post.created_at,
            post.edited_at,
            post.is_removed,
            post.removal_kind,
            post.moved_to_id,
            post.entered_by_id,
            post.thanks_count,
            post.useful_count,
            post.tried_count,
            getattr(post, "edit_reason", ""),
        )


def post_html(
    row: PostRow,
    *,
    is_accepted: bool = False,
    kept: str = "",
    proof: str = EMPTY,
    controls: str = EMPTY,
    reader: Reader | None = None,
) -> SafeString:
    """One post, in the active language. `controls` are the viewer's own, and never go into a live frame; `kept` says
    who kept it as the answer, and why (`heads.kept_words`); `proof` who tried what it says (frames leave it as it is).
    """
    if row.is_removed:
        return format_html(
            '<article class="post post--removed" id="message-{0}" data-seq="{0}"><p>{1}</p>{2}</article>',
            row.number,
            _removal(row),
            _acts(controls),
        )
    number, reader = row.number, reader or reader_now()
    avatar, name = _person(*row[3:12], reader.language)
    # Joined as it stands: with `format_html` for each, twenty of them were half of a page that is not in memory. What
    # people wrote comes escaped (`_person`), cleaned when it was stored (`body_html`), or from functions of safe HTML.
    return as_safe(
        f'<article class="post{" post--accepted" if is_accepted else ""}" id="message-{number}" data-seq="{number}" '
        f'aria-labelledby="auteur-{number}" tabindex="-1">{avatar}<header class="post__who">'
        f'<h2 class="post__author" id="auteur-{number}">{name}'
        f'<a class="post__when" href="/messages/{row.id}/" title="{_permalink(number, reader.language)}">'
        f"{moment_html(row.created_at, 'relative', False, reader)}</a>"
        f"{_edited(row) if row.edited_at else EMPTY}{_phoned() if row.entered_by_id else EMPTY}</p></header>"
        f'<div class="post__body prose">{_accepted(kept) if is_accepted else EMPTY}{row.body_html}</div>'
        f"{_proof(proof)}{_acts(controls)}</article>"
    )


@lru_cache(maxsize=1024)
def _permalink(number: int, language: str) -> SafeString:
    return escape(_("Adresse de ce message (n° %(number)s)") % {"number": number})


@lru_cache(maxsize=2048)
def _person(
    given_name: str,
    family_name: str,
    category_slug: str | None,
    category_fr: str | None,
    category_en: str | None,
    title: str | None,
    organisation: str | None,
    territory: str | None,
    population: int | None,
    language: str,
) -> tuple[SafeString, SafeString]:
    """The avatar, and from the name to the role, of whoever wrote under this hat: the same under each of their posts.
    Written in the active language, which is `language`; a changed name or hat is another key."""
    avatar = format_html(
        '<span class="avatar{}" aria-hidden="true">{}</span>',
        f" c-{category_slug}" if category_slug else "",
        initials_of(given_name, family_name),
    )
    name = format_html(
        '{}{}</h2><p class="post__meta">{}',
        name_of(given_name, family_name),
        _hat_html(category_slug, category_en if language == "en" else category_fr),
        _role_html(title, organisation, territory, population),
    )
    return avatar, name


def identity_html(row: PostRow) -> SafeString:
    """Who wrote, under which hat: for a text that is shown otherwise than as a post."""
    return format_html(
        '<span class="avatar{}" aria-hidden="true">{}</span><span class="person__words"><strong>{}</strong>{}'
        '<span class="post__meta">{}</span></span>',
        f" c-{row.category_slug}" if row.category_slug else "",
        initials_of(row.given_name, row.family_name),
        name_of(row.given_name, row.family_name),
        _hat(row),
        _role_words(row.title, row.organisation, row.territory, row.population),
    )


def _acts(controls: str) -> SafeString:
    return as_safe(f'<div class="post__acts" data-live-keep>{controls}</div>') if controls else EMPTY


def _proof(proof: str) -> SafeString:
    return as_safe(f'<div class="post__proof" data-live-keep>{proof}</div>') if proof else EMPTY


def _phoned() -> SafeString:
    return format_html(' · <span class="post__phoned">{}</span>', _("dit par téléphone, écrit par l’animation"))


def under(post_id: int, piece: str) -> SafeString:
    """A piece of safe HTML that was written once, with KEY in its addresses, for this post."""
    return as_safe(piece.replace(KEY, str(post_id)))


def glyph(name: str) -> SafeString:
    """A small icon of glyph.css: for what stands twenty times on a page, where an `icon` is too heavy."""
    return as_safe(f'<i class="glyph glyph--{name}"></i>')


def inhabitants(population: int) -> str:
    """« 7 100 habitants », rounded to two or three figures: the size, not the census."""
    step = 10 if population < 1000 else 100 if population < 100_000 else 1000
    rounded = population if population < 100 else round(population / step) * step
    separator = NARROW if (get_language() or "fr").startswith("fr") else ","
    return _("%(count)s habitants") % {"count": f"{rounded:,}".replace(",", separator)}


def _edited(row: PostRow) -> SafeString:
    """That it is not what was first written, and where that is shown; by whom and why, when it was not the author."""
    words = _("modifié par l’animation : %(reason)s") % {"reason": row.edit_reason} if row.edit_reason else _("modifié")
    return format_html(' · <a class="post__edited" href="/messages/{}/historique/">{}</a>', row.id, words)


def _removal(row: PostRow) -> str:
    if row.removal_kind == RemovalKind.MOVED and row.moved_to_id:
        html = '<a href="/messages/{}/">{}</a>'
        return format_html(html, row.moved_to_id, _("Message déplacé dans une autre discussion."))
    if row.removal_kind == RemovalKind.AUTHOR:
        return _("Message retiré par la personne qui l’avait écrit.")
    return _("Message retiré par l’animation.")


def _accepted(kept: str) -> SafeString:
    why = format_html('<p class="post__why">{}</p>', kept) if kept else EMPTY
    return format_html('<p class="post__accepted">{}{}</p>{}', icon("check", size="small"), _("Réponse retenue"), why)


def _hat(row: PostRow) -> SafeString:
    return _hat_html(row.category_slug, row.category_en if get_language() == "en" else row.category_fr)


def _hat_html(slug: str | None, label: str | None) -> SafeString:
    return format_html(' <span class="hat c-{}">{}</span>', slug, capfirst(label)) if slug else EMPTY


def role_of(row: PostRow) -> SafeString:
    """« Responsable restauration · Bourg-les-Tests, 7 100 habitants · »: what lets a peer recognise a peer."""
    return _role_html(row.title, row.organisation, row.territory, row.population)


def _role_html(
    title: str | None, organisation: str | None, territory: str | None, population: int | None
) -> SafeString:
    words = _role_words(title, organisation, territory, population)
    return escape(f"{words} · ") if words else EMPTY


def _role_words(title: str | None, organisation: str | None, territory: str | None, population: int | None) -> str:
    place = territory or organisation or ""
    if territory and population:
        place = f"{place}, {inhabitants(population)}"
    return " · ".join(part for part in (title, place) if part)
