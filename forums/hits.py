"""The HTML of what a search found. In Python instead of a template, as posts are (docs/adr/0011): twenty on a page."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.enums import TopicKind
from forums.queries.search import Hit
from peerhub.text.safe import as_safe, highlighted
from peerhub.ui.components.identity import avatar, hat, icon
from peerhub.ui.components.shapes import local_time

EMPTY = SafeString()


def hit_html(hit: Hit, *, shows_network: bool) -> SafeString:
    """One topic, in the active language; the network is named where several may be found."""
    return format_html(
        '<li class="hit">{avatar}<div class="hit__text"><h3 class="hit__title"><a href="{url}">{title}</a></h3>'
        '<p class="hit__excerpt excerpt">{excerpt}</p>'
        '<p class="hit__meta"><span class="strong">{author}</span>{hat}{place} · {when} · {forum}{network}</p>'
        '<p class="hit__meta">{locked}{kind}{solved}{tried}{replies}</p></div></li>',
        avatar=avatar(hit.initials, hit.category_slug or "", "small"),
        url=hit.url,
        title=highlighted(hit.title),
        excerpt=highlighted(hit.excerpt),
        author=hit.author_name,
        hat=as_safe(f" {hat(hit.category_slug, hit.category_label)}") if hit.category_slug else EMPTY,
        place=f" · {hit.territory_name}" if hit.territory_name else EMPTY,
        when=local_time(hit.written_at, "date"),
        forum=hit.forum_title,
        network=f" · {hit.network_name}" if shows_network else EMPTY,
        locked=_badge("badge", _("Confidentiel"), "lock") if hit.is_confidential else EMPTY,
        kind=_kind(hit),
        solved=_solved(hit),
        tried=_tried(hit),
        replies=_replies(hit),
    )


def _badge(classes: str, words: str, icon_name: str = "") -> SafeString:
    mark = icon(icon_name, size="small") if icon_name else EMPTY
    return format_html('<span class="{}">{}{}</span> ', classes, mark, words)


def _kind(hit: Hit) -> SafeString:
    if hit.kind == TopicKind.REPORT:
        return _badge("badge badge--brand", _("Retour d’expérience"))
    return _badge("badge", _("Annonce")) if hit.kind == TopicKind.ANNOUNCEMENT else EMPTY


def _solved(hit: Hit) -> SafeString:
    if hit.is_accepted:
        return _badge("topic__solved", _("C’est la réponse retenue"), "check")
    return _badge("topic__solved", _("Réponse retenue"), "check") if hit.is_solved else EMPTY


def _tried(hit: Hit) -> str:
    if not hit.tried_count:
        return EMPTY
    words = ngettext("essayé par %(n)s personne", "essayé par %(n)s personnes", hit.tried_count)
    return f"{words % {'n': hit.tried_count}} · "


def _replies(hit: Hit) -> str:
    if hit.reply_count:
        return ngettext("%(n)s réponse", "%(n)s réponses", hit.reply_count) % {"n": hit.reply_count}
    if hit.kind == TopicKind.QUESTION:
        return format_html('<span class="topic__waiting">{}</span>', _("Attend une première réponse"))
    return EMPTY
