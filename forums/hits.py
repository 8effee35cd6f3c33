"""The HTML of what a search found. In Python instead of a template, as posts are (docs/adr/0011): twenty on a page.

What several finds share (who wrote under which hat, what became of a topic) is kept by what it is written from and by
the language, as in `forums.fragments`.
"""

from functools import lru_cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.enums import TopicKind
from forums.queries.search import Hit
from peerhub.people.models import initials_of, name_of
from peerhub.text.safe import as_safe, highlighted
from peerhub.ui.components.identity import avatar, hat, icon
from peerhub.ui.components.shapes import moment_html
from peerhub.ui.times import Reader

EMPTY = SafeString()


def hit_html(hit: Hit, reader: Reader, *, shows_network: bool) -> SafeString:
    """One topic, in the active language, which is that of `reader`; the network is named where several may be found."""
    face, who = _author(
        hit.author_given_name,
        hit.author_family_name,
        hit.category_slug,
        hit.category_fr,
        hit.category_en,
        hit.territory_name,
        reader.language,
    )
    became = _became(
        hit.kind,
        hit.is_confidential,
        hit.is_solved,
        hit.is_accepted,
        hit.tried_count,
        hit.reply_count,
        reader.language,
    )
    where = f"{hit.forum_title} · {hit.network_name}" if shows_network else hit.forum_title
    # Joined as it stands: what people wrote is escaped here, or comes from functions of safe HTML.
    return as_safe(
        f'<li class="hit">{face}<div class="hit__text"><h3 class="hit__title"><a href="{escape(hit.url)}">'
        f'{highlighted(hit.title)}</a></h3><p class="hit__excerpt excerpt">{highlighted(hit.excerpt)}</p>'
        f'<p class="hit__meta">{who} · {moment_html(hit.written_at, "date", False, reader)} · {escape(where)}</p>'
        f'<p class="hit__meta">{became}</p></div></li>'
    )


@lru_cache(maxsize=2048)
def _author(
    given_name: str,
    family_name: str,
    category_slug: str | None,
    category_fr: str | None,
    category_en: str | None,
    territory: str | None,
    language: str,
) -> tuple[SafeString, SafeString]:
    """The avatar, and the name, the hat and where it is worn."""
    label = capfirst((category_en if language == "en" else category_fr) or "")
    who = format_html(
        '<span class="strong">{}</span>{}{}',
        name_of(given_name, family_name),
        as_safe(f" {hat(category_slug, label)}") if category_slug else EMPTY,
        f" · {territory}" if territory else EMPTY,
    )
    return avatar(initials_of(given_name, family_name), category_slug or "", "small"), who


@lru_cache(maxsize=2048)
def _became(
    kind: str, is_confidential: bool, is_solved: bool, is_accepted: bool, tried: int, replies: int, _language: str
) -> SafeString:
    """What the topic is, and what came of it; written in the active language."""
    locked = _badge("badge", _("Confidentiel"), "lock") if is_confidential else EMPTY
    solved = _solved(is_accepted) if is_solved or is_accepted else EMPTY
    return as_safe(f"{locked}{_kind(kind)}{solved}{_tried(tried)}{_replies(kind, replies)}")


def _badge(classes: str, words: str, icon_name: str = "") -> SafeString:
    mark = icon(icon_name, size="small") if icon_name else EMPTY
    return format_html('<span class="{}">{}{}</span> ', classes, mark, words)


def _kind(kind: str) -> SafeString:
    if kind == TopicKind.REPORT:
        return _badge("badge badge--brand", _("Retour d’expérience"))
    return _badge("badge", _("Annonce")) if kind == TopicKind.ANNOUNCEMENT else EMPTY


def _solved(is_accepted: bool) -> SafeString:
    return _badge("topic__solved", _("C’est la réponse retenue") if is_accepted else _("Réponse retenue"), "check")


def _tried(count: int) -> SafeString:
    if not count:
        return EMPTY
    words = ngettext("essayé par %(n)s personne", "essayé par %(n)s personnes", count)
    return escape(f"{words % {'n': count}} · ")


def _replies(kind: str, count: int) -> SafeString:
    if count:
        return escape(ngettext("%(n)s réponse", "%(n)s réponses", count) % {"n": count})
    if kind == TopicKind.QUESTION:
        return format_html('<span class="topic__waiting">{}</span>', _("Attend une première réponse"))
    return EMPTY
